// Two accelerators in one process, each with its own CPU, at work at the same time on different layers in one memory.

#include <catch2/catch.hpp>

#include <memory>

#include "tests/thirdparty/bench.h"

using namespace thirdparty;

namespace {

void run_forward(Driver& driver) {
    driver.run_all();
    driver.run_all();
}

void run_backward(Driver& driver) {
    const std::size_t layers = driver.image().layers.size();
    for (std::size_t n = 2 * layers; n-- > 0;) {
        driver.run(driver.layer(n));
    }
}

BenchOptions options_with(const char* protocol, const sc_core::sc_time& quantum) {
    BenchOptions options;
    options.memory = MemoryKind::at;
    options.quantum = quantum;
    options.settings = {{"dma.protocol", protocol}};
    return options;
}

// How often the accelerator that memory serves changes.
std::size_t changes(const Memory& memory, std::uint64_t boundary) {
    std::size_t count = 0;
    const auto& log = memory.log();
    for (std::size_t n = 1; n < log.size(); ++n) {
        count += (log[n].address < boundary) != (log[n - 1].address < boundary) ? 1 : 0;
    }
    return count;
}

struct Pair {
    Memory* memory;
    std::uint64_t boundary;
    // The two at work together, and the same work elsewhere.
    Bench* low;
    Bench* high;
    Bench* low_alone;
    Bench* high_alone;
};

Pair add_pair(Testbed& bed, const std::string& low_kind, const std::string& high_kind) {
    const Image low = pack(low_kind, "--output raw64 --base " + std::to_string(0x2'0000'0000));
    const std::uint64_t boundary = low.end + 0x10000;
    const Image high = pack(high_kind, "--seed 2 --base " + std::to_string(boundary));
    Image both = low;
    both.end = high.end;
    Memory& memory = bed.add_memory(both, MemoryKind::at, Timing::prompt);
    const BenchOptions ahead = options_with("at", {1, sc_core::SC_US});
    const BenchOptions in_step = options_with("lt", {});
    return {&memory,
            boundary,
            &bed.add(low, ahead, memory, run_forward),
            &bed.add(high, in_step, memory, run_backward),
            &bed.add(low, ahead, run_forward),
            &bed.add(high, in_step, run_backward)};
}

}  // namespace

TEST_CASE("Two accelerators at work at the same time do not disturb each other") {
    Testbed bed;
    std::vector<Pair> pairs;
    const std::vector<std::string> kinds = accelerator_kinds();
    for (std::size_t n = 0; n < kinds.size(); ++n) {
        pairs.push_back(add_pair(bed, kinds[n], kinds[n]));
        if (kinds.size() > 1) {
            pairs.push_back(add_pair(bed, kinds[n], kinds[(n + 1) % kinds.size()]));
        }
    }
    CHECK(bed.run() == "");
    for (const Pair& pair : pairs) {
        CHECK(changes(*pair.memory, pair.boundary) > 10);
        CHECK(pair.low->statistics() == pair.low_alone->statistics());
        CHECK(pair.high->statistics() == pair.high_alone->statistics());
        CHECK(pair.low->statistics() != pair.high->statistics());
    }
}
