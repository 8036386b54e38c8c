#pragma once
// The end of simulated time. sc_time counts ticks of the time resolution in 64 bits (213 days of picoseconds) and wraps
// around silently; what turns counts and parameters into times goes by these functions, which report an error instead:
// an sc_report of severity SC_ERROR and of type kEndOfTime, which by SystemC's default is thrown and ends the
// simulation.

#include <string>
#include <systemc>

namespace nonzero {

inline constexpr const char* kEndOfTime = "/nonzero/end of simulated time";

// what: "a response of memory"
[[noreturn]] void report_end_of_time(const std::string& what);

// time + duration.
sc_core::sc_time later(const sc_core::sc_time& time, const sc_core::sc_time& duration, const char* what);

// InputError unless that many picoseconds, at least one, are a whole number of ticks, as a clock period has to be. The
// resolution is the process's: sc_set_time_resolution().
sc_core::sc_time whole_ticks(double picoseconds, const std::string& parameter);

}  // namespace nonzero
