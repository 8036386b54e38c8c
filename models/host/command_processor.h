#pragma once
// Host side of every platform: register window, descriptor chain, status record, interrupt (host_interface.h). One
// process fetches descriptors through the DMA engine, checks them and has the Engine execute them.
//
// Register accesses follow register_block.h (32 bit, aligned; one clock period each, added to the delay). A read
// returns the state at sc_time_stamp(), so a decoupled initiator sees a state that is old by at most its quantum.
// Writes take effect in the order of the calls, at once, except what CONTROL asks for: that takes effect at now +
// delay, and START with the descriptor address and count of its own call. STATUS shows BUSY as soon as START is
// written. SOFT_RESET also returns the registers to their reset values in its call, so that what is written next stays.
// Of several CONTROL bits written at once the strongest counts: SOFT_RESET, ABORT, START. What falls on the same time
// as the end of the work comes before it: ABORT then discards, START finds the processor busy.
//
// ABORT and SOFT_RESET discard the open work, let DMA bursts on the way drain (BUSY until then), then IDLE; the engine
// is reset, so nothing stays resident. ABORT without work changes nothing. The reset line is a level: a rising edge
// does what SOFT_RESET does and drops what CONTROL still has pending; while it is high, writes are ignored.
//
// Errors: the chain stops at the first one. The descriptor's status record (of a PROGRAM: those of all images) is
// written where version, size and pointer of the descriptor are sound and memory takes it, then STATUS.ERROR is set and
// the processor is idle and usable. Fault address: of a failed transfer the address that memory refused; of a refused
// descriptor its own address; of a chain that ends early the descriptor without a next one; of a misaligned descriptor
// address that address; else 0.
//
// The irq is a level: STATUS & IRQ_ENABLE & (DONE | ERROR), written by one process. Debug writes do not move it.

#include <systemc>
#include <tlm>

#include <memory>
#include <vector>

#include "models/base/statistics.h"
#include "models/dma/dma_work_context.h"
#include "models/host/engine.h"

namespace nonzero {

class CommandProcessor : public sc_core::sc_module {
  public:
    // dma: the engines that move data for the Engine, at least one; the first one also fetches descriptors.
    CommandProcessor(sc_core::sc_module_name name, const Clocking& clock, Engine& engine,
                     const std::vector<DmaControl>& dma, Statistics& statistics);
    ~CommandProcessor() override;

    // When the first layer since reset that has ended began: its first cycle, behind its set-up.
    sc_core::sc_time layer_start() const;

    tlm::tlm_target_socket<32> csr;                                 // base protocol
    sc_core::sc_vector<StreamInitiator<DmaTransfer>> dma_commands;  // one per DMA engine: bind to its `commands`
    // Bind to the platform's ports, or leave unbound.
    sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> irq;
    sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> reset;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
