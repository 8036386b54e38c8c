// A post-processing unit between stubs: what it writes to OARAM for the partial sums that it gets.

#include "models/scnn/post_processing_unit.h"

#include <catch2/catch.hpp>

#include "models/scnn/layer_plan.h"
#include "tests/common/property.h"
#include "tests/models/pe_array/post_processing_bench.h"
#include "workloads/formats/operand_series.h"

using namespace nonzero;
using namespace nonzero::scnn;
using sc_core::sc_time;

namespace {

using Bench = pe_array::PostProcessingBench<PostProcessingUnit, ScnnParameters>;

void check_random_outputs(Bench& bench) {
    const pe_array::RandomOutputs job(4000, true);
    LayerPlan plan({}, bench.parameters);
    plan.post_processor = post_processor_of(job.processing);
    plan.raw64 = *rc::gen::arbitrary<bool>();
    plan.count_only = in_range(0, 4) == 0;
    const Wrapped wrapped = wrap_to(job.sums, job.processing.accumulator_bits);
    std::vector<std::uint8_t> expected;
    std::vector<std::uint64_t> writes;  // to OARAM: a series per group
    std::uint64_t entries = 0;
    if (!plan.count_only) {
        const Operands outputs = post_process(job.sums, job.processing);
        const OperandFormat format = bench.parameters.activation_format();
        for (int k = 0; k < job.channels; k += job.kc) {
            const auto channels = std::size_t(std::min(job.kc, job.channels - k));
            std::vector<std::uint8_t> group;
            append_series(std::span(outputs.data).subspan(std::size_t(k) * job.plane, channels * job.plane),
                          {{job.plane}, channels}, format, group);
            writes.push_back(plan.raw64 ? channels * job.plane * 8 : group.size());
        }
        if (!plan.raw64) {
            entries = append_series(outputs.data, {{job.plane}, std::size_t(job.channels)}, format, expected).all;
        } else {
            for (const std::int64_t sum : wrapped.values.data) {
                for (int byte = 0; byte < 8; ++byte) {
                    expected.push_back(std::uint8_t(std::uint64_t(sum) >> (8 * byte)));
                }
            }
        }
    }
    const std::uint64_t overflows = plan.count_only ? 0 : wrapped.overflows;

    bench.clear();
    bench.begin();
    bench.send(job, plan, true);
    std::vector<std::uint8_t> bytes(3, 0xAA);
    RC_ASSERT(bench.read(bytes) == overflows);
    RC_ASSERT(bytes == expected);
    RC_ASSERT(bench.counter("outputs") == job.sums.size());
    RC_ASSERT(bench.counter("overflows") == overflows);
    RC_ASSERT(bench.counter("oaram_stored_entries") == entries);
    const auto capacity = std::uint64_t(bench.parameters.oaram_entries);
    RC_ASSERT(bench.counter("oaram_excess_entries") == (entries > capacity ? entries - capacity : 0));
    // OARAM is written from its begin without a gap and read once.
    std::uint64_t end = 0;
    std::size_t written = 0;
    for (const MemoryStub::Access& access : bench.oaram.accesses) {
        RC_ASSERT(access.address == (access.write ? end : 0));
        RC_ASSERT(access.bytes == (access.write ? writes.at(written++) : end));
        end += access.write ? access.bytes : 0;
    }
    RC_ASSERT(written == writes.size());
    RC_ASSERT(bench.unit.psums.traffic().transactions == std::uint64_t((job.channels + job.kc - 1) / job.kc));
    RC_ASSERT(bench.unit.psums.traffic().bytes == 3 * job.sums.size());
    RC_ASSERT(bench.unit.read_out.traffic().transactions == 2U);
    RC_ASSERT(bench.sequencer.traffic().transactions >= 2U);
}

}  // namespace

TEST_CASE("a post-processing unit stores what the reference computes") {
    ScnnParameters parameters;
    parameters.oaram_entries = 25;
    Bench bench("bench", parameters);
    parameters.placeholders = false;
    Bench wide_runs("wide_runs", parameters);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(test::property_holds("outputs", [&] { check_random_outputs(in_range(0, 1) == 0 ? bench : wide_runs); }));
}

TEST_CASE("the neurons of a fully connected layer become one block") {
    ScnnParameters parameters;
    parameters.pe_rows = 1;
    parameters.pe_columns = 2;
    parameters.kc = 3;
    Bench bench("bench", parameters);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    ConvolutionShape shape;
    shape.C = 4;
    shape.K = 11;  // 5 and 6 neurons
    LayerPlan plan(shape, parameters, true);
    plan.raw64 = false;
    plan.post_processor.relu = true;
    const std::vector<std::int64_t> sums{7, -1, 0, 4, 9, 2};
    for (int layer = 0; layer < 2; ++layer) {
        bench.begin();
        for (int first = 0; first < 6; first += 3) {
            pe_array::PsumBlock block;
            block.plan = &plan;
            block.pe = 1;
            block.k_begin = 5 + first;
            block.k_count = 3;
            block.sums = std::span(sums).subspan(std::size_t(first), 3);
            block.outputs = block.sums.size();
            sc_time delay;
            bench.pe.send(block, delay);
        }
        std::vector<std::uint8_t> bytes;
        bench.read(bytes);
        std::vector<std::uint8_t> expected;
        append_series(std::vector<std::int16_t>{7, 0, 0, 4, 9, 2}, {{6}}, parameters.line_format(), expected);
        CHECK(bytes == expected);
    }
    CHECK(bench.counter("oaram_stored_entries") == 4);
}

TEST_CASE("a new layer empties OARAM") {
    Bench bench("bench", {});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    LayerPlan plan({}, {});
    plan.post_processor.accumulator_bits = 8;
    const std::vector<std::int64_t> sums{5, 300};
    pe_array::PsumBlock block;
    block.plan = &plan;
    block.k_count = 1;
    block.sums = sums;
    block.outputs = block.sums.size();
    sc_time delay;
    bench.begin();
    bench.pe.send(block, delay);
    bench.pe.send(block, delay);
    std::vector<std::uint8_t> bytes;
    CHECK(bench.read(bytes) == 2);
    CHECK(bytes.size() == 32);
    CHECK(bytes[8] == 300 - 256);
    bench.begin();
    CHECK(bench.read(bytes) == 0);
    CHECK(bytes.empty());
    bench.pe.send(block, delay);
    CHECK(bench.read(bytes) == 1);
    CHECK(bytes.size() == 16);
    CHECK(bench.counter("overflows") == 3);
}

TEST_CASE("a unit whose OARAM refuses an access says so") {
    Bench bench("bench", {});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    bench.oaram.refuse = true;
    LayerPlan plan({}, {});
    const std::vector<std::int64_t> sums{1};
    pe_array::PsumBlock block;
    block.plan = &plan;
    block.k_count = 1;
    block.sums = sums;
    block.outputs = block.sums.size();
    sc_time delay;
    CHECK_THROWS_AS(bench.pe.send(block, delay), std::logic_error);
}
