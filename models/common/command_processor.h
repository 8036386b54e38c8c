#pragma once
// Host side of every platform: register window, descriptor chain, status record, interrupt (host_interface.h). One
// process fetches descriptors through the DMA engine, checks them and has the Engine execute them.
//
// Register accesses are 32-bit, aligned, inside the window; anything else gets its TLM error response. They add
// `access_delay` to the delay and never wait; transport_dbg reads and writes without side effects; DMI is refused.
// START takes effect at now + delay. ABORT and SOFT_RESET discard the open work, let DMA bursts on the way drain, then
// IDLE; SOFT_RESET and the reset line also return every register to its reset value. The reset line is a level: while
// high the platform stays in reset. A read returns the state at sc_time_stamp(), so a decoupled initiator sees a state
// that is old by at most its quantum.

#include <systemc>
#include <tlm>

#include <memory>

#include "models/common/dma.h"
#include "models/common/engine.h"
#include "models/common/statistics.h"

namespace nonzero {

class CommandProcessor : public sc_core::sc_module {
  public:
    CommandProcessor(sc_core::sc_module_name name, const Clocking& clock, Engine& engine, DmaEngine& dma,
                     Statistics& statistics);
    ~CommandProcessor() override;

    tlm::tlm_target_socket<32> csr;            // base protocol
    StreamInitiator<DmaTransfer> dma_commands;  // bind to DmaEngine::commands
    // Bind to the platform's ports, or leave unbound: irq through sc_export-less sc_port with zero-or-more policy.
    sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> irq;
    sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> reset;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
