// A processing element between stubs: its work, time, counters and messages against the rules, element by element.

#include <catch2/catch.hpp>
#include <memory>

#include "tests/common/property.h"
#include "tests/models/scnn/pe_bench.h"
#include "tests/models/scnn/pe_operands.h"
#include "tests/models/scnn/random_shape.h"

using namespace nonzero;
using namespace nonzero::scnn;
using sc_core::sc_time;

namespace {

bool same(const Packet& a, const Packet& b) {
    return a.destination == b.destination && a.address == b.address && a.value == b.value;
}

// Sends the blocks of a group in messages of random length.
template <class Count>
std::uint64_t send_weights(PeBench& bench, const literal::Problem& problem, const LayerPlan& plan,
                           const pe_array::ChannelGroup& group) {
    const GroupOperands<Count> operands(problem, plan, group);
    std::uint64_t bytes = 0;
    for (std::size_t first = 0; first < operands.blocks.size();) {
        const std::size_t count = std::min(operands.blocks.size() - first, std::size_t(in_range(1, 5)));
        WeightBlocks message;
        message.blocks = std::span(operands.blocks).subspan(first, count);
        message.routings = std::span(operands.routings).subspan(first, count);
        message.bytes = 17 * count;
        bytes += message.bytes;
        sc_time delay;
        bench.weights.send(message, delay);
        RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
        first += count;
    }
    return bytes;
}

// One PE's part of an output plane, in the terms of the rules.
struct Outputs {
    Outputs(const literal::Problem& p, int pe_id) : problem(p), pe(pe_id) {
        const ConvolutionShape& s = p.shape;
        const ScnnParameters& m = p.parameters;
        rows = literal::reached(literal::rows_of(s), literal::part(s.H, m.pe_rows, pe / m.pe_columns));
        columns = literal::reached(literal::columns_of(s), literal::part(s.W, m.pe_columns, pe % m.pe_columns));
        own_rows = literal::part(s.P, m.pe_rows, pe / m.pe_columns);
        own_columns = literal::part(s.Q, m.pe_columns, pe % m.pe_columns);
    }
    int owner(int yo, int xo) const {
        const ScnnParameters& m = problem.parameters;
        int row = 0;
        int column = 0;
        while (!literal::part(problem.shape.P, m.pe_rows, row).contains(yo)) {
            ++row;
        }
        while (!literal::part(problem.shape.Q, m.pe_columns, column).contains(xo)) {
            ++column;
        }
        return row * m.pe_columns + column;
    }
    std::vector<Packet> packets(const pe_array::ChannelGroup& group, const literal::GroupWork& work,
                                bool count_only) const {
        std::vector<Packet> list;
        for (int k = group.k_begin; k < group.k_begin + group.k_count; ++k) {
            for (const int yo : rows) {
                for (const int xo : columns) {
                    const int to = owner(yo, xo);
                    if (to != pe) {
                        const Outputs other(problem, to);
                        const auto sum = work.sums.find({k, yo, xo});
                        list.push_back({std::uint16_t(to), std::uint32_t(other.index(k - group.k_begin, yo, xo)),
                                        sum == work.sums.end() || count_only ? 0 : sum->second});
                    }
                }
            }
        }
        return list;
    }
    std::size_t count() const { return std::size_t(own_rows.size() * own_columns.size()); }
    int index(int k, int yo, int xo) const {
        return (k * own_rows.size() + yo - own_rows.begin) * own_columns.size() + xo - own_columns.begin;
    }
    const literal::Problem& problem;
    int pe;
    std::vector<int> rows;
    std::vector<int> columns;
    Range own_rows;
    Range own_columns;
};

void add(SlotCounts& total, const SlotCounts& counts) {
    total.busy += counts.busy;
    total.void_slots += counts.void_slots;
    total.conflict += counts.conflict;
    total.bank_drain += counts.bank_drain;
    total.products += counts.products;
    total.kept += counts.kept;
    total.dropped += counts.dropped;
    total.placeholder += counts.placeholder;
    total.unused_activation_lanes += counts.unused_activation_lanes;
    total.unused_weight_lanes += counts.unused_weight_lanes;
    total.activation_vectors += counts.activation_vectors;
    total.weight_vectors += counts.weight_vectors;
    total.queue_peak = std::max(total.queue_peak, counts.queue_peak);
}

void check_slots(const SlotCounts& slots, const SlotCounts& expected) {
    RC_ASSERT(slots.busy == expected.busy);
    RC_ASSERT(slots.void_slots == expected.void_slots);
    RC_ASSERT(slots.conflict == expected.conflict);
    RC_ASSERT(slots.bank_drain == expected.bank_drain);
    RC_ASSERT(slots.products == expected.products);
    RC_ASSERT(slots.kept == expected.kept);
    RC_ASSERT(slots.dropped == expected.dropped);
}

void check_counters(const PeBench& bench, const SlotCounts& expected, Cycles barrier) {
    RC_ASSERT(bench.counter("busy") == expected.busy);
    RC_ASSERT(bench.counter("void") == expected.void_slots);
    RC_ASSERT(bench.counter("conflict") == expected.conflict);
    RC_ASSERT(bench.counter("bank_drain") == expected.bank_drain);
    RC_ASSERT(bench.counter("weight_fifo") == 0U);
    RC_ASSERT(bench.counter("barrier") == barrier);
    RC_ASSERT(bench.counter("products") == expected.products);
    RC_ASSERT(bench.counter("products_kept") == expected.kept);
    RC_ASSERT(bench.counter("products_dropped") == expected.dropped);
    RC_ASSERT(bench.counter("products_placeholder") == expected.placeholder);
    RC_ASSERT(bench.counter("lanes_partial_activation") == expected.unused_activation_lanes);
    RC_ASSERT(bench.counter("lanes_partial_weight") == expected.unused_weight_lanes);
    RC_ASSERT(bench.counter("iaram_vector_reads") == expected.activation_vectors);
    RC_ASSERT(bench.counter("weight_vector_reads") == expected.weight_vectors);
    RC_ASSERT(bench.counter("queue_peak") == expected.queue_peak);
}

// Runs one random layer through a PE the way the sequencer does: the outputs of a group are finished after the next one
// has begun.
void check_random_layer(PeBench& bench) {
    literal::Problem problem;
    problem.shape = random_shape();
    problem.parameters = bench.parameters;
    const ConvolutionShape& s = problem.shape;
    problem.input = random_input(problem.shape);
    problem.weights = random_weights(problem.shape);
    LayerPlan plan(s, bench.parameters);
    plan.count_only = in_range(0, 4) == 0;
    plan.accumulator_bits = 8 * in_range(2, 6);
    const auto psum_bytes = std::uint64_t(plan.accumulator_bits / 8);
    const std::vector<std::uint8_t> image = packed(activation_image(problem, bench.id), run_width(bench.parameters));
    const Outputs outputs(problem, bench.id);
    bench.clear();
    bench.store(image);
    RC_ASSERT(!bench.command(PeCommand::Kind::configure, &plan).malformed);
    const std::vector<MemoryStub::Access> accesses{{true, 0, image.size()}, {false, 0, image.size()}};
    RC_ASSERT(bench.iaram.accesses == (image.empty() ? std::vector<MemoryStub::Access>() : accesses));

    SlotCounts total;
    Cycles barrier = 0;
    std::uint64_t weight_bytes = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::vector<pe_array::FinishedSums> finished;
    const auto groups = int(plan.geometry.channel_groups.size());
    for (int g = 0; g < groups; ++g) {
        const pe_array::ChannelGroup& group = plan.geometry.channel_groups[std::size_t(g)];
        const literal::GroupWork work = literal::work_group(problem, bench.id, group);
        bench.command(PeCommand::Kind::begin_group, &plan, g);
        if (g > 0) {
            bench.command(PeCommand::Kind::finalise, &plan, g - 1);
        }
        weight_bytes += narrow_counts(bench.parameters) ? send_weights<std::uint8_t>(bench, problem, plan, group)
                                                        : send_weights<std::uint16_t>(bench, problem, plan, group);
        const PeCommand end = bench.command(PeCommand::Kind::end_compute, &plan, g);
        check_slots(end.slots, work.counts);
        RC_ASSERT(bench.added == bench.clock(work.counts.cycles()));
        // Nothing is visible before the barrier.
        check_counters(bench, total, barrier);
        const auto late = Cycles(in_range(0, 9));
        bench.command(PeCommand::Kind::settle, &plan, g, work.counts.cycles() + late);
        add(total, work.counts);
        barrier += late;
        check_counters(bench, total, barrier);

        bench.command(PeCommand::Kind::exchange, &plan, g);
        const std::vector<Packet> packets = outputs.packets(group, work, plan.count_only);
        RC_ASSERT(bench.source == bench.id);
        RC_ASSERT(bench.sent.size() == packets.size());
        RC_ASSERT(std::equal(packets.begin(), packets.end(), bench.sent.begin(), same));
        sent += packets.size();

        pe_array::FinishedSums expected{
            bench.id, group.k_begin, group.k_count, outputs.count() * std::size_t(group.k_count), {}};
        expected.sums.resize(expected.outputs);
        std::vector<Packet> delivery;
        for (int n = in_range(0, 6); n > 0 && !expected.sums.empty(); --n) {
            const auto address = std::uint32_t(in_range(0, int(expected.sums.size()) - 1));
            delivery.push_back({std::uint16_t(bench.id), address, in_range(-1000, 1000)});
            expected.sums[address] += delivery.back().value;
        }
        PacketDelivery message{delivery, plan.accumulator_bits};
        sc_time delay;
        bench.noc_out.send(message, delay);
        received += delivery.size();
        for (const auto& [place, sum] : work.sums) {
            const auto [k, yo, xo] = place;
            if (!plan.count_only && outputs.own_rows.contains(yo) && outputs.own_columns.contains(xo)) {
                expected.sums[std::size_t(outputs.index(k - group.k_begin, yo, xo))] += sum;
            }
        }
        finished.push_back(expected);
    }
    bench.command(PeCommand::Kind::finalise, &plan, groups - 1);
    RC_ASSERT(bench.finished == finished);
    RC_ASSERT(bench.counter("psums_sent") == sent);
    RC_ASSERT(bench.counter("psums_received") == received);

    RC_ASSERT(bench.pe.activations.traffic().transactions == 1U);
    RC_ASSERT(bench.pe.activations.traffic().bytes == image.size());
    RC_ASSERT(bench.pe.control.traffic().transactions == 1U + 5U * std::uint64_t(groups));
    RC_ASSERT(bench.pe.weights.traffic().bytes == weight_bytes);
    RC_ASSERT(bench.pe.psums_out.traffic().transactions == std::uint64_t(groups));
    RC_ASSERT(bench.pe.psums_out.traffic().bytes == psum_bytes * sent);
    RC_ASSERT(bench.pe.psums_in.traffic().bytes == psum_bytes * received);
    RC_ASSERT(bench.pe.outputs.traffic().transactions == std::uint64_t(groups));
    RC_ASSERT(bench.pe.outputs.traffic().bytes == psum_bytes * outputs.count() * std::uint64_t(s.K));
}

ScnnParameters machine(int rows, int columns) {
    ScnnParameters parameters;
    parameters.pe_rows = rows;
    parameters.pe_columns = columns;
    parameters.accumulator_entries = 1 << 16;
    return parameters;
}

StoredBlock fives(std::size_t elements) {
    return {std::vector<std::int16_t>(elements, 5), RunWidth::bits4};
}

std::vector<std::uint8_t> image_bytes(const std::vector<StoredBlock>& blocks) {
    return packed(blocks, RunWidth::bits4);
}

}  // namespace

