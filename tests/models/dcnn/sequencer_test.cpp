// The sequencer's schedule, messages, aborts and refusals, with every other block a stub.

#include "models/dcnn/sequencer.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/models/dcnn/sequencer_bench.h"

using namespace nonzero;
using namespace nonzero::dcnn;
using sc_core::sc_time;
using Kind = PeCommand::Kind;

namespace {

DcnnParameters machine() {
    DcnnParameters parameters;
    parameters.pe_rows = 2;
    parameters.pe_columns = 3;
    parameters.kc = 3;
    return parameters;
}

// T per PE and group, cycles of each group's weights on their way.
struct Times {
    Times(std::mt19937_64& random, SequencerBench& bench, std::size_t groups) {
        const auto pick = [&](int high) { return Cycles(std::uniform_int_distribution<int>(0, high)(random)); };
        slowest.resize(groups);
        for (DensePeStub& pe : bench.pes) {
            pe.group_time.clear();
            for (Cycles& latest : slowest) {
                pe.group_time.push_back(pick(50));
                latest = std::max(latest, pe.group_time.back());
            }
        }
        for (std::size_t g = 0; g < groups; ++g) {
            transfer.push_back(pick(90));
        }
        bench.context.transfer_cycles.assign(transfer.begin(), transfer.end());
    }
    std::vector<Cycles> slowest;
    std::vector<Cycles> transfer;
};

// A group starts when the one before has ended and its weights are there; their fetch begins when that one starts.
struct Schedule {
    Schedule(const Times& times, bool modelled) {
        Cycles fetched = modelled ? times.transfer[0] : 0;
        Cycles before = 0;
        for (std::size_t g = 0; g < times.slowest.size(); ++g) {
            start.push_back(std::max(before, fetched));
            memory += start[g] - before;
            if (modelled && g + 1 < times.slowest.size()) {
                fetched = start[g] + times.transfer[g + 1];
            }
            before = start[g] + times.slowest[g];
            end.push_back(before);
        }
    }
    std::vector<Cycles> start, end;
    Cycles memory = 0;
};

// The rows that a PE gets in a group, cut out of memory.
std::vector<std::int16_t> expected_rows(const SequencerBench& bench, const SequencerLayer& layer, std::size_t pe,
                                        int group) {
    const auto kc = bench.parameters.kc;
    const auto k = int(layer.layer.k);
    const auto taps = std::ptrdiff_t(layer.layer.c);
    int begin = group * kc;
    int count = std::min(kc, k - begin);
    if (layer.layer.opcode == NZ_OP_FULLY_CONNECTED) {
        // In the order of use: group by group, PE by PE.
        const auto pes = int(bench.pes.size());
        begin = 0;
        for (int g = 0; g <= group; ++g) {
            for (int n = 0; n < pes; ++n) {
                const int own = int(std::int64_t(n + 1) * k / pes) - int(std::int64_t(n) * k / pes);
                count = std::min(kc, own - g * kc);
                if (g == group && n == int(pe)) {
                    g = group;
                    n = pes;
                } else {
                    begin += count;
                }
            }
        }
    }
    return {layer.weights.begin() + begin * taps, layer.weights.begin() + (begin + count) * taps};
}

void check_events(const SequencerBench& bench, const SequencerLayer& layer, const Schedule& schedule,
                  const Times& times) {
    const sc_time begin = bench.pes.front().work.front().time - bench.clock(schedule.start[0]);
    const std::size_t groups = schedule.start.size();
    for (std::size_t n = 0; n < bench.pes.size(); ++n) {
        const DensePeStub& pe = bench.pes[n];
        REQUIRE(pe.work.size() == groups);
        REQUIRE(pe.events.size() == groups + 1);
        CHECK(pe.events[0].kind == Kind::configure);
        CHECK(pe.output_begins == 1);
        std::uint64_t bytes = 0;
        for (std::size_t g = 0; g < groups; ++g) {
            CHECK(pe.work[g].group == int(g));
            CHECK(pe.work[g].time == begin + bench.clock(schedule.start[g]));
            CHECK(pe.work[g].rows == expected_rows(bench, layer, n, int(g)));
            CHECK(pe.work[g].bytes == 2 * pe.work[g].rows.size());
            bytes += pe.work[g].bytes;
            const DensePeStub::Event& settled = pe.events[g + 1];
            CHECK(settled.kind == Kind::settle);
            CHECK(settled.group == int(g));
            CHECK(settled.time == begin + bench.clock(schedule.end[g]));
            CHECK(settled.group_cycles == times.slowest[g]);
        }
        CHECK(bench.sequencer.weights[n].traffic().bytes == bytes);
    }
}

void check_counters(const SequencerBench& bench, const SequencerLayer& layer, const Schedule& schedule,
                    const Times& times) {
    Cycles computing = 0;
    for (const Cycles cycles : times.slowest) {
        computing += cycles;
    }
    const std::uint64_t weight_bytes = 2 * std::uint64_t(layer.layer.k) * layer.layer.c;
    CHECK(bench.counter("layers") == 1);
    CHECK(bench.counter("groups") == times.slowest.size());
    CHECK(bench.counter("layer_cycles") == schedule.end.back());
    CHECK(bench.counter("computing") == computing);
    CHECK(bench.counter("memory") == schedule.memory * bench.pes.size());
    CHECK(bench.counter("dram_weight_bytes") == weight_bytes);
    CHECK(bench.counter("weight_broadcast_bytes") == weight_bytes);
    const bool neurons = layer.layer.opcode == NZ_OP_FULLY_CONNECTED;
    const std::uint64_t most = neurons ? (layer.layer.k + bench.pes.size() - 1) / bench.pes.size() : layer.layer.k;
    CHECK(bench.counter("tile_macs") == most * layer.layer.c);
    CHECK(bench.counter("dram_activation_read_bytes") == 0);
    CHECK(bench.counter("dram_activation_write_bytes") == 0);
}

void run_random_layers(SequencerBench& bench, bool modelled) {
    std::mt19937_64 random(modelled ? 7 : 8);
    for (int n = 0; n < 60; ++n) {
        INFO("layer " << n);
        const int groups = std::uniform_int_distribution<int>(1, 9)(random);
        const bool neurons = n % 3 == 0;
        const SequencerLayer layer(bench, groups, std::uniform_int_distribution<int>(1, 4)(random), neurons);
        const Times times(random, bench, std::size_t(groups));
        const Schedule schedule(times, modelled);
        bench.forget();
        for (std::size_t pe = 0; pe < bench.pes.size(); ++pe) {
            const std::size_t outputs =
                neurons ? (pe + 1) * layer.layer.k / bench.pes.size() - pe * layer.layer.k / bench.pes.size()
                        : layer.layer.k;
            bench.pes[pe].output.assign(8 * outputs, std::uint8_t(pe + 1));
            bench.pes[pe].overflows = pe;
        }
        bench.sequencer.execute(layer.load, bench.context);
        for (std::size_t pe = 0; pe < bench.pes.size(); ++pe) {
            std::vector<std::int16_t> inputs;
            for (std::uint32_t c = 0; c < layer.layer.c; ++c) {
                inputs.push_back(layer.input[neurons ? c : c * bench.pes.size() + pe]);
            }
            CHECK(bench.pes[pe].inputs == (neurons ? layer.input : inputs));
        }
        const Completion done = bench.sequencer.execute(layer.layer, bench.context);
        check_events(bench, layer, schedule, times);
        check_counters(bench, layer, schedule, times);
        CHECK(done.cycles == schedule.end.back());
        CHECK(done.output_bytes == layer.layer.output.size);
        CHECK(done.overflows == 15);
        CHECK(done.useful_products == 15 * std::uint64_t(groups));
        CHECK(done.products == layer.weights.size() * (neurons ? 1 : bench.pes.size()));
        CHECK(bench.context.open_transfers() == 0);
        CHECK(bench.context.started.size() == std::size_t(modelled ? groups : 0));
        // Every output at its place: a plane of PEs, or neurons in order.
        for (std::uint64_t output = 0; output < layer.layer.output.size / 8; ++output) {
            std::size_t pe = output % bench.pes.size();
            if (neurons) {
                for (pe = 0; (pe + 1) * layer.layer.k / bench.pes.size() <= output; ++pe) {
                }
            }
            CHECK(bench.context.memory[layer.layer.output.address + 8 * output] == pe + 1);
        }
    }
}

void prepare(SequencerBench& bench, int groups) {
    for (DensePeStub& pe : bench.pes) {
        pe.group_time.assign(std::size_t(groups), 10);
        pe.output.clear();
    }
    bench.forget();
}

// A kibibyte of activation RAM: 512 values. The convolution has 6 inputs per channel and 12 outputs, the neurons 53
// outputs.
void check_passing_through_dram(Variant variant) {
    struct Case {
        int channels;
        bool fully_connected;
        std::uint64_t tiles;
    };
    DcnnParameters parameters = machine();
    parameters.variant = variant;
    parameters.activation_sram_kib = 1;
    SequencerBench bench("bench", parameters);
    Script::simulate([&] {
        for (const Case& test :
             {Case{83, false, 1}, Case{84, false, 2}, Case{169, false, 3}, Case{459, true, 1}, Case{460, true, 2}}) {
            INFO(test.channels);
            const int groups = test.fully_connected ? 3 : 1;
            const SequencerLayer layer(bench, groups, test.channels, test.fully_connected);
            prepare(bench, groups);
            CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
            CHECK(fault_of(bench, layer.layer) == NZ_ERROR_NONE);
            const std::uint64_t activation_reads = test.tiles == 1 ? 0 : test.fully_connected ? 3 : 1;
            const std::uint64_t weight_bytes = 2 * layer.weights.size() * (test.fully_connected ? 1 : test.tiles);
            CHECK(bench.counter("temporal_tiles") == test.tiles);
            CHECK(bench.counter("dram_activation_read_bytes") == layer.load.input.size * activation_reads);
            // RAW64 has no stored outputs that could be compressed.
            CHECK(bench.counter("dram_activation_write_bytes") == (test.tiles == 1        ? 0
                                                                   : test.fully_connected ? 2 * 53
                                                                                          : 24));
            CHECK(bench.counter("dram_weight_bytes") == weight_bytes);
            CHECK(bench.counter("weight_broadcast_bytes") == weight_bytes);
            CHECK(bench.pes[1].work[0].bytes ==
                  (test.fully_connected ? 6 * std::uint64_t(test.channels) : weight_bytes));
        }
    });
}

}  // namespace

