// What the sequencer refuses, and weights.skew = fifo; every other block a stub.

#include <catch2/catch.hpp>
#include <random>

#include "tests/models/scnn/sequencer_bench.h"

using namespace nonzero;
using namespace nonzero::scnn;
using Kind = PeCommand::Kind;

namespace {

ScnnParameters machine() {
    ScnnParameters parameters;
    parameters.pe_rows = parameters.pe_columns = 2;
    parameters.kc = 4;
    return parameters;
}

void prepare(SequencerBench& bench, int groups) {
    bench.forget();
    bench.exchange_cycles.assign(std::size_t(groups), 5);
    for (SparsePeStub& pe : bench.pes) {
        pe.group_time.assign(std::size_t(groups), 20);
    }
}

int count(const SparsePeStub& pe, Kind kind) {
    return int(std::count_if(pe.events.begin(), pe.events.end(), [kind](const auto& e) { return e.kind == kind; }));
}

}  // namespace

TEST_CASE("a convolution needs its own input on chip") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        const SequencerLayer layer(bench, 2, 3);
        prepare(bench, 2);
        CHECK(fault_of(bench, layer.convolve) == NZ_ERROR_NOT_RESIDENT);
        CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        nz_descriptor other = layer.convolve;
        // Without the flag it brings its own, whose table this one does not have; what was resident is gone.
        other.flags = 0;
        CHECK(fault_of(bench, other) == NZ_ERROR_REGION);
        CHECK(fault_of(bench, layer.convolve) == NZ_ERROR_NOT_RESIDENT);
        const auto differs = [&](auto change) {
            other = layer.load;
            change(other);
            prepare(bench, 2);
            return fault_of(bench, other) == NZ_ERROR_NONE && fault_of(bench, layer.convolve) == NZ_ERROR_NOT_RESIDENT;
        };
        CHECK(differs([](nz_descriptor& d) { d.c = 2; }));
        CHECK(differs([](nz_descriptor& d) { d.h = 3; }));
        CHECK(differs([](nz_descriptor& d) { d.w = 3; }));
        CHECK(differs([](nz_descriptor& d) { d.stride_y = 2; }));
        CHECK(differs([](nz_descriptor& d) { d.stride_x = 2; }));
        CHECK(differs([](nz_descriptor& d) { d.pad_top = 1; }));
        CHECK(differs([](nz_descriptor& d) { d.pad_left = 1; }));
        CHECK_FALSE(differs([](nz_descriptor& d) { d.k = 77; }));
        // The image of a LOAD that fails is not there.
        other = layer.load;
        other.block_index.size = 8;
        CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        CHECK(fault_of(bench, other) == NZ_ERROR_REGION);
        CHECK(fault_of(bench, layer.convolve) == NZ_ERROR_NOT_RESIDENT);
    });
}

TEST_CASE("shapes and types beyond the machine are refused") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        const SequencerLayer layer(bench, 1, 1);
        prepare(bench, 1);
        REQUIRE(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        const auto fault = [&](auto change) {
            nz_descriptor changed = layer.convolve;
            change(changed);
            return fault_of(bench, changed);
        };
        check_refused_shapes_and_types(bench, layer.convolve);
        // 17 x 17 x 4 outputs per PE: one channel does not fit 1024 accumulators.
        const auto large = [](nz_descriptor& d) { d.h = d.w = d.p = d.q = 2 * 33; };
        nz_descriptor load = layer.load;
        large(load);
        CHECK(fault_of(bench, load) == NZ_ERROR_NONE);
        CHECK(fault(large) == NZ_ERROR_CAPACITY);
    });
}

