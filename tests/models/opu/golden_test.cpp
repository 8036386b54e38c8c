// The golden rows of opu_facts.md 6, 11.1 and 11.2: nothing simulated, every figure exact.
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "models/opu/closed_form.h"
#include "models/opu/fixed_point.h"
#include "models/opu/public_forms.h"
#include "models/opu/schedule.h"
#include "models/opu/tuner.h"

using namespace nonzero;
using namespace nonzero::opu;

namespace {

const CoreShape c128{CoreKind::regular, 128, 8};
const CoreShape p64{CoreKind::depthwise, 64, 9};

std::vector<LayerWork> network(const std::string& name) {
    return works_of(load_network(name));
}

LayerTimes times_on(const std::vector<LayerWork>& works, const CoreShape& first, const CoreShape& second,
                    const ClosedForm& form = {}) {
    LayerTimes times;
    for (const LayerWork& work : works) {
        times.core[0].push_back(layer_time(work, first, form));
        times.core[1].push_back(layer_time(work, second, form));
        times.bytes.push_back(memory_bytes(work, form));
    }
    return times;
}

// Cycles of one image on one core.
double single(const std::string& name, const CoreShape& core) {
    const LayerTimes times = times_on(network(name), core, core);
    return double(group_time(times, {0, times.layers(), 0})) / 64;
}

struct Pair {
    double cycles;
    double image, steady;
    std::vector<Group> groups;
};

Pair pair(const std::string& name, Dram dram, const CoreShape& first = c128, const CoreShape& second = p64,
          const ClosedForm& form = {}) {
    const LayerTimes times = times_on(network(name), first, second, form);
    PairScheduler scheduler;
    const std::int64_t best = scheduler.solve(times, dram);
    std::vector<Group> groups = scheduler.groups();
    CHECK(pair_time(times, dram, groups) == best);
    return {double(best) / form.bandwidth, double(image_time(times, groups)) / form.bandwidth,
            double(steady_time(times, dram, groups)) / form.bandwidth, groups};
}

// To a tenth, as the table has it.
double rate(double images, double cycles) {
    return std::round(images * 200e6 / cycles * 10) / 10;
}

double efficiency(const std::string& name, double images, double cycles, std::int64_t multipliers) {
    std::int64_t macs = 0;
    for (const LayerWork& work : network(name)) {
        macs += work.macs();
    }
    return std::round(images * double(macs) / (cycles * double(multipliers)) * 1000) / 1000;
}

}  // namespace

TEST_CASE("the networks have their MACs", "[opu]") {
    const std::vector<std::pair<std::string, std::int64_t>> rows{{"mobilenet_v1", 568740352},
                                                                 {"mobilenet_v2", 300774272},
                                                                 {"squeezenet_1_1_224", 349151936},
                                                                 {"squeezenet_1_0_224", 818924576}};
    for (const auto& [name, macs] : rows) {
        std::int64_t sum = 0;
        for (const LayerWork& work : network(name)) {
            sum += work.macs();
        }
        CHECK(sum == macs);
    }
}

TEST_CASE("the timing of the public compiler", "[opu]") {
    const std::vector<std::pair<std::string, std::int64_t>> rows{
        {"mobilenet_v1", 593512}, {"mobilenet_v2", 417974}, {"squeezenet_1_1_224", 358822}};
    for (const auto& [name, cycles] : rows) {
        std::int64_t sum = 0;
        for (const LayerWork& work : network(name)) {
            sum += compiler_cycles(work);
        }
        CHECK(sum == cycles);
    }
}

TEST_CASE("the timing of the public simulator", "[opu]") {
    CHECK(sim_load_block(38, 38) + sim_load_words(16) + sim_load_words(2) == 993);
    CHECK(sim_tap(std::int64_t{38} * 38, 1) == 1474);
    CHECK(sim_depthwise(38, 36, 2) == 2 * 38 + 2 + 72 + 30);
    CHECK(sim_store(38) == 58);
}

TEST_CASE("one image on a single core", "[opu]") {
    const CoreShape p128{CoreKind::depthwise, 128, 9};
    CHECK(single("mobilenet_v1", p128) == 574657.125);
    CHECK(single("mobilenet_v2", p128) == 389388.125);
    CHECK(single("squeezenet_1_1_224", p128) == 324511);
}

