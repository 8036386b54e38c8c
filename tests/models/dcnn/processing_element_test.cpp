// A processing element between stubs: its work, time, counters and messages against the rules, element by element.

#include "models/dcnn/processing_element.h"

#include <catch2/catch.hpp>

#include "tests/common/property.h"
#include "tests/models/dcnn/problem.h"
#include "tests/models/pe_array/pe_bench.h"

using namespace nonzero;
using namespace nonzero::dcnn;
using sc_core::sc_time;

namespace {

struct Bench : pe_array::PeBenchFrame {
    Bench(sc_core::sc_module_name module_name, int pe_id, const DcnnParameters& machine)
        : pe_array::PeBenchFrame(module_name, pe_id),
          parameters(machine),
          pe("pe", pe_id, machine, clock, statistics, nullptr),
          activations("activations"),
          control("control"),
          weights("weights") {
        activations.bind(pe.activations);
        control.bind(pe.control);
        weights.bind(pe.weights);
        pe.outputs.bind(ppu);
        pe.iaram.bind(iaram.socket);
    }
    void store(const std::vector<std::int16_t>& values) {
        ActivationTile tile{values};
        sc_time delay;
        activations.send(tile, delay);
        RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
    }
    bool command(PeCommand::Kind kind, const LayerPlan* plan, int group = 0, Cycles cycles = 0) {
        PeCommand command{kind, plan, group, cycles, false};
        sc_time delay;
        control.send(command, delay);
        RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
        return !command.malformed;
    }
    void clear() {
        statistics.clear();
        pe.weights.clear_traffic();
        pe.outputs.clear_traffic();
        finished.clear();
        iaram.accesses.clear();
    }

    DcnnParameters parameters;
    ProcessingElement pe;
    StreamInitiator<ActivationTile> activations;
    StreamInitiator<PeCommand> control;
    StreamInitiator<WeightGroup> weights;
};

void add(SlotCounts& total, const SlotCounts& counts) {
    total.slots += counts.slots;
    total.products += counts.products;
    total.useful += counts.useful;
    total.zero_operand += counts.zero_operand;
    total.padding += counts.padding;
    total.partial_lanes += counts.partial_lanes;
    total.activation_vectors += counts.activation_vectors;
}

void check_counters(const Bench& bench, const SlotCounts& expected, Cycles barrier) {
    RC_ASSERT(bench.counter("busy") == expected.slots);
    RC_ASSERT(bench.counter("barrier") == barrier);
    RC_ASSERT(bench.counter("products") == expected.products);
    RC_ASSERT(bench.counter("products_useful") == expected.useful);
    RC_ASSERT(bench.counter("products_zero_operand") == expected.zero_operand);
    RC_ASSERT(bench.counter("products_padding") == expected.padding);
    RC_ASSERT(bench.counter("lanes_partial") == expected.partial_lanes);
    RC_ASSERT(bench.counter("iaram_vector_reads") == expected.activation_vectors);
    RC_ASSERT(bench.counter("weight_vector_reads") == expected.slots);
    if (bench.parameters.variant == Variant::optimised) {
        RC_ASSERT(bench.counter("products_gated") == expected.products - expected.useful);
    }
}

// Runs one random layer through a PE the way the sequencer does.
void check_random_layer(Bench& bench) {
    const Problem problem = random_problem(bench.parameters);
    const ConvolutionShape& s = problem.shape;
    LayerPlan plan(s, bench.parameters);
    plan.accumulator_bits = 8 * in_range(2, 6);
    plan.count_only = in_range(0, 4) == 0;
    bench.clear();
    const std::vector<std::int16_t> held = problem.held(bench.id);
    bench.store(held);
    RC_ASSERT(bench.command(PeCommand::Kind::configure, &plan));
    RC_ASSERT(bench.counter("iaram_held_bytes") == 2 * held.size());

    SlotCounts total;
    Cycles barrier = 0;
    std::vector<pe_array::FinishedSums> finished;
    std::uint64_t outputs = 0;
    const auto groups = int(plan.geometry.channel_groups.size());
    for (int g = 0; g < groups; ++g) {
        const pe_array::ChannelGroup& group = plan.geometry.channel_groups[std::size_t(g)];
        const std::vector<int> channels = problem.channels(bench.id, group);
        const SlotCounts expected = problem.counts(bench.id, group);
        if (!channels.empty()) {
            WeightRows rows;
            rows.assign(problem.rows_of(bench.id, group), channels.size(), std::size_t(s.C / s.groups),
                        std::size_t(s.KH * s.KW), problem.largest_input(), plan.count_only);
            WeightGroup message;
            message.group_index = g;
            message.rows = &rows;
            message.bytes = 11;
            const sc_time before(3, sc_core::SC_NS);
            sc_time delay = before;
            bench.weights.send(message, delay);
            RC_ASSERT(delay - before == bench.clock(expected.slots));
            RC_ASSERT(same(message.counts, expected));
        }
        // Nothing is visible before the barrier.
        check_counters(bench, total, barrier);
        RC_ASSERT(bench.finished == finished);
        const auto late = Cycles(in_range(0, 9));
        bench.command(PeCommand::Kind::settle, &plan, g, expected.slots + late);
        add(total, expected);
        barrier += late;
        check_counters(bench, total, barrier);
        const std::vector<std::int64_t> sums = problem.sums(bench.id, group);
        if (!sums.empty()) {
            finished.push_back({bench.id, channels.front(), int(channels.size()), sums.size(),
                                plan.count_only ? std::vector<std::int64_t>{} : sums});
            outputs += sums.size();
        }
        RC_ASSERT(bench.finished == finished);
    }
    RC_ASSERT(bench.pe.outputs.traffic().transactions == finished.size());
    RC_ASSERT(bench.pe.outputs.traffic().bytes == std::uint64_t(plan.accumulator_bits / 8) * outputs);
    RC_ASSERT(bench.counter("weight_bytes") == bench.pe.weights.traffic().bytes);
    RC_ASSERT(bench.pe.weights.traffic().bytes == 11 * bench.pe.weights.traffic().transactions);
}

}  // namespace

