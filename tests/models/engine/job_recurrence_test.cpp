// JobRecurrence against scnn_facts.md 10.2 and 10.9 rules 10 and 14, written out over whole arrays.

#include "models/engine/job_recurrence.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/common/in_range.h"
#include "tests/common/property.h"

using namespace nonzero;

namespace {

struct Layer {
    std::vector<Cycles> work;   // T
    std::vector<Cycles> drain;  // D
    std::vector<Cycles> ready;  // weights
};

Layer random_layer(bool ideal) {
    Layer layer;
    const int groups = in_range(1, 12);
    Cycles ready = 0;
    for (int g = 0; g < groups; ++g) {
        layer.work.push_back(Cycles(in_range(0, 60)));
        layer.drain.push_back(Cycles(in_range(0, 60)));
        ready += Cycles(in_range(0, 70));
        layer.ready.push_back(ideal ? 0 : ready);
    }
    return layer;
}

struct Schedule {
    std::vector<Cycles> start;
    std::vector<Cycles> compute_end;
    std::vector<Cycles> drain_end;
    Cycles cycles = 0;
    Cycles drain_exposed = 0;
    Cycles memory = 0;
};

Schedule schedule(const Layer& layer) {
    Schedule s;
    for (std::size_t g = 0; g < layer.work.size(); ++g) {
        const Cycles computed = g >= 1 ? s.compute_end[g - 1] : 0;
        const Cycles drained = g >= 2 ? s.drain_end[g - 2] : 0;
        s.start.push_back(std::max({computed, drained, layer.ready[g]}));
        // The gap as far as the drain explains it, the rest is memory.
        for (Cycles cycle = computed; cycle < s.start[g]; ++cycle) {
            ++(cycle < drained ? s.drain_exposed : s.memory);
        }
        s.compute_end.push_back(s.start[g] + layer.work[g]);
        const Cycles before = g >= 1 ? s.drain_end[g - 1] : 0;
        s.drain_end.push_back(std::max(s.compute_end[g], before) + layer.drain[g]);
    }
    s.cycles = s.drain_end.back();
    s.drain_exposed += s.cycles - s.compute_end.back();
    return s;
}

void check_random_recurrence() {
    const Layer layer = random_layer(*rc::gen::arbitrary<bool>());
    const Schedule expected = schedule(layer);
    JobRecurrence recurrence;
    for (std::size_t g = 0; g < layer.work.size(); ++g) {
        RC_ASSERT(recurrence.start(layer.ready[g]) == expected.start[g]);
        RC_ASSERT(recurrence.compute(layer.work[g]) == expected.compute_end[g]);
        RC_ASSERT(recurrence.drain(layer.drain[g]) == expected.drain_end[g]);
    }
    const Cycles cycles = recurrence.finish();
    RC_ASSERT(cycles == expected.cycles);
    RC_ASSERT(recurrence.drain_exposed() == expected.drain_exposed);
    RC_ASSERT(recurrence.memory() == expected.memory);
    // No remainder: every cycle computes, drains or waits for memory.
    const Cycles work = std::accumulate(layer.work.begin(), layer.work.end(), Cycles{0});
    RC_ASSERT(work + recurrence.drain_exposed() + recurrence.memory() == cycles);
}

// scnn_facts.md 3 (4): sum of max(T[g], D[g-1]) + D of the last group.
void check_closed_form() {
    const Layer layer = random_layer(true);
    Cycles closed = layer.drain.back();
    for (std::size_t g = 0; g < layer.work.size(); ++g) {
        closed += std::max(layer.work[g], g > 0 ? layer.drain[g - 1] : 0);
    }
    JobRecurrence recurrence;
    for (std::size_t g = 0; g < layer.work.size(); ++g) {
        recurrence.start(0);
        recurrence.compute(layer.work[g]);
        recurrence.drain(layer.drain[g]);
    }
    RC_ASSERT(recurrence.finish() == closed);
    RC_ASSERT(recurrence.memory() == Cycles(0));
}

}  // namespace

TEST_CASE("group times follow the recurrence") {
    CHECK(test::property_holds("recurrence", [] { check_random_recurrence(); }));
}

TEST_CASE("with ideal memory the recurrence is equation 4") {
    CHECK(test::property_holds("equation 4", [] { check_closed_form(); }));
}

TEST_CASE("a group waits for the drain of the one before the last") {
    JobRecurrence recurrence;
    CHECK(recurrence.start(0) == 0);
    recurrence.compute(10);
    recurrence.drain(100);
    // The other accumulator buffer is free at once.
    CHECK(recurrence.start(0) == 10);
    recurrence.compute(10);
    CHECK(recurrence.drain(5) == 115);
    CHECK(recurrence.start(0) == 110);
    CHECK(recurrence.drain_exposed() == 90);
    CHECK(recurrence.memory() == 0);
}
