// The row streamer between stubs.

#include "models/demm/row_streamer.h"

#include <catch2/catch.hpp>

#include "tests/common/property.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/demm/random_rows.h"

using namespace nonzero;
using namespace nonzero::demm;

namespace {

struct Bench : ModuleBench {
    Bench(sc_core::sc_module_name module_name, const DemmParameters& machine)
        : ModuleBench(module_name, "streamer"),
          parameters(machine),
          streamer("streamer", machine, statistics),
          weights("weights"),
          jobs("jobs"),
          array("array", [this](RowBlock& block, sc_core::sc_time& delay) {
              received.push_back(block);
              delay += sc_core::sc_time(double(block.rows->slots), sc_core::SC_NS);
          }) {
        weights.bind(streamer.weights);
        jobs.bind(streamer.jobs);
        streamer.rows.bind(array);
    }
    WeightLoad load(const gemm::GemmPlan& plan, std::span<const std::uint8_t> bytes, std::optional<int> uniform = {}) {
        WeightLoad message;
        message.plan = &plan;
        message.uniform = uniform;
        message.bytes = bytes;
        sc_core::sc_time delay;
        weights.send(message, delay);
        RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
        return message;
    }

    DemmParameters parameters;
    RowStreamer streamer;
    StreamInitiator<WeightLoad> weights;
    StreamInitiator<TileJob> jobs;
    StreamTarget<RowBlock> array;
    std::vector<RowBlock> received;
};

DemmParameters small_machine() {
    DemmParameters parameters;
    parameters.n = 3;
    parameters.m = 7;
    return parameters;
}

gemm::GemmPlan plan_of(const GemmShape& shape, bool count_only) {
    gemm::GemmPlan plan;
    plan.shape = shape;
    plan.count_only = count_only;
    return plan;
}

}  // namespace

TEST_CASE("every job gets the rows of its tile, counted or with weights") {
    Bench bench("bench", small_machine());
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(test::property_holds("random weights", [&] {
        const GemmShape shape{*rc::gen::inRange(1, 4), *rc::gen::inRange(1, 6), *rc::gen::inRange(1, 30), 1};
        const auto matrix = random_matrix(shape, *rc::gen::inRange(0, 11), 200);
        const std::size_t uniform = *rc::gen::element<std::size_t>(0, 3, 4);
        const WeightRegion region = pack(shape, matrix, bench.parameters, uniform);
        const std::optional<int> rule = uniform == 0 ? std::nullopt : std::optional<int>(int(uniform));
        const gemm::GemmPlan counting = plan_of(shape, true);
        const gemm::GemmPlan computing = plan_of(shape, false);
        for (const gemm::GemmPlan* plan : {&counting, &computing}) {
            const auto& bytes = plan->count_only ? region.counts : region.packed;
            const WeightLoad load = bench.load(*plan, bytes, rule);
            RC_ASSERT(!load.malformed);
            RC_ASSERT(load.packed_bytes == region.packed.size());
            RC_ASSERT(std::equal(load.slots.begin(), load.slots.end(), region.slots.begin(), region.slots.end()));
            bench.statistics.clear();
            bench.received.clear();
            bench.streamer.rows.clear_traffic();
            const int k_tiles = tiles_of(shape.K, bench.parameters.m);
            Cycles slots = 0;
            for (int convolution_group = 0; convolution_group < shape.groups; ++convolution_group) {
                for (int tile = 0; tile < k_tiles; ++tile) {
                    TileJob job;
                    job.convolution_group = convolution_group;
                    job.k_tile = tile;
                    sc_core::sc_time delay(5, sc_core::SC_NS);
                    bench.jobs.send(job, delay);
                    const auto number = std::size_t(convolution_group * k_tiles + tile);
                    const RowBlock& block = bench.received.back();
                    slots += region.slots[number];
                    RC_ASSERT(delay == sc_core::sc_time(5 + double(region.slots[number]), sc_core::SC_NS));
                    RC_ASSERT(block.job == &job);
                    RC_ASSERT(block.rows->slots == region.slots[number]);
                    RC_ASSERT(block.rows->row_slots.size() == std::size_t(shape.Mo));
                    RC_ASSERT(block.rows->values.empty() == plan->count_only);
                    RC_ASSERT(block.ports == 3);
                    std::uint64_t weights = 0;
                    for (int row = 0; row < shape.Mo; ++row) {
                        for (int k = tile * 7; k < std::min(shape.K, tile * 7 + 7); ++k) {
                            weights +=
                                matrix[std::size_t((convolution_group * shape.Mo + row) * shape.K + k)] != 0 ? 1 : 0;
                        }
                    }
                    RC_ASSERT(block.rows->weights == weights);
                    // 9 bits of weight and 3 of address.
                    RC_ASSERT(block.payload_bytes() == region.slots[number] * 3 * 12 / 8);
                }
            }
            RC_ASSERT(bench.counter("slots") == slots);
            RC_ASSERT(bench.counter("entry_bytes") == bench.streamer.rows.traffic().bytes);
        }
    }));
}

TEST_CASE("malformed weights are told") {
    Bench bench("bench", small_machine());
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const GemmShape shape{2, 3, 10, 1};
    std::vector<std::int16_t> matrix(60, 1);
    const WeightRegion region = pack(shape, matrix, bench.parameters);
    const gemm::GemmPlan computing = plan_of(shape, false);
    const gemm::GemmPlan counting = plan_of(shape, true);
    CHECK_FALSE(bench.load(computing, region.packed).malformed);
    CHECK_FALSE(bench.load(counting, region.counts).malformed);
    const std::span<const std::uint8_t> packed(region.packed);
    CHECK(bench.load(computing, packed.first(packed.size() - 4)).malformed);
    CHECK(bench.load(computing, {}).malformed);
    std::vector<std::uint8_t> longer = region.packed;
    longer.resize(longer.size() + 4);
    CHECK(bench.load(computing, longer).malformed);
    CHECK(bench.load(computing, region.packed, 1).malformed);
    CHECK(bench.load(plan_of({2, 4, 10, 1}, false), region.packed).malformed);
    CHECK(bench.load(counting, std::span(region.counts).first(22)).malformed);
    std::vector<std::uint8_t> fuller = region.counts;
    fuller[0] = 8;  // of 7 columns
    CHECK(bench.load(counting, fuller).malformed);
    matrix[7] = 256;  // 10 bits
    CHECK(bench.load(computing, pack(shape, matrix, bench.parameters).packed).malformed);
}

TEST_CASE("the width of the weights goes along") {
    Bench bench("bench", small_machine());
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const GemmShape shape{1, 1, 8, 1};
    const gemm::GemmPlan plan = plan_of(shape, false);
    for (const auto& [value, bits] : {std::pair<int, int>{1, 2}, {-1, 1}, {-128, 8}, {128, 9}, {255, 9}, {-256, 9}}) {
        const WeightRegion region = pack(shape, {0, 0, 0, 0, 0, 0, 0, std::int16_t(value)}, bench.parameters);
        REQUIRE_FALSE(bench.load(plan, region.packed).malformed);
        TileJob job;
        sc_core::sc_time delay;
        bench.jobs.send(job, delay);
        CHECK(bench.received.back().weight_bits == bits);
    }
}