TEST_CASE("a PE works random layers as the rules say") {
    std::vector<std::unique_ptr<PeBench>> benches;
    benches.reserve(10);
    for (int id = 0; id < 6; ++id) {
        benches.push_back(std::make_unique<PeBench>(("small_" + std::to_string(id)).c_str(), id, machine(2, 3)));
    }
    ScnnParameters other = machine(4, 1);
    other.f = 3;
    other.i = 5;
    other.kc = 11;
    other.accumulator_banks = 20;
    other.queue_depth = 2;
    other.bank_hash = BankHash::h2;
    other.placeholders = false;
    benches.push_back(std::make_unique<PeBench>("shallow", 1, other));
    other.crossbar_write = CrossbarWrite::single;
    benches.push_back(std::make_unique<PeBench>("single_write", 2, other));
    other.queue_depth = 300;
    other.placeholders = true;
    other.crossbar_write = CrossbarWrite::multiple;
    benches.push_back(std::make_unique<PeBench>("wide_counts", 3, other));
    benches.push_back(std::make_unique<PeBench>("published", 27, machine(8, 8)));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(test::property_holds(
        "layers", [&] { check_random_layer(*benches[std::size_t(in_range(0, int(benches.size()) - 1))]); }));
}

TEST_CASE("a PE refuses activations that do not decode and works on") {
    PeBench bench("bench", 0, machine(1, 1));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    ConvolutionShape shape;
    shape.C = 2;
    shape.H = shape.W = shape.P = shape.Q = 3;
    const LayerPlan plan(shape, bench.parameters);
    const StoredBlock full = fives(9);
    StoredBlock late = full;
    late.runs.back() = 1;
    const auto refused = [&](const std::vector<std::uint8_t>& bytes) {
        bench.store(bytes);
        return bench.command(PeCommand::Kind::configure, &plan).malformed;
    };
    const std::vector<std::uint8_t> good = image_bytes({full, full});
    CHECK_FALSE(refused(good));
    CHECK(bench.counter("iaram_stored_entries") == 18);
    CHECK(refused({}));
    CHECK(refused(image_bytes({full})));
    CHECK(refused(image_bytes({full, full, fives(1)})));
    CHECK(refused(image_bytes({full, fives(10)})));
    CHECK(refused(image_bytes({late, full})));
    CHECK(refused({good.begin(), good.end() - 1}));
    std::vector<std::uint8_t> huge = good;
    huge[1] = 0x9A;  // ten entries of the first block
    CHECK(refused(huge));
    CHECK_FALSE(refused(good));
}