TEST_CASE("groups follow each other when the slowest PE is done, with ideal memory") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] { run_random_layers(bench, false); });
}

TEST_CASE("groups wait for weights that are on their way") {
    DcnnParameters parameters = machine();
    parameters.memory_timing = MemoryTiming::modelled;
    parameters.variant = Variant::optimised;
    SequencerBench bench("bench", parameters);
    Script::simulate([&] { run_random_layers(bench, true); });
}

TEST_CASE("an abort shows what was reached and nothing else") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        for (const int reached : {0, 1, 3}) {
            const SequencerLayer layer(bench, 4, 2, false);
            prepare(bench, 4);
            bench.sequencer.execute(layer.load, bench.context);
            // One cycle goes to reading the weights.
            bench.context.abort_at = sc_core::sc_time_stamp() + bench.clock(Cycles(1 + 10 * reached + 5));
            CHECK_THROWS_AS(bench.sequencer.execute(layer.layer, bench.context), Aborted);
            bench.context.abort_at = sc_core::sc_max_time();
            CHECK(bench.counter("groups") == std::uint64_t(reached));
            CHECK(bench.counter("computing") == Cycles(10 * reached));
            CHECK(bench.counter("layers") == 0);
            CHECK(bench.counter("layer_cycles") == 0);
            CHECK(bench.counter("tile_macs") == 0);
            bench.sequencer.reset();
            CHECK(bench.pes[4].events.back().kind == Kind::discard);
            CHECK(fault_of(bench, layer.layer) == NZ_ERROR_NOT_RESIDENT);
        }
    });
}

