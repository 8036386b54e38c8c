// The clock of a platform in a process that counts time in other steps than picoseconds.

#include <catch2/catch.hpp>

#include "tests/common/error_of.h"
#include "tests/platforms/platform_bench.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

std::uint64_t cycles_of_a_layer(const std::string& period) {
    std::mt19937_64 random(4);
    RandomLayer work;
    work.layer = square_convolution("work", 8, 16, 9, 3);
    work.input = random_operands(random, work.layer.input_shape(), 0.7, 100);
    work.weights = random_operands(random, work.layer.weight_shape(), 0.3, 100);
    std::uint64_t cycles = 0;
    simulate("dcnn", with_settings({{"clock.period_ps", period}}), [&](Standalone& bench) {
        const HostOutcome outcome = run_afresh(bench, job_of(work));
        CHECK(outcome.done);
        cycles = outcome.records.back().cycles;
    });
    return cycles;
}

constexpr std::uint64_t kCycles = 320;

}  // namespace

TEST_CASE("a clock that the process's time resolution cannot count is refused, on every platform") {
    sc_core::sc_set_time_resolution(1, sc_core::SC_NS);
    int number = 0;
    for (const PlatformKind& kind : platform_registry()) {
        for (const char* const period : {"1", "400", "500", "1500"}) {
            const std::string name = kind.name + std::to_string(++number);
            const auto make = [&] { Platform(name.c_str(), kind.name, with_settings({{"clock.period_ps", period}})); };
            CHECK_THAT(error_of(make),
                       Catch::StartsWith(std::string("clock.period_ps: ") + period + " ps is no multiple") &&
                           Catch::Contains("1 ns"));
        }
    }
}

TEST_CASE("a layer takes as many cycles in picoseconds") {
    CHECK(cycles_of_a_layer("1000") == kCycles);
}

TEST_CASE("a layer takes as many cycles in nanoseconds") {
    sc_core::sc_set_time_resolution(1, sc_core::SC_NS);
    CHECK(cycles_of_a_layer("2000") == kCycles);
}

TEST_CASE("a layer takes as many cycles in femtoseconds") {
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
    CHECK(cycles_of_a_layer("1") == kCycles);
}
