#pragma once
// What a platform adds to the shared command processor: an engine that executes one descriptor. execute() runs inside
// the command processor's process and may wait, but only through its WorkContext, so that ABORT and reset always get
// through.

#include <systemc>

#include <cstdint>
#include <vector>

#include "models/dma/work_context.h"
#include "models/host/fault.h"
#include "models/host/host_interface.h"
#include "workloads/thread_pool.h"

namespace nonzero {

// What a PROGRAM tells of one of its images.
struct ImageCompletion {
    Cycles cycles = 0;
    std::uint64_t output_bytes = 0;
};

struct Completion {
    Cycles cycles = 0;       // layer cycles; of LOAD: set-up cycles
    sc_core::sc_time start;  // of a layer: its first cycle, behind its set-up
    std::uint64_t output_bytes = 0;
    std::uint64_t products = 0;
    std::uint64_t useful_products = 0;
    std::uint64_t overflows = 0;
    std::vector<ImageCompletion> images;  // of a PROGRAM: each; of a layer or LOAD: none
};

class Engine {
  public:
    virtual ~Engine() = default;
    // Bit n set: opcode n is run.
    virtual std::uint32_t capabilities() const = 0;
    // The descriptor has passed the general checks (descriptor_check.h). Returns at the layer's end time. Throws
    // Fault, or lets DmaError and Aborted of its waits through. std::bad_alloc, a failure of the host (host_failure.h),
    // and any other exception, a programming error, end the simulation: sc_start() throws them as an sc_report.
    virtual Completion execute(const nz_descriptor& descriptor, WorkContext& context) = 0;
    // Back to the state after elaboration; nothing of an earlier layer remains. Also called after Aborted and Fault,
    // once no DMA burst is on the way any more: until then an engine keeps the buffers and completions of its
    // transfers.
    virtual void reset() = 0;

    // Threads that its kernels share; without a call they run in the simulation's.
    void run_on(ThreadPool& threads) { threads_ = &threads; }

  protected:
    ThreadPool& threads() const { return *threads_; }

  private:
    ThreadPool* threads_ = &ThreadPool::none();
};

}  // namespace nonzero