TEST_CASE("a PE beyond the plane is idle: it counts its wait and its weights and does nothing") {
    PeBench bench("bench", 2, machine(2, 2));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    ConvolutionShape shape;
    shape.H = shape.P = 2;
    shape.W = shape.Q = 1;  // the first of two columns has no part
    const LayerPlan narrow(shape, bench.parameters);
    bench.store(image_bytes({}));
    CHECK(bench.command(PeCommand::Kind::configure, &narrow).idle);
    WeightBlocks weights;
    weights.bytes = 7;
    sc_time delay;
    bench.weights.send(weights, delay);
    bench.command(PeCommand::Kind::settle, &narrow, 0, 11);
    CHECK(bench.counter("barrier") == 11);
    CHECK(bench.counter("weight_fifo_write_bytes") == 7);
    CHECK(bench.counter("working") == 0);
    CHECK(bench.sent.empty());
    CHECK(bench.finished.empty());
    // One that has a tile of zeros, or outputs, is not.
    shape.W = shape.Q = 2;
    const LayerPlan wide(shape, bench.parameters);
    bench.store(image_bytes({StoredBlock(std::vector<std::int16_t>{0}, RunWidth::bits4)}));
    CHECK_FALSE(bench.command(PeCommand::Kind::configure, &wide).idle);
}

