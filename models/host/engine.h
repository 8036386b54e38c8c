#pragma once
// What a platform adds to the shared command processor: an engine that executes one descriptor. execute() runs inside
// the command processor's process and may wait, but only through its WorkContext, so that ABORT and reset always get
// through.

#include <systemc>

#include <cstdint>

#include "models/base/clocking.h"
#include "models/dma/dma.h"
#include "models/host/fault.h"
#include "models/host/host_interface.h"

namespace nonzero {

// Thrown by the WorkContext's waits when the open work is discarded. Not to be swallowed. An engine must not wait
// inside a catch block: SystemC switches stacks there, and C++ keeps its caught exceptions per thread.
struct Aborted {};

class WorkContext {
  public:
    virtual ~WorkContext() = default;
    virtual const Clocking& clock() const = 0;
    // Returns at exactly that time (at once when it has passed).
    virtual void wait_until(const sc_core::sc_time& time) = 0;
    // Starts a transfer. Completion and buffer must stay alive until wait_for() has returned for it, and every started
    // transfer is waited for before execute() returns.
    virtual void start(DmaTransfer& transfer) = 0;
    // Waits for a started transfer (at once when it has finished); throws Fault{NZ_ERROR_BUS_ADDRESS | NZ_ERROR_BUS |
    // NZ_ERROR_TIMEOUT, address} when it failed.
    virtual void wait_for(DmaCompletion& completion) = 0;
    // Blocking transfers of one contiguous range.
    virtual void read(std::uint64_t address, void* buffer, std::uint64_t bytes) = 0;
    virtual void write(std::uint64_t address, const void* buffer, std::uint64_t bytes) = 0;
};

struct Completion {
    Cycles cycles = 0;       // layer cycles; of LOAD: set-up cycles
    sc_core::sc_time start;  // of a layer: its first cycle, behind its set-up
    std::uint64_t output_bytes = 0;
    std::uint64_t products = 0;
    std::uint64_t useful_products = 0;
    std::uint64_t overflows = 0;
};

class Engine {
  public:
    virtual ~Engine() = default;
    // Bit n set: opcode n is run.
    virtual std::uint32_t capabilities() const = 0;
    // The descriptor has passed the general checks (descriptor_check.h). Returns at the layer's end time. Throws Fault
    // or Aborted. std::bad_alloc, a failure of the host (host_failure.h), and any other exception, a programming error,
    // end the simulation: sc_start() throws them as an sc_report.
    virtual Completion execute(const nz_descriptor& descriptor, WorkContext& context) = 0;
    // Back to the state after elaboration; nothing of an earlier layer remains. Also called after Aborted and Fault,
    // once no DMA burst is on the way any more: until then an engine keeps the buffers and completions of its
    // transfers.
    virtual void reset() = 0;
};

}  // namespace nonzero
