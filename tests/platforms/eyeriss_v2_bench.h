#pragma once
// What the tests of Eyeriss v2 share: the platform's settings for an oracle's configuration, and a layer run against
// the oracle, the reference and its own count.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/oracles/eyeriss_v2_oracle.h"
#include "tests/platforms/platform_bench.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace nonzero::test {

inline Settings eyeriss_v2_settings(const oracle::EyerissV2Config& config) {
    return {{"clusters.rows", std::to_string(config.cluster_rows)},
            {"clusters.columns", std::to_string(config.cluster_columns)},
            {"pe.rows", std::to_string(config.pe_rows)},
            {"pe.columns", std::to_string(config.pe_columns)},
            {"pe.simd", std::to_string(config.simd)},
            {"pe.filters", std::to_string(config.M0)},
            {"empty_column", std::to_string(config.empty_column)},
            {"fill", std::to_string(config.fill)}};
}

// What a counted layer has to count alike.
inline std::vector<std::uint64_t> eyeriss_v2_counts(const Standalone& bench) {
    std::vector<std::uint64_t> counts;
    for (const char* counter :
         {"pe.busy", "pe.empty_column", "pe.products", "pe.half_words", "cluster.barrier", "cluster.unmapped",
          "cluster.fill", "cluster.cycles", "cluster.weight_bytes", "cluster.activation_bytes", "cluster.psums",
          "psum_buffer.psums", "psum_buffer.outputs", "sequencer.passes", "sequencer.activation_bytes",
          "sequencer.weight_bytes", "sequencer.output_bytes", "output_encoder.outputs"}) {
        counts.push_back(bench.platform.statistic_sum(counter));
    }
    return counts;
}

// Cycles and every cause of the layer that has just run.
inline void check_counters(Standalone& bench, const HostOutcome& outcome, const oracle::EyerissV2Result& expected) {
    const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
    CHECK(outcome.records.back().cycles == expected.cycles);
    CHECK(sum("sequencer.passes") == expected.passes);
    CHECK(sum("pe.busy") == expected.busy);
    CHECK(sum("pe.empty_column") == expected.empty_columns);
    CHECK(sum("pe.half_words") == expected.half_words);
    CHECK(sum("pe.products") == expected.products);
    CHECK(sum("cluster.barrier") == expected.barrier);
    CHECK(sum("cluster.unmapped") == expected.unmapped);
    CHECK(sum("cluster.fill") == expected.fill);
    CHECK(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == expected.products);
    CHECK(attributed_cycles("eyeriss_v2", bench) ==
          std::uint64_t(find_platform("eyeriss_v2").make_report(*bench.parameters).units) * expected.cycles);
}

inline void check_eyeriss_v2_layer(Standalone& bench, const Layer& layer, const Operands& input,
                                   const Operands& weights, const oracle::EyerissV2Result& expected) {
    LayerJob job = job_of(layer, input, weights);
    const HostOutcome outcome = run_afresh(bench, job);
    REQUIRE(outcome.done);
    check_counters(bench, outcome, expected);
    const Psums sums = bench.lowering->decode_sums(job, outcome.output);
    CHECK(sums == convolve(layer, input, weights));
    CHECK(bench.platform.statistic_sum("output_encoder.outputs") == sums.size());
    CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful_products(layer, input, weights));
    const auto counts = eyeriss_v2_counts(bench);

    job.count_only = true;
    const HostOutcome counted = run_afresh(bench, job);
    REQUIRE(counted.done);
    check_counters(bench, counted, expected);
    CHECK(eyeriss_v2_counts(bench) == counts);
}

}  // namespace nonzero::test
