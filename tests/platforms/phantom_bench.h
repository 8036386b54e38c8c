#pragma once
// What the tests of Phantom-2D share: the platform's settings for an oracle's configuration, and the comparison of
// both.

#include <catch2/catch.hpp>
#include <string>

#include "tests/oracles/phantom_oracle.h"
#include "tests/platforms/platform_bench.h"

namespace nonzero::test {

inline Settings phantom_settings(const oracle::PhantomConfig& config) {
    using oracle::PhantomConfig;
    const auto on = [](bool value) { return value ? "on" : "off"; };
    const char* const selectors[] = {"out_of_order", "in_order", "best_fit"};
    const char* const columns[] = {"free", "barrier_plane", "barrier_batch"};
    const char* const maps[] = {"greedy", "fixed", "rotate"};
    return {{"lookahead.factor", std::to_string(config.lookahead)},
            {"lookahead.counts", config.lookahead_counts_masks ? "masks" : "entries"},
            {"selector", selectors[config.selector]},
            {"refill", config.refill == PhantomConfig::batch ? "batch" : "sliding"},
            {"run_on", on(config.run_on)},
            {"drop", on(config.drop_empty)},
            {"entry.split", on(config.entry_split)},
            {"columns", columns[config.columns]},
            {"map", maps[config.map]},
            {"sort", on(config.sort_filters)},
            {"mesh.rows", std::to_string(config.mesh_rows)},
            {"mesh.columns", std::to_string(config.mesh_columns)},
            {"core.shape", config.one_pe_of_nine ? "1x9" : "3x3"},
            {"output_buffer.depth", std::to_string(config.output_buffer_depth)},
            {"l2.rate", std::to_string(config.l2_rate)},
            {"fill", std::to_string(config.fill)},
            {"mode", config.dense ? "dense" : "sparse"},
            {"operand.bits", "16"},
            {"accumulator.bits", "48"}};
}

inline std::uint64_t cycles_of_layer(const HostOutcome& outcome) {
    return outcome.records.back().cycles;
}

// Cycles, every cause and every count of the layer that has just run.
inline void check_counters(Standalone& bench, const HostOutcome& outcome, const oracle::PhantomResult& expected) {
    const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
    CHECK(cycles_of_layer(outcome) == expected.cycles);
    CHECK(sum("sequencer.jobs") == expected.jobs);
    CHECK(sum("core.products") == expected.products);
    CHECK(sum("core.entries") == expected.stream_entries);
    CHECK(sum("core.zero_batches") == expected.zero_batches);
    CHECK(sum("core.busy") == expected.busy);
    CHECK(sum("core.stall") == expected.stall);
    CHECK(sum("core.core_barrier") == expected.core_barrier);
    CHECK(sum("core.mesh_barrier") == expected.mesh_barrier);
    CHECK(sum("core.idle") == expected.idle_core);
    CHECK(sum("core.fill") == expected.fill);
    CHECK(sum("sequencer.memory") == 0);
    CHECK(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == expected.products);
}

}  // namespace nonzero::test