TEST_CASE("a layer runs on the input that was loaded for its shape") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        const SequencerLayer layer(bench, 1, 1, false);
        prepare(bench, 1);
        CHECK(fault_of(bench, layer.layer) == NZ_ERROR_NOT_RESIDENT);
        CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        nz_descriptor other = layer.layer;
        other.flags = 0;
        CHECK(fault_of(bench, other) == NZ_ERROR_NOT_RESIDENT);
        const auto differs = [&](auto change) {
            other = layer.layer;
            change(other);
            return fault_of(bench, other) == NZ_ERROR_NOT_RESIDENT;
        };
        CHECK(differs([](nz_descriptor& d) { d.c = 2; }));
        CHECK(differs([](nz_descriptor& d) { d.h = 3; }));
        CHECK(differs([](nz_descriptor& d) { d.q = 2; }));
        CHECK(differs([](nz_descriptor& d) { d.r = 2; }));
        CHECK(differs([](nz_descriptor& d) { d.stride_x = 2; }));
        CHECK(differs([](nz_descriptor& d) { d.stride_y = 2; }));
        CHECK(differs([](nz_descriptor& d) { d.pad_top = 1; }));
        CHECK_FALSE(differs([](nz_descriptor& d) { d.k = 1; }));
        // The image of a LOAD that fails is not there.
        nz_descriptor load = layer.load;
        load.input.size -= 1;
        CHECK(fault_of(bench, load) == NZ_ERROR_REGION);
        CHECK(fault_of(bench, layer.layer) == NZ_ERROR_NOT_RESIDENT);
    });
}

