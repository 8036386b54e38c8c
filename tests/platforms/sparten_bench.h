#pragma once
// What the tests of SparTen share: the platform's settings for an oracle's configuration, and a layer run against the
// oracle, the reference and its own count.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/oracles/sparten_oracle.h"
#include "tests/platforms/platform_bench.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace nonzero::test {

inline Settings sparten_settings(const oracle::SpartenConfig& config) {
    const char* const balancing[] = {"none", "gb_s", "gb_h"};
    const char* const barrier[] = {"chunk", "cell"};
    return {{"clusters", std::to_string(config.clusters)},
            {"units", std::to_string(config.units)},
            {"chunk.positions", std::to_string(config.chunk_positions)},
            {"balancing", balancing[config.balancing]},
            {"barrier", barrier[config.barrier]},
            {"start", std::to_string(config.start)}};
}

// What a counted layer has to count alike.
inline std::vector<std::uint64_t> sparten_counts(const Standalone& bench) {
    std::vector<std::uint64_t> counts;
    for (const char* counter :
         {"unit.busy", "unit.products", "unit.start", "unit.empty", "cluster.barrier", "cluster.idle_unit",
          "cluster.idle_cluster", "cluster.cycles", "cluster.weight_bytes", "cluster.activation_bytes",
          "cluster.outputs", "sequencer.blocks", "sequencer.activation_bytes", "sequencer.weight_bytes",
          "sequencer.output_bytes", "output_collector.outputs"}) {
        counts.push_back(bench.platform.statistic_sum(counter));
    }
    return counts;
}

// Cycles and every cause of the layer that has just run.
inline void check_counters(Standalone& bench, const HostOutcome& outcome, const oracle::SpartenResult& expected) {
    const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
    CHECK(outcome.records.back().cycles == expected.cycles);
    CHECK(sum("unit.busy") == expected.products);
    CHECK(sum("unit.products") == expected.products);
    CHECK(sum("unit.start") == expected.start);
    CHECK(sum("unit.empty") == expected.empty);
    CHECK(sum("cluster.barrier") == expected.barrier);
    CHECK(sum("cluster.idle_unit") == expected.idle_unit);
    CHECK(sum("cluster.idle_cluster") == expected.idle_cluster);
    CHECK(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == expected.products);
    CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == expected.products);
    CHECK(attributed_cycles("sparten", bench) ==
          std::uint64_t(find_platform("sparten").make_report(*bench.parameters).units) * expected.cycles);
}

inline void check_sparten_layer(Standalone& bench, const Layer& layer, const Operands& input, const Operands& weights,
                                const oracle::SpartenResult& expected) {
    LayerJob job = job_of(layer, input, weights);
    const HostOutcome outcome = run_afresh(bench, job);
    REQUIRE(outcome.done);
    check_counters(bench, outcome, expected);
    const Psums sums = bench.lowering->decode_sums(job, outcome.output);
    CHECK(sums == convolve(layer, input, weights));
    CHECK(bench.platform.statistic_sum("output_collector.outputs") == sums.size());
    CHECK(useful_products(layer, input, weights) == expected.products);
    const auto counts = sparten_counts(bench);

    job.count_only = true;
    const HostOutcome counted = run_afresh(bench, job);
    REQUIRE(counted.done);
    check_counters(bench, counted, expected);
    CHECK(sparten_counts(bench) == counts);
}

}  // namespace nonzero::test
