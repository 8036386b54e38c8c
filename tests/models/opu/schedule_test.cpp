// The schedule against every assignment of layers to cores, and the search against the whole space.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "models/opu/split.h"
#include "models/opu/tuner.h"

using namespace nonzero;
using namespace nonzero::opu;

namespace {

// Written from opu_facts.md 11 rule 4 alone: groups are runs of equal cores.
struct Assigned {
    std::int64_t time = 0;
    std::vector<Group> groups;
};

Assigned assigned(const LayerTimes& times, bool shared, unsigned cores) {
    Assigned found;
    std::vector<std::int64_t> own, bytes;
    for (std::size_t layer = 0; layer < times.layers(); ++layer) {
        const int core = int(cores >> layer & 1);
        if (found.groups.empty() || found.groups.back().core != core) {
            found.groups.push_back({layer, layer, core});
            own.push_back(0);
            bytes.push_back(0);
        }
        ++found.groups.back().end;
        own.back() += times.core[std::size_t(core)][layer];
        bytes.back() += times.bytes[layer];
    }
    // Slot s has group s of the first image and group s - 1 of the second.
    for (std::size_t slot = 0; slot <= own.size(); ++slot) {
        std::int64_t longest = 0, moved = 0;
        int running = 0;
        for (const std::size_t group : {slot, slot - 1}) {
            if (group < own.size()) {
                longest = std::max(longest, own[group]);
                moved += bytes[group];
                ++running;
            }
        }
        found.time += shared && running == 2 ? std::max(longest, moved) : longest;
    }
    return found;
}

// The order of opu_facts.md 11 rule 5.
bool precedes(const Assigned& a, const Assigned& b) {
    if (a.time != b.time) {
        return a.time < b.time;
    }
    if (a.groups.size() != b.groups.size()) {
        return a.groups.size() < b.groups.size();
    }
    for (std::size_t n = a.groups.size(); n-- > 0;) {
        const std::size_t left = a.groups[n].end - a.groups[n].begin;
        const std::size_t right = b.groups[n].end - b.groups[n].begin;
        if (left != right) {
            return left > right;
        }
    }
    return a.groups.back().core < b.groups.back().core;
}

LayerTimes random_times(std::mt19937& random, std::size_t layers, int largest) {
    std::uniform_int_distribution<std::int64_t> draw(1, largest);
    LayerTimes times;
    for (std::size_t n = 0; n < layers; ++n) {
        times.core[0].push_back(draw(random));
        times.core[1].push_back(draw(random));
        times.bytes.push_back(draw(random));
    }
    return times;
}

LayerWork random_work(std::mt19937& random) {
    const auto draw = [&](int low, int high) { return std::uniform_int_distribution<std::int64_t>(low, high)(random); };
    LayerWork work;
    work.depthwise = draw(0, 2) == 0;
    work.all_channels = draw(1, 96);
    work.in_channels = work.depthwise ? 1 : work.all_channels;
    work.out_channels = work.depthwise ? work.all_channels : draw(1, 96);
    work.kernel_rows = work.kernel_columns = work.depthwise || draw(0, 1) == 0 ? 3 : 1;
    work.rows = work.in_rows = draw(1, 8);
    work.columns = work.in_columns = draw(1, 8);
    return work;
}

}  // namespace

TEST_CASE("the schedule is the best of all assignments, in cost and in form", "[opu]") {
    std::mt19937 random(7);
    PairScheduler scheduler;
    int ties = 0;
    for (int round = 0; round < 1500; ++round) {
        const auto layers = std::size_t(1 + round % 10);
        // Small numbers, so that many assignments are equally good.
        const LayerTimes times = random_times(random, layers, round % 2 == 0 ? 4 : 1000);
        const bool shared = round % 3 == 0;
        const Dram dram = shared ? Dram::shared : Dram::own;
        Assigned best = assigned(times, shared, 0);
        for (unsigned cores = 1; cores < 1U << layers; ++cores) {
            Assigned next = assigned(times, shared, cores);
            ties += next.time == best.time ? 1 : 0;
            if (precedes(next, best)) {
                best = std::move(next);
            }
        }
        CHECK(scheduler.solve(times, dram) == best.time);
        CHECK(scheduler.groups() == best.groups);
        CHECK(pair_time(times, dram, best.groups) == best.time);

        std::vector<int> preferred(layers, 0);
        for (std::size_t n = 0; n < layers; ++n) {
            preferred[n] = times.core[1][n] < times.core[0][n] ? 1 : 0;
        }
        CHECK(pair_time(times, dram, heuristic_groups(times, dram, preferred)) >= best.time);
    }
    CHECK(ties > 1000);
}

