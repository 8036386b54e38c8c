#pragma once
// The one clock domain of a platform: a period, never a toggling signal.

#include <systemc>

#include "models/base/cycles.h"
#include "models/base/simulated_time.h"

namespace nonzero {

class Clocking {
  public:
    // At least one tick of the time resolution.
    explicit Clocking(sc_core::sc_time period) : period_(period) {}
    const sc_core::sc_time& period() const { return period_; }
    // At most half of simulated time, so that two durations can be added; longer ones are reported (simulated_time.h).
    sc_core::sc_time operator()(Cycles cycles) const {
        if (cycles > longest_) {
            report_end_of_time("the end of a layer");
        }
        return sc_core::sc_time::from_value(period_.value() * cycles);
    }
    // That many cycles after a time.
    sc_core::sc_time after(const sc_core::sc_time& time, Cycles cycles) const {
        return later(time, (*this)(cycles), "the end of a layer");
    }
    // Whole cycles that cover a duration (rounded up).
    Cycles cycles(const sc_core::sc_time& duration) const {
        return duration.value() / period_.value() + (duration.value() % period_.value() != 0 ? 1 : 0);
    }

  private:
    sc_core::sc_time period_;
    Cycles longest_ = sc_core::sc_max_time().value() / 2 / period_.value();
};

}  // namespace nonzero
