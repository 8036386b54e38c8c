#pragma once
// What a platform adds to the shared command processor: an engine that executes one descriptor. execute() runs inside the
// command processor's process and may wait, but only through its WorkContext, so that ABORT and reset always get through.

#include <systemc>

#include <cstdint>

#include "models/common/clocking.h"
#include "models/common/dma.h"
#include "models/common/host_interface.h"

namespace nonzero {

// Thrown inside execute(): the descriptor cannot be run. The platform stays usable.
struct Fault {
    nz_error code = NZ_ERROR_NONE;
    std::uint64_t address = 0;  // memory address it speaks of, 0 when none
};

// Thrown by the WorkContext's waits when the open work is discarded.
struct Aborted {};

class WorkContext {
  public:
    virtual ~WorkContext() = default;
    virtual const Clocking& clock() const = 0;
    // Returns at exactly that time (at once when it has passed).
    virtual void wait_until(const sc_core::sc_time& time) = 0;
    // Starts a transfer; the completion must stay alive until wait_for() or finish.
    virtual void start(DmaTransfer& transfer) = 0;
    // Waits for a started transfer; throws Fault{NZ_ERROR_BUS_ADDRESS | NZ_ERROR_BUS, address} when it failed.
    virtual void wait_for(DmaCompletion& completion) = 0;
    // Blocking transfers of one contiguous range.
    virtual void read(std::uint64_t address, void* buffer, std::uint64_t bytes) = 0;
    virtual void write(std::uint64_t address, const void* buffer, std::uint64_t bytes) = 0;
};

struct Completion {
    Cycles cycles = 0;  // layer cycles; of LOAD: set-up cycles
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
    // The descriptor has passed the general checks (descriptor_check.h). Throws Fault or Aborted.
    virtual Completion execute(const nz_descriptor& descriptor, WorkContext& context) = 0;
    // Back to the state after elaboration; nothing of an earlier layer remains. Also called after Aborted and Fault.
    virtual void reset() = 0;
};

}  // namespace nonzero
