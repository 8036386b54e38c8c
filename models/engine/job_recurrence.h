#pragma once
// When the jobs of a layer start, end and drain: units that meet at a barrier, operands read ahead, and two buffers for
// results, so that one job drains while the next computes (scnn_facts.md 10.2, 10.9 rules 10 and 14, whose jobs are
// groups of output channels). Plain C++. Times are cycles since the begin of the layer.
//
//   start[n]     = max(compute_end[n-1], drain_end[n-2], operands_ready[n])
//   drain_end[n] = max(compute_end[n], drain_end[n-1]) + D[n]

#include <algorithm>

#include "models/base/cycles.h"

namespace nonzero {

class JobRecurrence {
  public:
    // Start of the next job; accounts the gap since the end of the previous one.
    Cycles start(Cycles operands_ready) {
        const Cycles buffer_free = std::max(compute_end_, drain_end_before_);
        const Cycles start = std::max(buffer_free, operands_ready);
        drain_exposed_ += buffer_free - compute_end_;
        memory_ += start - buffer_free;
        start_ = start;
        return start;
    }
    // The slowest unit took `cycles`.
    Cycles compute(Cycles cycles) {
        compute_end_ = start_ + cycles;
        return compute_end_;
    }
    // The drain of the job takes `cycles`.
    Cycles drain(Cycles cycles) {
        drain_end_before_ = drain_end_;
        drain_end_ = std::max(compute_end_, drain_end_) + cycles;
        return drain_end_;
    }
    // After the last job: the layer's cycles. The last drain has nothing to hide behind.
    Cycles finish() {
        drain_exposed_ += drain_end_ - compute_end_;
        return drain_end_;
    }
    // Cycles in which nothing computes, by cause.
    Cycles drain_exposed() const { return drain_exposed_; }
    Cycles memory() const { return memory_; }

  private:
    Cycles start_ = 0;
    Cycles compute_end_ = 0;
    Cycles drain_end_ = 0;         // of the last drained job
    Cycles drain_end_before_ = 0;  // of the one before it, whose buffer the next job takes
    Cycles drain_exposed_ = 0;
    Cycles memory_ = 0;
};

}  // namespace nonzero
