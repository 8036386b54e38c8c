#include "models/base/simulated_time.h"

#include <fmt/format.h>

#include <cmath>

#include "workloads/error.h"
#include "workloads/field_name.h"

namespace nonzero {

void report_end_of_time(const std::string& what) {
    const std::string text = fmt::format(
        "{} would come after the end of simulated time, at {:.1f} days: choose a shorter clock.period_ps, a lower {} "
        "or a higher {}",
        what, sc_core::sc_max_time().to_seconds() / (24 * 60 * 60), field_name("dram_latency"),
        field_name("dram_bandwidth"));
    SC_REPORT_ERROR(kEndOfTime, text.c_str());
    throw InputError(text);  // where reports do not throw
}

sc_core::sc_time later(const sc_core::sc_time& time, const sc_core::sc_time& duration, const char* what) {
    if (duration > sc_core::sc_max_time() - time) {
        report_end_of_time(what);
    }
    return time + duration;
}

sc_core::sc_time whole_ticks(double picoseconds, const std::string& parameter) {
    const double seconds = picoseconds * 1e-12;
    const sc_core::sc_time tick = sc_core::sc_time::from_value(1);
    const double ticks = seconds / tick.to_seconds();
    // Decimal fractions are not exact in binary.
    if (ticks < 0.5 || std::abs(ticks - std::round(ticks)) > 1e-9 * ticks) {
        throw InputError(
            fmt::format("{}: {} ps is no multiple of the time resolution of the simulation, {}: choose one, or call "
                        "sc_set_time_resolution(1, SC_PS) before anything else of the simulation",
                        parameter, picoseconds, tick.to_string()));
    }
    return sc_core::sc_time::from_value(sc_dt::uint64(std::round(ticks)));
}

}  // namespace nonzero
