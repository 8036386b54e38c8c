#pragma once
// What work waits through: an abortable clock with DMA ports. Whoever computes a layer waits here and nowhere else, so
// that an abort always gets through. Each port is the command stream of a DMA engine of its own; a machine with one
// never names it. Several processes may wait at once, as cores that run side by side do.

#include <systemc>
#include <tlm>

#include <cstddef>
#include <cstdint>

#include "models/base/clocking.h"
#include "models/dma/dma.h"

namespace nonzero {

// Thrown by the waits when the open work is discarded, and in every other process when one of them has failed. Not to
// be swallowed. Nobody waits inside a catch block: SystemC switches stacks there, and C++ keeps its caught exceptions
// per thread.
struct Aborted {};

// Thrown where a transfer is waited for that failed. Everything else that was open is cancelled by then.
struct DmaError {
    tlm::tlm_response_status status = tlm::TLM_GENERIC_ERROR_RESPONSE;  // of the burst that failed
    bool timed_out = false;
    std::uint64_t address = 0;  // where that burst begins
};

class WorkContext {
  public:
    virtual ~WorkContext() = default;
    virtual const Clocking& clock() const = 0;
    virtual std::size_t ports() const = 0;

    // Returns at exactly that time (at once when it has passed).
    virtual void wait_until(const sc_core::sc_time& time) = 0;
    // Returns when the event is notified.
    virtual void wait_for(const sc_core::sc_event& event) = 0;
    // Starts a transfer. Completion and buffer must stay alive until wait_for() has returned for it, and every started
    // transfer is waited for before the work ends. std::out_of_range for a port that is none.
    virtual void start(DmaTransfer& transfer, std::size_t port = 0) = 0;
    // Waits for a started transfer (at once when it has finished); throws DmaError when it failed.
    virtual void wait_for(DmaCompletion& completion) = 0;
    // Blocking transfers of one contiguous range.
    virtual void read(std::uint64_t address, void* buffer, std::uint64_t bytes, std::size_t port = 0) = 0;
    virtual void read(std::uint64_t address, DmaSink& sink, std::uint64_t bytes, std::size_t port = 0) = 0;
    virtual void write(std::uint64_t address, const void* buffer, std::uint64_t bytes, std::size_t port = 0) = 0;
};

}  // namespace nonzero