TEST_CASE("malformed operands stop a layer") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        const SequencerLayer layer(bench, 2, 3);
        prepare(bench, 2);
        std::uint64_t address = 0;
        // A block of the table that leaves its region.
        nz_descriptor short_input = layer.load;
        short_input.input.size -= 1;
        CHECK(fault_of(bench, short_input, &address) == NZ_ERROR_DATA);
        CHECK(address == layer.load.block_index.address);
        nz_descriptor short_weights = layer.convolve;
        short_weights.weights.size -= 1;
        CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        CHECK(fault_of(bench, short_weights, &address) == NZ_ERROR_DATA);
        CHECK(address == layer.convolve.block_index.address);
        nz_descriptor short_table = layer.convolve;
        short_table.block_index.size -= 8;
        CHECK(fault_of(bench, short_table, &address) == NZ_ERROR_REGION);
        CHECK(address == layer.convolve.block_index.address);
        // A PE that cannot decode its image.
        bench.pes[2].malformed = true;
        CHECK(fault_of(bench, layer.convolve, &address) == NZ_ERROR_DATA);
        CHECK(address == layer.load.input.address);
        CHECK(count(bench.pes[0], Kind::begin_group) == 0);
        bench.pes[2].malformed = false;
        // The second group's weights: the first one has been computed.
        prepare(bench, 2);
        bench.context.memory[layer.convolve.weights.address + layer.group_bytes] = 200;
        CHECK(fault_of(bench, layer.convolve, &address) == NZ_ERROR_DATA);
        CHECK(address == layer.convolve.weights.address);
        CHECK(count(bench.pes[0], Kind::settle) == 1);
        CHECK(bench.counter("layers") == 0);
        bench.sequencer.reset();
        bench.context.memory = layer.memory;
        prepare(bench, 2);
        CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        CHECK(fault_of(bench, layer.convolve) == NZ_ERROR_NONE);
        CHECK(bench.counter("layers") == 1);
    });
}

TEST_CASE("products that a PE loses are noticed") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        const SequencerLayer layer(bench, 1, 1);
        prepare(bench, 1);
        for (SparsePeStub& pe : bench.pes) {
            pe.slots.products = 10;
            pe.slots.kept = 7;
            pe.slots.useful = 6;
            pe.slots.dropped = 3;
        }
        CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        const Completion done = bench.sequencer.execute(layer.convolve, bench.context);
        CHECK(done.products == 40);
        CHECK(done.useful_products == 24);
        prepare(bench, 1);
        bench.pes[3].slots.kept = 6;
        CHECK_THROWS_AS(bench.sequencer.execute(layer.convolve, bench.context), std::logic_error);
    });
}

TEST_CASE("weights enter the FIFOs when the slowest PE has made room") {
    ScnnParameters parameters = machine();
    parameters.weight_skew = WeightSkew::fifo;
    parameters.weight_fifo_entries = 5;
    parameters.kc = 8;  // two vectors of four per block
    SequencerBench bench("bench", parameters);
    Script::simulate([&] {
        constexpr std::size_t kChannels = 7;
        const SequencerLayer layer(bench, 2, kChannels);
        prepare(bench, 2);
        std::mt19937_64 random(11);
        // When each PE is done with each vector of the group; two groups alike.
        std::vector<std::vector<Cycles>> done(bench.pes.size());
        std::vector<Cycles> slowest(2 * kChannels, 0);
        for (std::size_t n = 0; n < bench.pes.size(); ++n) {
            Cycles now = 0;
            for (Cycles& latest : slowest) {
                now += std::uniform_int_distribution<Cycles>(0, 30)(random);
                done[n].push_back(now);
                latest = std::max(latest, now);
            }
            bench.pes[n].consumed = [of_pe = done[n]](std::size_t block) {
                return std::vector<Cycles>{of_pe[2 * block], of_pe[2 * block + 1]};
            };
        }
        CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        CHECK(fault_of(bench, layer.convolve) == NZ_ERROR_NONE);
        for (const SparsePeStub& pe : bench.pes) {
            REQUIRE(pe.arrived.size() == 2 * kChannels);
            for (std::size_t message = 0; message < pe.arrived.size(); ++message) {
                const std::size_t vector = 2 * (message % kChannels);
                const auto at = [&](std::size_t n) { return n >= 5 ? slowest[n - 5] : 0; };
                CHECK(pe.arrived[message] == std::vector<Cycles>{at(vector), at(vector + 1)});
            }
        }
    });
}

TEST_CASE("a weight block longer than the FIFO is refused") {
    ScnnParameters parameters = machine();
    parameters.weight_skew = WeightSkew::fifo;
    parameters.kc = 8;
    parameters.weight_fifo_entries = 2;
    SequencerBench fits("fits", parameters);
    parameters.weight_fifo_entries = 1;
    SequencerBench too_small("too_small", parameters);
    Script::simulate([&] {
        for (SequencerBench* bench : {&fits, &too_small}) {
            const SequencerLayer layer(*bench, 1, 1);
            prepare(*bench, 1);
            for (SparsePeStub& pe : bench->pes) {
                pe.consumed = [](std::size_t) { return std::vector<Cycles>{1, 2}; };
            }
            CHECK(fault_of(*bench, layer.load) == NZ_ERROR_NONE);
            CHECK(fault_of(*bench, layer.convolve) == (bench == &fits ? NZ_ERROR_NONE : NZ_ERROR_CAPACITY));
        }
    });
}
