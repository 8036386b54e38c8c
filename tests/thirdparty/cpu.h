#pragma once
// A CPU with temporal decoupling: its program runs ahead of the simulation by at most a quantum, and synchronises
// before it sleeps.

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>
#include <tlm>

#include "tests/thirdparty/scoreboard.h"

namespace thirdparty {

// Synchronises at multiples of its own quantum, so that CPUs with different ones run in one simulation. 0: always.
class LocalQuantum : public tlm_utils::tlm_quantumkeeper {
  public:
    explicit LocalQuantum(const sc_core::sc_time& quantum) : quantum_(quantum) {}

  protected:
    sc_core::sc_time compute_local_quantum() override;

  private:
    sc_core::sc_time quantum_;
};

class Cpu : public sc_core::sc_module {
  public:
    Cpu(sc_core::sc_module_name name, const sc_core::sc_time& quantum, std::function<void()> program,
        Scoreboard& board);

    tlm_utils::simple_initiator_socket<Cpu, 32> csr;
    tlm_utils::simple_initiator_socket<Cpu, 32> memory;
    sc_core::sc_in<bool> irq;
    sc_core::sc_out<bool> reset;

    // Inside the program ------------------------------------------------------------------------------------------
    std::uint32_t read(std::uint32_t offset);
    void write(std::uint32_t offset, std::uint32_t value);
    // LO and HI.
    std::uint64_t read_pair(std::uint32_t low);
    void load(std::uint64_t address, const void* data, std::size_t bytes);
    void fetch(std::uint64_t address, void* data, std::size_t bytes);
    // As it is, whatever it asks for, at the CPU's local time.
    void send_to_registers(tlm::tlm_generic_payload& payload);

    void spend(const sc_core::sc_time& time);
    void synchronise() { quantum_.sync(); }
    // Local time.
    sc_core::sc_time now() const { return quantum_.get_current_time(); }
    void sleep_until_irq(bool level);
    void sleep_until(const sc_core::sc_event& event);

    bool finished() const { return finished_; }

  private:
    void run();
    void transport(tlm_utils::simple_initiator_socket<Cpu, 32>& socket, tlm::tlm_generic_payload& payload);
    void access(tlm_utils::simple_initiator_socket<Cpu, 32>& socket, tlm::tlm_command command, std::uint64_t address,
                void* data, std::size_t bytes);

    std::function<void()> program_;
    Scoreboard& board_;
    LocalQuantum quantum_;
    bool finished_ = false;
};

}  // namespace thirdparty
