#pragma once
// The one clock domain of a platform: a period, never a toggling signal.

#include <systemc>

#include "models/common/cycles.h"

namespace nonzero {

class Clocking {
  public:
    explicit Clocking(sc_core::sc_time period) : period_(period) {}
    const sc_core::sc_time& period() const { return period_; }
    sc_core::sc_time operator()(Cycles cycles) const { return sc_core::sc_time::from_value(period_.value() * cycles); }
    // Whole cycles that cover a duration (rounded up).
    Cycles cycles(const sc_core::sc_time& duration) const {
        return (duration.value() + period_.value() - 1) / period_.value();
    }

  private:
    sc_core::sc_time period_;
};

}  // namespace nonzero
