#include "tests/thirdparty/lt_memory.h"

namespace thirdparty {

LtMemory::LtMemory(sc_core::sc_module_name name, std::uint64_t base, std::uint64_t size, Timing timing,
                   Scoreboard& board)
    : Memory(name, base, size, timing, board), cpu_port_("cpu_port"), accelerator_port_("accelerator_port") {
    cpu_port_.register_b_transport(this, &LtMemory::serve_cpu);
    accelerator_port_.register_b_transport(this, &LtMemory::serve_accelerator);
}

void LtMemory::serve_accelerator(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::size_t number = begin_access(payload, delay);
    const sc_core::sc_time stall = accept_delay();
    if (stall != sc_core::SC_ZERO_TIME) {
        wait(delay + stall);
        delay = sc_core::SC_ZERO_TIME;
    }
    while (is_silent(payload)) {
        wait(healed());
        delay = sc_core::SC_ZERO_TIME;
    }
    execute(payload);
    delay += latency(payload);
    end_access(number, payload, delay);
}

}  // namespace thirdparty
