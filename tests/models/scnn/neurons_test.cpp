// Fully connected layers block by block: the split of the neurons, their decoded weights, one PE between stubs, the
// line that its post-processing unit would store.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "models/scnn/neuron_weights.h"
#include "models/scnn/operand_blocks.h"
#include "tests/common/property.h"
#include "tests/models/scnn/pe_bench.h"
#include "tests/models/scnn/pe_operands.h"
#include "tests/models/scnn/random_shape.h"

using namespace nonzero;
using namespace nonzero::scnn;

namespace {

struct Problem {
    ConvolutionShape shape;
    std::vector<std::int16_t> inputs;
    std::vector<std::int16_t> weights;  // K x C
};

Problem random_problem() {
    Problem problem;
    problem.shape.C = in_range(1, 60);
    problem.shape.K = in_range(1, 90);
    problem.inputs = random_values(std::size_t(problem.shape.C));
    problem.weights = random_values(std::size_t(problem.shape.C) * std::size_t(problem.shape.K));
    return problem;
}

std::vector<std::uint8_t> line_image(const std::vector<std::int16_t>& line, int parts) {
    std::vector<std::uint8_t> bytes;
    for (int part = 0; part < parts; ++part) {
        const Range range = balanced_part(int(line.size()), parts, part);
        const auto values = std::span(line).subspan(std::size_t(range.begin), std::size_t(range.size()));
        const SeriesShape shape = line_part_shape(int(line.size()), parts, part);
        RC_ASSERT(shape.elements() == values.size());
        append_series(values, shape, ScnnParameters{}.line_format(), bytes);
    }
    return bytes;
}

std::vector<std::uint8_t> weight_series(const Problem& problem, const pe_array::ChannelGroup& own,
                                        const OperandFormat& format) {
    std::vector<std::uint8_t> bytes;
    if (own.k_count > 0) {
        std::vector<std::int16_t> blocks;
        for (int n = 0; n < problem.shape.C; ++n) {
            for (int k = own.k_begin; k < own.k_begin + own.k_count; ++k) {
                blocks.push_back(problem.weights[std::size_t(k) * std::size_t(problem.shape.C) + std::size_t(n)]);
            }
        }
        append_series(blocks, {{std::size_t(own.k_count)}, std::size_t(problem.shape.C)}, format, bytes);
    }
    return bytes;
}

void check_split() {
    const Problem problem = random_problem();
    const ScnnParameters parameters = random_machine();
    const Geometry geometry = make_fully_connected_geometry(problem.shape, parameters);
    RC_ASSERT(geometry.kc == std::min({parameters.kc, parameters.accumulator_entries, problem.shape.K}));
    std::map<int, int> worked;  // neuron -> how often
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        const Range share{pe * problem.shape.K / geometry.pes(), (pe + 1) * problem.shape.K / geometry.pes()};
        RC_ASSERT(geometry.channels_of(pe) == share);
        for (int g = 0; g < int(geometry.channel_groups.size()); ++g) {
            const pe_array::ChannelGroup own = geometry.group_of(g, pe);
            RC_ASSERT(own.k_count <= geometry.channel_groups[std::size_t(g)].k_count);
            for (int k = own.k_begin; k < own.k_begin + own.k_count; ++k) {
                RC_ASSERT(share.contains(k));
                RC_ASSERT((k - share.begin) / geometry.kc == g);
                ++worked[k];
            }
        }
    }
    RC_ASSERT(worked.size() == std::size_t(problem.shape.K));
    RC_ASSERT(std::all_of(worked.begin(), worked.end(), [](const auto& neuron) { return neuron.second == 1; }));
    RC_ASSERT(geometry.largest_owned() == 1);
    RC_ASSERT(geometry.channel_groups.back().k_count > 0);
}