TEST_CASE("entries above the capacity of IARAM are counted") {
    ScnnParameters parameters = machine(1, 1);
    parameters.iaram_entries = 7;
    PeBench bench("bench", 0, parameters);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    ConvolutionShape shape;
    shape.H = shape.W = shape.P = shape.Q = 3;
    const LayerPlan plan(shape, parameters);
    bench.store(image_bytes({fives(9)}));
    CHECK_FALSE(bench.command(PeCommand::Kind::configure, &plan).malformed);
    CHECK(bench.counter("iaram_stored_entries") == 9);
    CHECK(bench.counter("iaram_excess_entries") == 2);
    bench.store(image_bytes({fives(7)}));
    CHECK_FALSE(bench.command(PeCommand::Kind::configure, &plan).malformed);
    CHECK(bench.counter("iaram_stored_entries") == 9);
    CHECK(bench.counter("iaram_excess_entries") == 2);
}

TEST_CASE("a PE whose IARAM refuses an access says so") {
    PeBench bench("bench", 0, machine(1, 1));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    bench.iaram.refuse = true;
    ActivationImage image;
    const std::vector<std::uint8_t> bytes(4, 0);
    image.bytes = bytes;
    sc_time delay;
    CHECK_THROWS_AS(bench.activations.send(image, delay), std::logic_error);
}
