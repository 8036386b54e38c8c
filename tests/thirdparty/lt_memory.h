#pragma once
// A loosely timed memory: b_transport and nothing else. One CPU, one accelerator.

#include <tlm_utils/simple_target_socket.h>

#include "tests/thirdparty/memory.h"

namespace thirdparty {

class LtMemory : public Memory {
  public:
    LtMemory(sc_core::sc_module_name name, std::uint64_t base, std::uint64_t size, Timing timing, Scoreboard& board);

    void connect_cpu(tlm::tlm_initiator_socket<32>& socket) override { socket.bind(cpu_port_); }
    void connect_accelerator(tlm::tlm_initiator_socket<32>& socket) override { socket.bind(accelerator_port_); }

  private:
    void serve_accelerator(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

    tlm_utils::simple_target_socket<LtMemory, 32> cpu_port_;
    tlm_utils::simple_target_socket<LtMemory, 32> accelerator_port_;
};

}  // namespace thirdparty
