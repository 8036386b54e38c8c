#pragma once
// The oracles of SparTen, Eyeriss v2 and the dense machines against a golden row of phantom_facts.md 9.8.

#include <catch2/catch.hpp>

#include "tests/oracles/comparison_golden_rows.h"
#include "tests/oracles/dense_oracle.h"
#include "tests/oracles/eyeriss_v2_oracle.h"
#include "tests/oracles/sparten_oracle.h"

namespace nonzero::test {

inline void check_sparten(const ComparisonRow& row, const Layer& layer, const Operands& input, const Operands& weights,
                          const Psums& expected) {
    using oracle::SpartenConfig;
    const auto run = [&](const SpartenConfig& config) {
        oracle::SpartenResult r = oracle::simulate_sparten(layer, input, weights, config);
        CHECK(r.output == expected);
        CHECK(attribution_closes(r, config));
        return r;
    };
    SpartenConfig config;
    for (const auto balancing : {SpartenConfig::none, SpartenConfig::gb_s, SpartenConfig::gb_h}) {
        config.balancing = balancing;
        config.barrier = SpartenConfig::chunk;
        CHECK(run(config).cycles == row.chunk_barrier[std::size_t(balancing)]);
        config.barrier = SpartenConfig::cell;
        CHECK(run(config).cycles == row.cell_barrier[std::size_t(balancing)]);
    }
    config = {};
    const oracle::SpartenResult r = run(config);
    CHECK(r.products == row.sparten.products);
    CHECK(r.empty == row.sparten.empty);
    CHECK(r.barrier == row.sparten.barrier);
    CHECK(r.idle_unit == row.sparten.idle_unit);
    CHECK(r.idle_cluster == row.sparten.idle_cluster);
    config.start = 4;
    CHECK(run(config).cycles == row.start_4);
}

inline void check_eyeriss_v2(const ComparisonRow& row, const Layer& layer, const Operands& input,
                             const Operands& weights, const Psums& expected) {
    oracle::EyerissV2Config config;
    const oracle::EyerissV2Result r = simulate_eyeriss_v2(layer, input, weights, config);
    CHECK(r.output == expected);
    CHECK(attribution_closes(r, config));
    CHECK(r.cycles == row.eyeriss_v2_cycles);
    CHECK(r.passes == row.passes);
    CHECK(r.products == row.eyeriss_v2.products);
    CHECK(r.busy == row.eyeriss_v2.busy);
    CHECK(r.half_words == row.eyeriss_v2.half_words);
    CHECK(r.barrier == row.eyeriss_v2.barrier);
    CHECK(r.unmapped == row.eyeriss_v2.unmapped);
    config.empty_column = 1;
    const oracle::EyerissV2Result charged = simulate_eyeriss_v2(layer, input, weights, config);
    CHECK(charged.cycles == row.empty_column_1);
    CHECK(attribution_closes(charged, config));
}

inline void check_dense(const ComparisonRow& row, const Layer& layer) {
    CHECK(oracle::ideal_cycles(layer, 252) == row.ideal);
    CHECK(oracle::neuromax_cycles(layer) == row.neuromax);
}

}  // namespace nonzero::test
