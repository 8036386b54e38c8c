// The oracle of DeMM by hand and over random products and machines.
#include "tests/oracles/demm_oracle.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>

#include "tests/oracles/random_gemm.h"

using namespace nonzero::oracle;
using nonzero::in_range;

TEST_CASE("one tile of DeMM by hand") {
    // Two rows on two ports: three weights take two slots, none take one.
    GemmProblem problem{1, 2, 4, 3, {1, 2, 0, 3, 0, 0, 0, 0}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
    DemmConfig config{2, 4, 4, 1, 5, DemmConfig::serial, 0, 0};
    const DemmResult r = simulate_demm(problem, config);
    CHECK(r.Y == std::vector<std::int64_t>{1 + 8 + 30, 2 + 10 + 33, 3 + 12 + 36, 0, 0, 0});
    CHECK(r.cycles == 4 + 3 + 5);
    CHECK(r.slots == 3);
    CHECK(r.writes == 4);
    CHECK(r.reads == 3);
    CHECK(r.port_idle == 3);
    CHECK(r.products == 9);
    CHECK(r.beyond_k == 1);
    CHECK(r.psum_updates == 3);
    CHECK(r.mac_busy == 9);
    CHECK(r.mac_column_fragment == 3);
    CHECK(r.mac_port_idle == 12);
    CHECK(r.mac_preload == 8 * 4);
    CHECK(r.mac_drain == 8 * 5);
    CHECK(attribution_closes(r, config));

    config.pattern_n = 3;
    config.pattern_m = 4;
    CHECK(simulate_demm(problem, config).slots == 4);
    config.pattern_n = 1;
    CHECK(simulate_demm(problem, config).refused());
    config.pattern_m = 3;
    CHECK(simulate_demm(problem, config).refused());
}

TEST_CASE("three ways of meeting the preload") {
    // Two k-tiles of 4 and 1 rows and two p-tiles; each of 3 rows takes one slot: k = 4 1 4 1, s = 3 3 3 3.
    GemmProblem problem{1, 3, 5, 6, {}, {}};
    problem.A.assign(15, 0);
    problem.B.assign(30, 1);
    DemmConfig config{1, 4, 4, 1, 2, DemmConfig::serial, 0, 0};
    CHECK(simulate_demm(problem, config).cycles == (4 + 3) + (1 + 3) + (4 + 3) + (1 + 3) + 2);
    config.preload = DemmConfig::naive;
    CHECK(simulate_demm(problem, config).cycles == (4 + 3) + (1 + 3) + (4 + 3) + (1 + 3) + 4 * 2);
    config.preload = DemmConfig::hidden;
    CHECK(simulate_demm(problem, config).cycles == 4 + 3 + 4 + 3 + 3 + 2);
}

TEST_CASE("the event simulation of DeMM equals the closed forms") {
    CHECK(nonzero::test::property_holds("values, cycles, counters, attribution", [] {
        const GemmProblem problem = random_gemm();
        DemmConfig config;
        config.N = in_range(1, 5);
        config.M = in_range(1, 12);
        config.C = in_range(1, 6);
        config.k = in_range(1, 4);
        config.D = in_range(0, 7);
        config.preload = DemmConfig::Preload(in_range(0, 2));
        if (in_range(0, 2) == 0) {
            config.pattern_m = in_range(0, 1) == 0 ? config.M : config.M * 2;
            config.pattern_n = in_range(1, config.pattern_m);
        }
        const DemmResult r = simulate_demm(problem, config);
        const DemmResult counted = count_demm(problem, config);
        RC_ASSERT(r.refused() == counted.refused());
        if (r.refused())
            return;
        RC_ASSERT(r.Y == multiply(problem));
        RC_ASSERT(r.cycles == counted.cycles);
        RC_ASSERT(r.tiles == counted.tiles);
        RC_ASSERT(r.slots == counted.slots);
        RC_ASSERT(r.writes == counted.writes);
        RC_ASSERT(r.reads == counted.reads);
        RC_ASSERT(r.port_idle == counted.port_idle);
        RC_ASSERT(r.products == counted.products);
        RC_ASSERT(r.beyond_k == counted.beyond_k);
        RC_ASSERT(r.psum_updates == counted.psum_updates);
        RC_ASSERT(r.mac_busy == counted.mac_busy);
        RC_ASSERT(r.mac_column_fragment == counted.mac_column_fragment);
        RC_ASSERT(r.mac_port_idle == counted.mac_port_idle);
        RC_ASSERT(r.mac_preload == counted.mac_preload);
        RC_ASSERT(r.mac_drain == counted.mac_drain);
        RC_ASSERT(attribution_closes(r, config));
    }));
}