TEST_CASE("two images on two cores", "[opu]") {
    const Pair v1 = pair("mobilenet_v1", Dram::own);
    CHECK(v1.cycles == 889674.125);
    CHECK(v1.groups.size() == 16);
    CHECK(v1.groups.front().core == 0);
    CHECK(v1.image == 747813.125);
    CHECK(v1.steady == 876930.125);

    const Pair v1_shared = pair("mobilenet_v1", Dram::shared);
    CHECK(v1_shared.cycles == 902456.125);
    CHECK(v1_shared.image == 747813.125);
    CHECK(v1_shared.steady == 896385.625);

    const Pair v2 = pair("mobilenet_v2", Dram::own);
    CHECK(v2.cycles == 561081);
    CHECK(v2.groups.size() == 26);
    CHECK(v2.image == 470355.125);
    CHECK(v2.steady == 548337);

    const Pair v2_shared = pair("mobilenet_v2", Dram::shared);
    CHECK(v2_shared.cycles == 595134.375);
    CHECK(v2_shared.groups.size() == 20);
    CHECK(v2_shared.image == 487053.875);
    CHECK(v2_shared.steady == 589063.875);

    for (const Dram dram : {Dram::own, Dram::shared}) {
        const Pair squeeze = pair("squeezenet_1_1_224", dram);
        CHECK(squeeze.cycles == 527546.5);
        CHECK(squeeze.image == 430615);
        CHECK(squeeze.steady == 527546.5);
        std::vector<std::size_t> ends;
        for (const Group& group : squeeze.groups) {
            ends.push_back(group.end);
        }
        CHECK(ends == std::vector<std::size_t>{3, 4, 10, 14, 22, 25, 26});
        CHECK(squeeze.groups.front().core == 0);
    }
}

TEST_CASE("six layers by hand", "[opu]") {
    const LayerTimes times{{{{10, 4, 7, 3, 9, 5}, {6, 8, 2, 9, 4, 6}}}, {3, 3, 3, 3, 3, 12}};
    PairScheduler scheduler;
    CHECK(scheduler.solve(times, Dram::own) == 33);
    const std::vector<Group> groups = scheduler.groups();
    CHECK(groups.size() == 6);
    CHECK(groups.front().core == 1);
    CHECK(scheduler.solve(times, Dram::shared) == 50);
    CHECK(images_time(times, Dram::own, groups, 5) == 2 * 33 + image_time(times, groups));
}

TEST_CASE("images a second and efficiency of the closed form", "[opu]") {
    const std::vector<std::string> names{"mobilenet_v1", "mobilenet_v2", "squeezenet_1_1_224", "squeezenet_1_0_224"};
    struct Row {
        std::vector<CoreShape> cores;
        std::vector<double> rates, efficiencies;
    };
    const auto c = [](int pes, int width) { return CoreShape{CoreKind::regular, pes, width}; };
    const auto p = [](int pes) { return CoreShape{CoreKind::depthwise, pes, 9}; };
    const std::vector<Row> rows{
        {{c(128, 8)}, {251.4, 317.2, 566.4, 163.0}, {.698, .466, .966, .652}},
        {{p(128)}, {348.0, 513.6, 616.3, 249.5}, {.859, .671, .934, .887}},
        {{p(150)}, {372.8, 555.0, 658.2, 263.3}, {.785, .618, .851, .799}},
        {{p(176)}, {429.4, 593.9, 777.6}, {}},
        {{c(128, 8), p(64)}, {449.6, 712.9, 758.2, 252.8}, {.799, .670, .827, .647}},
        {{c(96, 8), p(96)}, {420.6, 730.3, 686.0, 305.4}, {.733, .673, .734, .766}},
        {{c(128, 10), p(32)}, {437.2, 711.6, 704.4, 211.7}, {.793, .683, .784, .553}},
        {{p(88), p(88)}, {411.5, 697.2, 668.1}, {}},
        {{c(100, 8), c(100, 8)}, {327.9, 472.9, 632.5}, {}},
    };
    for (const Row& row : rows) {
        const bool two = row.cores.size() == 2;
        const std::int64_t multipliers = row.cores.front().multipliers() + (two ? row.cores.back().multipliers() : 0);
        for (std::size_t n = 0; n < row.rates.size(); ++n) {
            INFO(to_string(row.cores.front()) << " " << names[n]);
            const double cycles = two ? pair(names[n], Dram::own, row.cores.front(), row.cores.back()).cycles
                                      : single(names[n], row.cores.front());
            CHECK(rate(two ? 2 : 1, cycles) == row.rates[n]);
            if (n < row.efficiencies.size()) {
                CHECK(efficiency(names[n], two ? 2 : 1, cycles, multipliers) == row.efficiencies[n]);
            }
        }
    }
}