TEST_CASE("shapes and types beyond the machine are refused") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        const SequencerLayer layer(bench, 1, 1, false);
        prepare(bench, 1);
        REQUIRE(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        const auto fault = [&](auto change) {
            nz_descriptor changed = layer.layer;
            change(changed);
            return fault_of(bench, changed);
        };
        check_refused_shapes_and_types(bench, layer.layer);
        CHECK(fault([](nz_descriptor& d) { d.opcode = NZ_OP_FULLY_CONNECTED; }) == NZ_ERROR_SHAPE);
        CHECK(fault([](nz_descriptor& d) { d.h = d.w = d.p = d.q = 1 << 12, d.c = 64; }) == NZ_ERROR_CAPACITY);
    });
}

TEST_CASE("malformed operands stop a layer") {
    DcnnParameters parameters = machine();
    parameters.operand_bits = 8;
    SequencerBench bench("bench", parameters);
    Script::simulate([&] {
        const SequencerLayer layer(bench, 2, 3, false);
        prepare(bench, 2);
        std::uint64_t address = 0;
        REQUIRE(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        nz_descriptor short_weights = layer.layer;
        short_weights.weights.size -= 1;
        CHECK(fault_of(bench, short_weights, &address) == NZ_ERROR_REGION);
        CHECK(address == layer.layer.weights.address);
        bench.pes[2].malformed = true;
        CHECK(fault_of(bench, layer.layer, &address) == NZ_ERROR_DATA);
        CHECK(address == layer.load.input.address);
        CHECK(bench.pes[0].work.empty());
        bench.pes[2].malformed = false;
        // A weight of the second group that is too wide: the first one has been computed.
        prepare(bench, 2);
        bench.context.memory[layer.layer.weights.address + 2 * 3 * 4 + 1] = 0x7F;
        CHECK(fault_of(bench, layer.layer, &address) == NZ_ERROR_DATA);
        CHECK(address == layer.layer.weights.address);
        CHECK(bench.counter("groups") == 1);
        CHECK(bench.counter("layers") == 0);
        bench.sequencer.reset();
        bench.context.memory = layer.memory;
        prepare(bench, 2);
        CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        nz_descriptor small = layer.layer;
        small.output.size -= 1;
        CHECK(fault_of(bench, small, &address) == NZ_ERROR_OUTPUT_SIZE);
        CHECK(address == layer.layer.output.address);
        CHECK(fault_of(bench, layer.layer) == NZ_ERROR_NONE);
        CHECK(bench.counter("layers") == 1);
    });
}

TEST_CASE("compressed inputs of another length are refused") {
    DcnnParameters parameters = machine();
    parameters.variant = Variant::optimised;
    SequencerBench bench("bench", parameters);
    Script::simulate([&] {
        const SequencerLayer layer(bench, 1, 3, false);
        prepare(bench, 1);
        const auto fault = [&](std::uint64_t size) {
            nz_descriptor load = layer.load;
            load.input.size = size;
            return fault_of(bench, load);
        };
        const std::uint64_t size = layer.load.input.size;
        CHECK(fault(size) == NZ_ERROR_NONE);
        CHECK(fault(size - 4) == NZ_ERROR_DATA);
        CHECK(fault(size + 4) == NZ_ERROR_DATA);
        CHECK(fault(std::uint64_t{1} << 60) == NZ_ERROR_DATA);
    });
}

TEST_CASE("products that a PE loses are noticed") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        const SequencerLayer layer(bench, 1, 1, false);
        prepare(bench, 1);
        CHECK(fault_of(bench, layer.load) == NZ_ERROR_NONE);
        bench.pes[3].lost_products = 1;
        CHECK_THROWS_AS(bench.sequencer.execute(layer.layer, bench.context), std::logic_error);
    });
}

TEST_CASE("layers that do not fit the activation RAM pass through DRAM") {
    check_passing_through_dram(Variant::plain);
}
TEST_CASE("layers that do not fit the activation RAM pass through DRAM compressed") {
    check_passing_through_dram(Variant::optimised);
}