// Slots of a group: every stored input that meets stored weights, F of these at a time.
void check_random_layer(PeBench& bench) {
    const Problem problem = random_problem();
    const auto inputs = std::size_t(problem.shape.C);
    LayerPlan plan(problem.shape, bench.parameters, true);
    plan.count_only = in_range(0, 4) == 0;
    bench.clear();
    bench.store(line_image(problem.inputs, plan.geometry.pes()));
    RC_ASSERT(!bench.command(PeCommand::Kind::configure, &plan).malformed);
    const auto f = std::uint64_t(bench.parameters.f);
    std::vector<pe_array::FinishedSums> finished;
    std::uint64_t slots = 0;
    std::uint64_t products = 0;
    std::uint64_t entries = 0;
    std::uint64_t vectors = 0;
    std::uint64_t time = 0;
    for (int g = 0; g < int(plan.geometry.channel_groups.size()); ++g) {
        const pe_array::ChannelGroup own = plan.geometry.group_of(g, bench.id);
        const auto series = weight_series(problem, own, bench.parameters.weight_format());
        bench.command(PeCommand::Kind::begin_group, &plan, g);
        WeightBlocks message;
        message.neurons = series;
        message.bytes = series.size();
        sc_core::sc_time delay;
        bench.weights.send(message, delay);
        RC_ASSERT(!message.malformed);
        const PeCommand end = bench.command(PeCommand::Kind::end_compute, &plan, g);
        RC_ASSERT(bench.added == bench.clock(end.slots.cycles()));
        time += end.slots.cycles() - end.slots.conflict - end.slots.bank_drain;
        bench.command(PeCommand::Kind::settle, &plan, g, end.slots.cycles());
        bench.command(PeCommand::Kind::exchange, &plan, g);
        RC_ASSERT(bench.sent.empty());
        bench.command(PeCommand::Kind::finalise, &plan, g);

        pe_array::FinishedSums expected{bench.id, own.k_begin, own.k_count, std::uint64_t(own.k_count),
                                        std::vector<std::int64_t>(std::size_t(own.k_count))};
        for (std::size_t n = 0; n < inputs; ++n) {
            if (problem.inputs[n] == 0 || own.k_count == 0) {
                continue;
            }
            std::vector<std::int16_t> block;
            for (int k = 0; k < own.k_count; ++k) {
                const std::int16_t weight = problem.weights[std::size_t(own.k_begin + k) * inputs + n];
                block.push_back(weight);
                products += weight != 0 ? 1 : 0;
                if (!plan.count_only) {
                    expected.sums[std::size_t(k)] += std::int64_t(problem.inputs[n]) * weight;
                }
            }
            const std::uint64_t stored = encode_zero_run(block, run_width(bench.parameters)).entries();
            entries += stored;
            slots += (stored + f - 1) / f;
            vectors += stored > 0 ? 1 : 0;
        }
        if (own.k_count > 0) {
            finished.push_back(expected);
        }
    }
    RC_ASSERT(bench.finished == finished);
    RC_ASSERT(bench.counter("busy") + bench.counter("void") == slots);
    RC_ASSERT(time == slots);
    RC_ASSERT(bench.counter("products") == products);
    RC_ASSERT(bench.counter("products_kept") == products);
    RC_ASSERT(bench.counter("products_placeholder") == entries - products);
    RC_ASSERT(bench.counter("lanes_partial_activation") == slots * f * std::uint64_t(bench.parameters.i - 1));
    RC_ASSERT(bench.counter("lanes_partial_weight") == slots * f - entries);
    RC_ASSERT(bench.counter("weight_vector_reads") == slots);
    RC_ASSERT(bench.counter("iaram_vector_reads") == vectors);
    RC_ASSERT(bench.counter("iaram_stored_entries") ==
              std::uint64_t(std::count_if(problem.inputs.begin(), problem.inputs.end(), [](int v) { return v != 0; })));
}

}  // namespace

TEST_CASE("neurons are split over the PEs and worked in groups") {
    CHECK(test::property_holds("split", check_split));
}

TEST_CASE("weights of neurons are decoded or refused") {
    const std::vector<std::int16_t> dense{1, 0, 0, 0, 2, 3};  // three inputs, two neurons
    std::vector<std::uint8_t> bytes;
    const OperandFormat format;
    append_series(dense, {{2}, 3}, format, bytes);
    NeuronWeights weights;
    REQUIRE(weights.decode(bytes, {{2}, 3}, format, 4));
    CHECK(std::ranges::equal(weights.values(0), std::vector{1}));
    CHECK(weights.values(1).empty());
    CHECK(std::ranges::equal(weights.values(2), std::vector{2, 3}));
    CHECK(std::ranges::equal(weights.neurons(2), std::vector{0, 1}));
    CHECK_FALSE(weights.decode(bytes, {{2}, 3}, format, 3));  // 3 is no operand of that width
    CHECK_FALSE(weights.decode(bytes, {{1}, 3}, format, 4));
    CHECK_FALSE(weights.decode(bytes, {{2}, 2}, format, 4));
    CHECK_FALSE(weights.decode(bytes, {{0}, 3}, format, 4));
    CHECK(weights.decode({}, {{0}, 3}, format, 4));
    CHECK(weights.values(2).empty());
}

TEST_CASE("a PE works its neurons") {
    std::vector<std::unique_ptr<PeBench>> benches;
    for (int n = 0; n < 6; ++n) {
        ScnnParameters parameters;
        parameters.pe_rows = 1 + n % 3;
        parameters.pe_columns = 2;
        parameters.f = 1 + n;
        parameters.i = 4 - n % 4;
        parameters.kc = n == 3 ? 40 : 8;  // long blocks need placeholders
        parameters.bank_hash = n % 2 == 0 ? BankHash::h1 : BankHash::h2;
        parameters.queue_infinite = n == 4;
        parameters.queue_depth = n == 5 ? 300 : 1 + n;
        const std::string name = "bench" + std::to_string(n);
        benches.push_back(std::make_unique<PeBench>(name.c_str(), n % parameters.pes(), parameters));
    }
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(test::property_holds("layers", [&] { check_random_layer(*benches[std::size_t(in_range(0, 5))]); }));
}

TEST_CASE("a PE refuses inputs and weights that are none") {
    ScnnParameters parameters;
    parameters.pe_rows = parameters.pe_columns = 1;
    parameters.operand_bits = 8;
    PeBench bench("bench", 0, parameters);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    Problem problem;
    problem.shape.C = 3;
    problem.shape.K = 2;
    const LayerPlan plan(problem.shape, parameters, true);
    const auto malformed = [&](const std::vector<std::int16_t>& line) {
        bench.store(line_image(line, 1));
        return bench.command(PeCommand::Kind::configure, &plan).malformed;
    };
    CHECK(malformed({1, 2, 3, 4}));
    CHECK(malformed({1, 2, 300}));
    CHECK_FALSE(malformed({1, 2, 3}));
    bench.command(PeCommand::Kind::begin_group, &plan, 0);
    const std::vector<std::uint8_t> bytes(7);
    WeightBlocks message;
    message.neurons = bytes;
    sc_core::sc_time delay;
    bench.weights.send(message, delay);
    CHECK(message.malformed);
}
