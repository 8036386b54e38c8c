// Golden rows of DeMM: demm_facts.md 3 and 10.8.
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "tests/oracles/demm_oracle.h"

namespace {

using namespace nonzero::oracle;

constexpr DemmConfig::Preload serial = DemmConfig::serial;
constexpr DemmConfig::Preload hidden = DemmConfig::hidden;
constexpr DemmConfig::Preload naive = DemmConfig::naive;

// DeMM(8,128,64,8); the pattern that takes rho slots of 128 columns.
DemmConfig pattern_config(int rho, DemmConfig::Preload preload) {
    DemmConfig config;
    config.preload = preload;
    config.pattern_n = 8 * rho;
    config.pattern_m = 128;
    return config;
}

struct Row {
    int Mo, K, P;
    std::uint64_t serial[2], naive[2], hidden[2];  // rho = 1 and 8
};

const std::vector<Row> rows = {
    {64, 128, 64, {198, 646}, {198, 646}, {198, 646}},
    {64, 147, 12544, {53906, 229522}, {56252, 231868}, {37702, 200838}},
    {256, 64, 3136, {15686, 103494}, {15974, 103782}, {12614, 100422}},
    {512, 4608, 49, {23046, 152070}, {23256, 152280}, {18566, 147590}},
    {1000, 2048, 1, {18054, 130054}, {18144, 130144}, {16134, 128134}},
};

// In units of 1000 cycles, rounded.
std::uint64_t thousands(std::uint64_t cycles) {
    return (cycles + 500) / 1000;
}

DemmResult total(const std::vector<GemmProblem>& layers, const DemmConfig& config) {
    DemmResult sum;
    for (const GemmProblem& layer : layers) {
        const DemmResult r = count_demm(layer, config);
        REQUIRE_FALSE(r.refused());
        sum.cycles += r.cycles;
        sum.slots += r.slots;
        sum.writes += r.writes;
    }
    return sum;
}

}  // namespace

TEST_CASE("golden products of DeMM, with their values") {
    for (const Row& row : rows) {
        for (const int which : {0, 1}) {
            const int rho = which == 0 ? 1 : 8;
            INFO(row.Mo << " x " << row.K << " x " << row.P << ", rho " << rho);
            const GemmProblem problem = hashed_problem(1, row.Mo, row.K, row.P, {Mask::nm, 8 * rho, 128});
            const std::vector<std::int64_t> expected = multiply(problem);
            for (const DemmConfig::Preload preload : {serial, naive, hidden}) {
                const auto& golden = preload == serial ? row.serial : preload == naive ? row.naive : row.hidden;
                const DemmConfig config = pattern_config(rho, preload);
                CHECK(count_demm(problem, config).cycles == golden[which]);
                const DemmResult r = simulate_demm(problem, config);
                CHECK(r.cycles == golden[which]);
                CHECK(r.Y == expected);
                CHECK(attribution_closes(r, config));
            }
        }
    }
}

TEST_CASE("ResNet-50 on DeMM") {
    const std::vector<GemmProblem> layers = resnet50_shapes();
    CHECK(layers.size() == 54);
    std::uint64_t macs = 0;
    for (const GemmProblem& layer : layers)
        macs += std::uint64_t(layer.Mo) * std::uint64_t(layer.K) * std::uint64_t(layer.P);
    CHECK(macs == 4'089'184'256);  // V11

    const std::vector<int> rhos = {1, 2, 4, 8};
    const std::vector<std::uint64_t> compute = {646, 1292, 2583, 5166};
    const std::vector<std::uint64_t> in_hidden = {715, 1298, 2590, 5173};
    const std::vector<std::uint64_t> in_serial = {1020, 1666, 2957, 5540};
    const std::vector<std::uint64_t> in_naive = {1039, 1685, 2977, 5560};
    for (std::size_t i = 0; i < rhos.size(); ++i) {
        INFO("rho " << rhos[i]);
        const DemmResult r = total(layers, pattern_config(rhos[i], serial));
        CHECK(thousands(r.slots) == compute[i]);
        CHECK(thousands(r.cycles) == in_serial[i]);
        CHECK(thousands(total(layers, pattern_config(rhos[i], hidden)).cycles) == in_hidden[i]);
        CHECK(thousands(total(layers, pattern_config(rhos[i], naive)).cycles) == in_naive[i]);
    }
    const DemmResult relaxed = total(layers, pattern_config(1, serial));
    CHECK(total(layers, pattern_config(8, serial)).slots == 8 * relaxed.slots);      // V5
    CHECK(std::abs(double(relaxed.writes) / double(relaxed.cycles) - 0.37) < 0.01);  // V12
}

TEST_CASE("golden rows of ResNet-50 by its matrices") {
    DemmConfig config;
    CHECK(total(resnet50({Mask::nm, 1, 4}), config).cycles == 2794192);
    config.preload = hidden;
    CHECK(total(resnet50({Mask::nm, 16, 256}), config).cycles == 1007151);
    DemmConfig deep;
    deep.M = 256;
    deep.pattern_n = 8;
    deep.pattern_m = 256;
    CHECK(total(resnet50({Mask::nm, 8, 256}), deep).cycles == 745104);
}

TEST_CASE("golden rows of single products") {
    DemmConfig per_row;
    per_row.preload = hidden;
    const GemmProblem g1 = hashed_problem(1, 64, 147, 12544, {Mask::nm, 2, 4}, 0, false);
    CHECK(count_demm(g1, per_row).cycles == 125574);

    DemmConfig pattern;
    pattern.preload = hidden;
    pattern.pattern_n = 2;
    pattern.pattern_m = 4;
    const GemmProblem e0 = hashed_problem(32, 1, 9, 12544, {Mask::nm, 2, 4});
    const DemmResult r0 = simulate_demm(e0, pattern);
    CHECK(r0.cycles == 56462);
    CHECK(r0.Y == multiply(e0));

    const GemmProblem e2 = hashed_problem(1, 130, 260, 130, {Mask::percent, 70, 0});
    const DemmResult r2 = simulate_demm(e2, {});
    CHECK(r2.cycles == 10209);
    CHECK(r2.beyond_k == 780);
    CHECK(r2.psum_updates == 1950);
    CHECK(r2.Y == multiply(e2));
}

TEST_CASE("all ports and columns work in every cycle at 8:128") {  // V4
    const GemmProblem problem = hashed_problem(1, 64, 128, 64, {Mask::nm, 8, 128});
    const DemmResult r = simulate_demm(problem, pattern_config(1, serial));
    CHECK(r.slots == 64);
    CHECK(r.mac_busy == 512 * r.slots);
    CHECK(r.port_idle == 0);
}
