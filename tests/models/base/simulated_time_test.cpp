// Times that counts and parameters make longer than simulated time is, or finer than its resolution.

#include "models/base/simulated_time.h"

#include <catch2/catch.hpp>
#include <string>

#include "models/base/clocking.h"
#include "tests/common/error_of.h"
#include "tests/models/common/end_of_time_report.h"
#include "tests/models/common/memory_stubs.h"

using namespace nonzero;
using namespace nonzero::test;
using sc_core::sc_time;

TEST_CASE("a sum of times ends with simulated time") {
    const sc_time last = sc_core::sc_max_time();
    const sc_time tick = sc_time::from_value(1);
    CHECK(later(last - tick, tick, "it") == last);
    CHECK(later(sc_core::SC_ZERO_TIME, last, "it") == last);
    CHECK_THAT(end_of_time_report([&] { later(last, tick, "it"); }),
               Catch::StartsWith("it would come after the end of simulated time, at 213.5 days"));
}

TEST_CASE("a clock ends with simulated time") {
    const Clocking clock(ns(1));
    const Cycles half = sc_core::sc_max_time().value() / 2 / 1000;
    CHECK(clock(half).value() == half * 1000);
    CHECK_THAT(end_of_time_report([&] { clock(half + 1); }), Catch::Contains("clock.period_ps"));
    CHECK(clock.after(clock(half), half).value() == 2 * half * 1000);
    CHECK_THAT(end_of_time_report([&] { clock.after(clock(half), half + 1); }), Catch::Contains("clock.period_ps"));
    CHECK_THAT(end_of_time_report([&] { clock.after(clock(half) + clock(half), 2); }),
               Catch::Contains("clock.period_ps"));
    CHECK(clock.cycles(sc_core::sc_max_time()) == sc_core::sc_max_time().value() / 1000 + 1);
}

TEST_CASE("a period is a whole number of ticks of the process's resolution, or refused by name") {
    sc_core::sc_set_time_resolution(1, sc_core::SC_NS);
    CHECK(whole_ticks(1000, "clock.period_ps").value() == 1);
    CHECK(whole_ticks(2'000'000, "clock.period_ps").value() == 2000);
    for (const double picoseconds : {0.0, 1.0, 400.0, 500.0, 1500.0, 999.999}) {
        CAPTURE(picoseconds);
        CHECK_THAT(error_of([&] { whole_ticks(picoseconds, "clock.period_ps"); }),
                   Catch::StartsWith("clock.period_ps: ") && Catch::Contains("resolution of the simulation, 1 ns"));
    }
}

TEST_CASE("a period is a whole number of ticks, of a finer resolution too") {
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
    CHECK(whole_ticks(1, "clock.period_ps").value() == 1000);
    CHECK(whole_ticks(0.5, "clock.period_ps").value() == 500);
    CHECK_THAT(error_of([] { whole_ticks(0.0001, "clock.period_ps"); }), Catch::Contains("0.0001 ps is no multiple"));
}