TEST_CASE("a PE works random layers as the rules say") {
    std::vector<std::unique_ptr<Bench>> benches;
    for (int n = 0; n < 5; ++n) {
        DcnnParameters parameters;
        parameters.variant = n % 2 == 0 ? Variant::plain : Variant::optimised;
        parameters.pe_rows = 1 + 2 * n;
        parameters.pe_columns = 3;
        parameters.multipliers = 16 - 3 * n;
        parameters.kc = 1 + 3 * n;
        benches.push_back(
            std::make_unique<Bench>(("bench" + std::to_string(n)).c_str(), n % parameters.pes(), parameters));
    }
    CHECK(test::property_holds("layers", [&] {
        for (const auto& bench : benches) {
            check_random_layer(*bench);
        }
    }));
}

TEST_CASE("inputs that are not those of the layer are noticed") {
    DcnnParameters parameters;
    parameters.pe_rows = parameters.pe_columns = 1;
    parameters.operand_bits = 8;
    Bench bench("bench", 0, parameters);
    ConvolutionShape shape;
    shape.C = 2;
    shape.H = shape.W = shape.P = shape.Q = 3;
    const LayerPlan plan(shape, parameters);
    std::vector<std::int16_t> values(18, -128);
    bench.store(values);
    CHECK(bench.command(PeCommand::Kind::configure, &plan));
    values[17] = 128;
    bench.store(values);
    CHECK_FALSE(bench.command(PeCommand::Kind::configure, &plan));
    values.pop_back();
    bench.store(values);
    CHECK_FALSE(bench.command(PeCommand::Kind::configure, &plan));
    values.push_back(127);
    bench.store(values);
    CHECK(bench.command(PeCommand::Kind::configure, &plan));
    // Nothing is held any more.
    bench.command(PeCommand::Kind::discard, nullptr);
    CHECK_FALSE(bench.command(PeCommand::Kind::configure, &plan));
}

TEST_CASE("a memory that refuses is a fault of the platform") {
    DcnnParameters parameters;
    parameters.pe_rows = parameters.pe_columns = 1;
    Bench bench("bench", 0, parameters);
    bench.iaram.refuse = true;
    ActivationTile tile;
    const std::vector<std::int16_t> values(4, 1);
    tile.values = values;
    sc_time delay;
    CHECK_THROWS_AS(bench.activations.send(tile, delay), std::logic_error);
}