TEST_CASE("images a second on one DRAM", "[opu]") {
    struct Row {
        int overhead, bandwidth;
        std::vector<double> rates;
    };
    const std::vector<Row> rows{{200, 64, {443.2, 672.1, 758.2}},
                                {200, 40, {410.9, 516.5, 745.8}},
                                {1000, 64, {432.9, 631.6, 724.0}},
                                {1000, 32, {379.7, 415.7, 699.8}}};
    for (const Row& row : rows) {
        const ClosedForm form{row.bandwidth, row.overhead};
        std::size_t n = 0;
        for (const char* name : {"mobilenet_v1", "mobilenet_v2", "squeezenet_1_1_224"}) {
            CHECK(rate(2, pair(name, Dram::shared, c128, p64, form).cycles) == row.rates[n++]);
        }
    }
}

TEST_CASE("the shapes that the tuner finds", "[opu]") {
    const std::vector<std::vector<LayerWork>> networks{network("mobilenet_v1"), network("mobilenet_v2"),
                                                       network("squeezenet_1_1_224")};
    struct Row {
        Dram dram;
        std::size_t evaluated;
        double rate;
    };
    for (const Row& row : {Row{Dram::own, 283, 635.73}, Row{Dram::shared, 301, 618.76}}) {
        Tuner tuner(networks, {}, row.dram, {});
        const Tuner::Result result = tuner.search();
        CHECK(result.shapes == 1824);
        CHECK(result.feasible == 693);
        CHECK(result.evaluated == row.evaluated);
        CHECK(result.best.regular == CoreShape{CoreKind::regular, 256, 4});
        CHECK(result.best.depthwise == p64);
        CHECK(std::round(tuner.mean_rate(result.best.times, 200e6) * 100) / 100 == row.rate);
    }
}

TEST_CASE("what the buffers of public code take of the device", "[opu]") {
    Device simulator;
    simulator.feature_bits = 2 * 4096 * 512;
    simulator.weight_bits = 2 * 16 * 64 * 512;
    simulator.partial_sum_bits = 4096 * 1024;
    simulator.instruction_bits = 65536 * 32;
    CHECK(area_of({c128}, simulator).bram36 == 313);
    CHECK(area_of({c128, c128}, simulator).bram36 == 626);
    CHECK(area_of({c128, p64}, {}).dsps == 800 + 32);
    CHECK(area_of({c128, p64}, {}).bram36 <= Device{}.bram36);
}

TEST_CASE("fixed point of public code", "[opu]") {
    const auto run = [](const std::vector<std::int64_t>& sums, std::int32_t bias, int shift) {
        std::vector<std::int32_t> partial;
        std::int32_t stored = bias;
        for (const std::int64_t sum : sums) {
            stored = accumulate(sum, stored, shift);
            partial.push_back(stored);
        }
        partial.push_back(output_of(stored, false));
        return partial;
    };
    CHECK(run({30000, -20001, 50000}, 100, 3) == std::vector<std::int32_t>{334, 177, 567, 2});
    CHECK(run({50000, -20001, -20001}, 0, 10) == std::vector<std::int32_t>{32767, 12766, -7235, -28});
    CHECK(output_of(-7235, true) == -3);
    CHECK(stored_bias(100, 10) == 100);
    CHECK(stored_bias(100, 3) == 1);
    CHECK(largest_shift(32767) == 10);
    CHECK(largest_shift(32768) == 9);
}