TEST_CASE("the search ends at the best shape of the whole space", "[opu]") {
    std::mt19937 random(11);
    for (int round = 0; round < 40; ++round) {
        std::vector<std::vector<LayerWork>> networks(1 + std::size_t(round % 2));
        for (std::vector<LayerWork>& network : networks) {
            for (int n = 0; n < 6; ++n) {
                network.push_back(random_work(random));
            }
        }
        ShapeSpace space;
        space.regular_widths = {4, 8};
        space.regular_pes_last = 64;
        space.depthwise_pes_last = 48;
        Device device;
        device.dsps = 200 + 10 * (round % 5);
        const Dram dram = round % 3 == 0 ? Dram::shared : Dram::own;
        Tuner tuner(networks, {64, round % 2 == 0 ? 200 : 0}, dram, device, space);
        const Tuner::Result found = tuner.search();

        std::vector<Candidate> all = tuner.candidates();
        REQUIRE(found.feasible == all.size());
        for (Candidate& candidate : all) {
            tuner.evaluate(candidate);
            for (std::size_t n = 0; n < networks.size(); ++n) {
                CHECK(candidate.times[n] >= candidate.bounds[n]);
            }
        }
        const double best = tuner.mean_rate(found.best.times, 200e6);
        std::int64_t fewest = device.dsps;
        for (const Candidate& candidate : all) {
            const double rate = tuner.mean_rate(candidate.times, 200e6);
            CHECK(rate <= best);
            if (candidate.times == found.best.times) {
                fewest = std::min(fewest, candidate.area.dsps);
            }
        }
        CHECK(found.best.area.dsps == fewest);

        const std::vector<Candidate> front = Tuner::pareto(all);
        for (const Candidate& candidate : all) {
            const bool covered = std::any_of(front.begin(), front.end(), [&](const Candidate& other) {
                return other.area.dsps <= candidate.area.dsps &&
                       tuner.mean_rate(other.times, 200e6) >= tuner.mean_rate(candidate.times, 200e6);
            });
            CHECK(covered);
        }
        for (std::size_t n = 1; n < front.size(); ++n) {
            CHECK(front[n].area.dsps > front[n - 1].area.dsps);
            CHECK(tuner.mean_rate(front[n].times, 200e6) > tuner.mean_rate(front[n - 1].times, 200e6));
        }
    }
}

TEST_CASE("a device too small for any pair is told", "[opu]") {
    Device device;
    device.dsps = 40;
    std::mt19937 random(1);
    Tuner tuner({{random_work(random)}}, {}, Dram::own, device);
    CHECK_THROWS_AS(tuner.search(), std::domain_error);
}

TEST_CASE("times beyond what can be added up are told", "[opu]") {
    LayerTimes times;
    times.core[0] = times.core[1] = times.bytes = std::vector<std::int64_t>(4, std::int64_t{1} << 58);
    PairScheduler scheduler;
    CHECK_THROWS_AS(scheduler.solve(times, Dram::own), std::overflow_error);
}

TEST_CASE("split layers cover the network and never cost", "[opu]") {
    std::mt19937 random(5);
    int gained = 0;
    for (int round = 0; round < 60; ++round) {
        std::vector<LayerWork> works;
        for (int n = 0; n < 5; ++n) {
            works.push_back(random_work(random));
        }
        const CoreShape first{CoreKind::regular, 16, 4};
        const CoreShape second{CoreKind::depthwise, 16, 9};
        const ClosedForm form{64, 4};
        const Dram dram = round % 2 == 0 ? Dram::own : Dram::shared;
        const SplitSchedule split = split_schedule(works, first, second, form, dram);
        std::vector<std::int64_t> rows(works.size(), 0);
        for (const LayerPart& part : split.parts) {
            CHECK(part.first_row == rows[part.layer]);
            rows[part.layer] += part.rows;
        }
        std::vector<LayerPart> whole;
        for (std::size_t layer = 0; layer < works.size(); ++layer) {
            CHECK(rows[layer] == works[layer].rows);
            whole.push_back({layer, 0, works[layer].rows});
        }
        PairScheduler scheduler;
        const LayerTimes unsplit = part_times(works, whole, first, second, form);
        for (std::size_t layer = 0; layer < works.size(); ++layer) {
            CHECK(unsplit.core[0][layer] == layer_time(works[layer], first, form));
            CHECK(unsplit.core[1][layer] == layer_time(works[layer], second, form));
        }
        const std::int64_t least = scheduler.solve(unsplit, dram);
        CHECK(split.pair_time <= least);
        CHECK(pair_time(split.times, dram, split.groups) == split.pair_time);
        gained += split.pair_time < least ? 1 : 0;
    }
    CHECK(gained > 10);
}
