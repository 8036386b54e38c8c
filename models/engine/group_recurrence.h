#pragma once
// When output-channel groups start, end and drain (SCNN card 10.2, 10.9 rules 10 and 14). Plain C++. Times are cycles
// since the begin of the layer.
//
//   start[g]     = max(compute_end[g-1], drain_end[g-2], weights_ready[g])
//   drain_end[g] = max(compute_end[g], drain_end[g-1]) + D[g]

#include <algorithm>

#include "models/base/cycles.h"

namespace nonzero::pe_array {

class GroupRecurrence {
  public:
    // Start of the next group; accounts the gap since the end of the previous one.
    Cycles start(Cycles weights_ready) {
        const Cycles buffer_free = std::max(compute_end_, drain_end_before_);
        const Cycles start = std::max(buffer_free, weights_ready);
        halo_finalise_ += buffer_free - compute_end_;
        memory_ += start - buffer_free;
        start_ = start;
        return start;
    }
    // The slowest PE of the group took `cycles`.
    Cycles compute(Cycles cycles) {
        compute_end_ = start_ + cycles;
        return compute_end_;
    }
    // The group's exchange and finalise take `cycles`.
    Cycles drain(Cycles cycles) {
        drain_end_before_ = drain_end_;
        drain_end_ = std::max(compute_end_, drain_end_) + cycles;
        return drain_end_;
    }
    // After the last group: the layer's cycles. The last drain has nothing to hide behind.
    Cycles finish() {
        halo_finalise_ += drain_end_ - compute_end_;
        return drain_end_;
    }
    // Cycles in which no group computes, by cause.
    Cycles halo_finalise() const { return halo_finalise_; }
    Cycles memory() const { return memory_; }

  private:
    Cycles start_ = 0;
    Cycles compute_end_ = 0;
    Cycles drain_end_ = 0;         // of the last drained group
    Cycles drain_end_before_ = 0;  // of the one before it, whose accumulator buffer the next group takes
    Cycles halo_finalise_ = 0;
    Cycles memory_ = 0;
};

}  // namespace nonzero::pe_array
