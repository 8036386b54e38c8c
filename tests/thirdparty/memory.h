#pragma once
// A memory of the bench: bytes with a range check, injected errors, and a log of what the accelerators asked for. The
// models derived from it differ in protocol and timing only.

#include <cstdint>
#include <random>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "tests/thirdparty/scoreboard.h"

namespace thirdparty {

// One request of an accelerator, from its arrival to its response.
struct Access {
    bool write = false;
    std::uint64_t address = 0;
    std::uint64_t length = 0;
    sc_core::sc_time begin;
    sc_core::sc_time end;
    tlm::tlm_response_status response = tlm::TLM_INCOMPLETE_RESPONSE;

    // No range here reaches the end of the address space.
    bool touches(std::uint64_t begin_address, std::uint64_t size) const {
        return address < begin_address + size && begin_address < address + length;
    }
};

// How long requests take.
enum class Timing {
    prompt,    // all alike; loosely and approximately timed models agree
    varied,    // by address, so that responses overtake each other
    stalling,  // at random
};

class Memory : public sc_core::sc_module {
  public:
    Memory(sc_core::sc_module_name name, std::uint64_t base, std::uint64_t size, Timing timing, Scoreboard& board);

    // Any number of each.
    virtual void connect_cpu(tlm::tlm_initiator_socket<32>& socket) = 0;
    virtual void connect_accelerator(tlm::tlm_initiator_socket<32>& socket) = 0;

    // Requests of accelerators that touch these bytes are answered with that response, until healed.
    void fail(std::uint64_t address, std::uint64_t size, tlm::tlm_response_status response);
    // Requests of accelerators that touch these bytes have no answer until healed.
    void silence(std::uint64_t address, std::uint64_t size);
    virtual void heal();

    std::uint64_t base() const { return base_; }
    std::uint64_t size() const { return bytes_.size(); }
    // Behind the bus, at no time.
    const std::vector<std::uint8_t>& bytes() const { return bytes_; }
    void fill(std::uint64_t address, std::uint64_t size, std::uint8_t value);

    // All accesses of the accelerators, in the order of their arrival.
    const std::vector<Access>& log() const { return log_; }
    // A request has arrived.
    const sc_core::sc_event& requested() const { return requested_; }
    // Requests without a response yet.
    std::uint64_t open() const { return open_; }

  protected:
    void serve_cpu(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    // For accelerators: with the injected errors.
    void execute(tlm::tlm_generic_payload& payload);
    // A request has arrived; returns its number for end_access().
    std::size_t begin_access(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
    void end_access(std::size_t number, const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
    bool is_silent(const tlm::tlm_generic_payload& payload) const;
    const sc_core::sc_event& healed() const { return healed_; }
    void rule(bool kept, const std::string& what) { board_.holds(name(), what, kept); }

    Timing timing() const { return timing_; }
    sc_core::sc_time accept_delay();
    sc_core::sc_time latency(const tlm::tlm_generic_payload& payload);

  private:
    void move_data(tlm::tlm_generic_payload& payload);
    bool in_range(std::uint64_t address, std::uint64_t size) const;
    sc_core::sc_time random_time(unsigned longest_ns);

    const std::uint64_t base_;
    const Timing timing_;
    Scoreboard& board_;
    std::vector<std::uint8_t> bytes_;
    std::mt19937 random_;
    std::uint64_t failing_address_ = 0;
    std::uint64_t failing_size_ = 0;
    tlm::tlm_response_status failing_response_ = tlm::TLM_OK_RESPONSE;
    std::vector<Access> log_;
    std::uint64_t open_ = 0;
    sc_core::sc_event requested_;
    std::uint64_t silent_address_ = 0;
    std::uint64_t silent_size_ = 0;
    sc_core::sc_event healed_;
};

}  // namespace thirdparty
