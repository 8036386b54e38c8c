// The sequencer's schedule, aborts and refusals, with every other block a stub.

#include "models/scnn/sequencer.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/models/scnn/sequencer_bench.h"

using namespace nonzero;
using namespace nonzero::scnn;
using sc_core::sc_time;
using Kind = PeCommand::Kind;

namespace {

ScnnParameters machine() {
    ScnnParameters parameters;
    parameters.pe_rows = 2;
    parameters.pe_columns = 3;
    parameters.kc = 3;
    return parameters;
}

// Times of one layer: T per PE and group, E per group, cycles of each group's weights on their way.
struct Times {
    Times(std::mt19937_64& random, SequencerBench& bench, int group_count) : groups(std::size_t(group_count)) {
        const auto pick = [&](int high) { return Cycles(std::uniform_int_distribution<int>(0, high)(random)); };
        for (SparsePeStub& pe : bench.pes) {
            pe.group_time.clear();
            for (std::size_t g = 0; g < groups; ++g) {
                pe.group_time.push_back(pick(50));
            }
        }
        slowest.resize(groups);
        for (std::size_t g = 0; g < groups; ++g) {
            for (const SparsePeStub& pe : bench.pes) {
                slowest[g] = std::max(slowest[g], pe.group_time[g]);
            }
            exchange.push_back(pick(60));
            transfer.push_back(pick(90));
        }
        bench.exchange_cycles = exchange;
        bench.context.transfer_cycles.assign(transfer.begin(), transfer.end());
    }
    std::size_t groups;
    std::vector<Cycles> slowest;
    std::vector<Cycles> exchange;
    std::vector<Cycles> transfer;
};

// scnn_facts.md 10.2 with the fetch of group g+1 beginning when group g starts (10.9 rule 10, D = E + N, one output per
// PE).
struct Schedule {
    Schedule(const Times& times, Cycles kc, bool modelled) {
        Cycles fetched = modelled ? times.transfer[0] : 0;
        for (std::size_t g = 0; g < times.groups; ++g) {
            const Cycles buffer = std::max(g >= 1 ? compute_end[g - 1] : 0, g >= 2 ? drain_end[g - 2] : 0);
            const Cycles before = g >= 1 ? compute_end[g - 1] : 0;
            start.push_back(std::max(buffer, fetched));
            halo_finalise += buffer - before;
            memory += start[g] - buffer;
            if (modelled && g + 1 < times.groups) {
                fetched = start[g] + times.transfer[g + 1];
            }
            compute_end.push_back(start[g] + times.slowest[g]);
            drain.push_back(times.exchange[g] + kc);
            drain_end.push_back(std::max(compute_end[g], g >= 1 ? drain_end[g - 1] : 0) + drain[g]);
        }
        halo_finalise += drain_end.back() - compute_end.back();
    }
    std::vector<Cycles> start, compute_end, drain, drain_end;
    Cycles halo_finalise = 0;
    Cycles memory = 0;
};

std::vector<Cycles> times_of(const SequencerBench& bench, const SparsePeStub& pe, Kind kind,
                             const sc_time& layer_start) {
    std::vector<Cycles> times;
    for (const SparsePeStub::Event& event : pe.events) {
        if (event.kind == kind) {
            CHECK(event.group == int(times.size()));
            times.push_back(bench.clock.cycles(event.time - layer_start));
        }
    }
    return times;
}

// When the layer began: its first group starts at a known cycle.
sc_time layer_start(const SequencerBench& bench, const Schedule& schedule) {
    for (const SparsePeStub::Event& event : bench.pes.front().events) {
        if (event.kind == Kind::begin_group) {
            return event.time - bench.clock(schedule.start[0]);
        }
    }
    throw std::logic_error("no group was begun");
}

void check_schedule(const SequencerBench& bench, const Schedule& schedule, bool modelled) {
    const sc_time begin = layer_start(bench, schedule);
    const std::size_t groups = schedule.start.size();
    for (const SparsePeStub& pe : bench.pes) {
        CHECK(times_of(bench, pe, Kind::begin_group, begin) == schedule.start);
        CHECK(times_of(bench, pe, Kind::settle, begin) == schedule.compute_end);
        CHECK(times_of(bench, pe, Kind::exchange, begin) == schedule.compute_end);
        const std::vector<Cycles> finalised = times_of(bench, pe, Kind::finalise, begin);
        REQUIRE(finalised.size() == groups);
        for (std::size_t g = 0; g < groups; ++g) {
            // While the sequencer waits for weights, what has drained shows when they are there.
            CHECK((modelled ? finalised[g] >= schedule.drain_end[g] : finalised[g] == schedule.drain_end[g]));
        }
        for (const SparsePeStub::Event& event : pe.events) {
            if (event.kind == Kind::settle) {
                CHECK(event.group_cycles ==
                      schedule.compute_end[std::size_t(event.group)] - schedule.start[std::size_t(event.group)]);
            }
        }
    }
}

void check_counters(const SequencerBench& bench, const Schedule& schedule, const Times& times, Cycles cycles) {
    Cycles computing = 0;
    Cycles draining = 0;
    for (std::size_t g = 0; g < times.groups; ++g) {
        computing += times.slowest[g];
        draining += schedule.drain[g];
    }
    CHECK(cycles == schedule.drain_end.back());
    CHECK(bench.counter("layers") == 1);
    CHECK(bench.counter("groups") == times.groups);
    CHECK(bench.counter("layer_cycles") == cycles);
    CHECK(bench.counter("computing") == computing);
    CHECK(bench.counter("draining") == draining);
    CHECK(bench.counter("halo_finalise") == schedule.halo_finalise * bench.pes.size());
    CHECK(bench.counter("memory") == schedule.memory * bench.pes.size());
}

void check_traffic(const SequencerBench& bench, const SequencerLayer& layer, std::size_t groups) {
    for (std::size_t n = 0; n < bench.pes.size(); ++n) {
        // configure, then five commands per group
        CHECK(bench.sequencer.control[n].traffic().transactions == 1 + 5 * groups);
        CHECK(bench.sequencer.weights[n].traffic().bytes == groups * layer.group_bytes);
        CHECK(bench.sequencer.activations[n].traffic().bytes == 1 + n % 4);
        CHECK(bench.sequencer.read_out[n].traffic().transactions == 2);
        CHECK(bench.pes[n].output_begins == 1);
        CHECK(bench.pes[n].image == std::vector<std::uint8_t>(1 + n % 4, std::uint8_t(0x40 + n)));
        CHECK(bench.pes[n].weight_blocks.size() == groups);
        for (const auto& blocks : bench.pes[n].weight_blocks) {
            REQUIRE(blocks.size() == layer.convolve.c);
            for (std::size_t block = 0; block < blocks.size(); ++block) {
                CHECK(blocks[block] == block);
            }
        }
    }
    CHECK(bench.sequencer.exchange.traffic().transactions == groups);
}

// groups: 0 without pooling.
void check_pooling(const SequencerBench& bench, std::size_t groups) {
    const std::size_t pes = bench.pes.size();
    CHECK(bench.pooling.exchanges == int(groups));
    CHECK(bench.pooling.begun == (groups == 0 ? 0 : int(pes)));
    CHECK(bench.pooling.channels == std::vector<int>(groups * pes, bench.parameters.kc));
}

void run_random_layers(SequencerBench& bench, bool modelled) {
    std::mt19937_64 random(modelled ? 7 : 8);
    for (int n = 0; n < 60; ++n) {
        const int groups = std::uniform_int_distribution<int>(1, 9)(random);
        const SequencerLayer layer(bench, groups, std::uniform_int_distribution<int>(1, 4)(random));
        const Times times(random, bench, groups);
        const Schedule schedule(times, Cycles(bench.parameters.kc), modelled);
        bench.forget();
        bench.sequencer.execute(layer.load, bench.context);
        nz_descriptor convolve = layer.convolve;
        const bool pooled = n % 2 == 1;  // costs no cycles
        if (pooled) {
            convolve.pool_kind = NZ_POOL_MAX;
            convolve.pool_size = convolve.pool_stride = 1;
        }
        const Completion done = bench.sequencer.execute(convolve, bench.context);
        check_pooling(bench, pooled ? std::size_t(groups) : 0);
        check_schedule(bench, schedule, modelled);
        check_counters(bench, schedule, times, done.cycles);
        check_traffic(bench, layer, std::size_t(groups));
        CHECK(done.output_bytes == layer.convolve.output.size);
        CHECK(bench.context.open_transfers() == 0);
        if (modelled) {
            REQUIRE(bench.context.started.size() == std::size_t(groups));
            for (std::size_t g = 0; g < bench.context.started.size(); ++g) {
                CHECK(bench.context.started[g].address == layer.convolve.weights.address + g * layer.group_bytes);
                CHECK(bench.context.started[g].bytes == layer.group_bytes);
            }
        }
    }
}

}  // namespace

TEST_CASE("groups start, end and drain as the recurrence says, with ideal memory") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] { run_random_layers(bench, false); });
}

TEST_CASE("groups wait for weights that are on their way") {
    ScnnParameters parameters = machine();
    parameters.memory_timing = MemoryTiming::modelled;
    SequencerBench bench("bench", parameters);
    Script::simulate([&] { run_random_layers(bench, true); });
}

TEST_CASE("an abort shows what was reached and nothing else") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        std::mt19937_64 random(3);
        int in_compute = 0;
        int in_drain = 0;
        for (int n = 0; n < 80; ++n) {
            const int groups = 4;
            const SequencerLayer layer(bench, groups, 2);
            const Times times(random, bench, groups);
            const Schedule schedule(times, Cycles(bench.parameters.kc), false);
            bench.forget();
            bench.sequencer.execute(layer.load, bench.context);
            // Half a cycle after some cycle of the layer, which begins after two blocking reads.
            const auto cycle = std::uniform_int_distribution<Cycles>(0, schedule.drain_end.back() - 1)(random);
            const sc_time begin = sc_core::sc_time_stamp() + bench.clock(2);
            bench.context.abort_at = begin + bench.clock(cycle) + sc_time(2, sc_core::SC_NS);
            CHECK_THROWS_AS(bench.sequencer.execute(layer.convolve, bench.context), Aborted);
            CHECK(sc_core::sc_time_stamp() == bench.context.abort_at);
            bench.context.abort_at = sc_core::sc_max_time();
            const auto reached = [cycle](const std::vector<Cycles>& times_of_groups) {
                return std::size_t(std::count_if(times_of_groups.begin(), times_of_groups.end(),
                                                 [cycle](Cycles time) { return time <= cycle; }));
            };
            for (const SparsePeStub& pe : bench.pes) {
                CHECK(times_of(bench, pe, Kind::settle, begin).size() == reached(schedule.compute_end));
                CHECK(times_of(bench, pe, Kind::finalise, begin).size() == reached(schedule.drain_end));
                CHECK(times_of(bench, pe, Kind::begin_group, begin).size() == reached(schedule.start));
            }
            in_compute += reached(schedule.start) > reached(schedule.compute_end) ? 1 : 0;
            in_drain += reached(schedule.compute_end) > reached(schedule.drain_end) ? 1 : 0;
            CHECK(bench.counter("groups") == reached(schedule.compute_end));
            CHECK(bench.counter("layers") == 0);
            CHECK(bench.counter("layer_cycles") == 0);
            CHECK(bench.context.written_bytes == 0);

            bench.forget();
            bench.sequencer.reset();
            for (const SparsePeStub& pe : bench.pes) {
                REQUIRE(pe.events.size() == 1);
                CHECK(pe.events.front().kind == Kind::discard);
            }
            CHECK(fault_of(bench, layer.convolve) == NZ_ERROR_NOT_RESIDENT);
            // The same layer afterwards, undisturbed.
            bench.forget();
            bench.sequencer.execute(layer.load, bench.context);
            const Completion done = bench.sequencer.execute(layer.convolve, bench.context);
            check_schedule(bench, schedule, false);
            check_counters(bench, schedule, times, done.cycles);
        }
        CHECK(in_compute > 10);
        CHECK(in_drain > 10);
    });
}

// What a machine costs that is much larger than its layer.
TEST_CASE("of a group, PEs without a part of the layer get its end and its weights in one message") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        std::mt19937_64 random(4);
        const std::size_t groups = 3;
        const SequencerLayer layer(bench, int(groups), 4);
        const Times times(random, bench, int(groups));
        for (std::size_t n = 0; n < bench.pes.size(); ++n) {
            bench.pes[n].idle = n % 2 == 1;
        }
        bench.forget();
        bench.sequencer.execute(layer.load, bench.context);
        bench.sequencer.execute(layer.convolve, bench.context);
        for (std::size_t n = 0; n < bench.pes.size(); ++n) {
            const bool idle = bench.pes[n].idle;
            CHECK(bench.sequencer.control[n].traffic().transactions == 1 + (idle ? 1 : 5) * groups);
            CHECK(bench.sequencer.weights[n].traffic().bytes == groups * layer.group_bytes);
            CHECK((!idle || bench.sequencer.weights[n].traffic().transactions == groups));
            CHECK(bench.pes[n].weight_blocks.size() == (idle ? 0 : groups));
        }
        // The next layer asks again.
        for (SparsePeStub& pe : bench.pes) {
            pe.idle = false;
        }
        bench.forget();
        bench.sequencer.execute(layer.load, bench.context);
        bench.sequencer.execute(layer.convolve, bench.context);
        check_traffic(bench, layer, groups);
    });
}

TEST_CASE("an abort while weights are on their way") {
    ScnnParameters parameters = machine();
    parameters.memory_timing = MemoryTiming::modelled;
    SequencerBench bench("bench", parameters);
    Script::simulate([&] {
        std::mt19937_64 random(5);
        const SequencerLayer layer(bench, 3, 2);
        const Times times(random, bench, 3);
        bench.context.transfer_cycles = {10, 1000, 1000};
        bench.sequencer.execute(layer.load, bench.context);
        const sc_time begin = sc_core::sc_time_stamp() + bench.clock(1);
        bench.context.abort_at = begin + bench.clock(600);
        CHECK_THROWS_AS(bench.sequencer.execute(layer.convolve, bench.context), Aborted);
        CHECK(bench.counter("groups") == 1);
        CHECK(bench.counter("memory") == 0);
        bench.context.abort_at = sc_core::sc_max_time();
        bench.context.forget_open();
        bench.sequencer.reset();
        CHECK(fault_of(bench, layer.convolve) == NZ_ERROR_NOT_RESIDENT);
    });
}

TEST_CASE("outputs of the PEs are put together") {
    SequencerBench bench("bench", machine());
    Script::simulate([&] {
        std::mt19937_64 random(1);
        const SequencerLayer layer(bench, 2, 1);
        const Times times(random, bench, 2);
        for (std::size_t n = 0; n < bench.pes.size(); ++n) {
            bench.pes[n].overflows = n;
        }
        bench.sequencer.execute(layer.load, bench.context);
        const Completion dense = bench.sequencer.execute(layer.convolve, bench.context);
        CHECK(dense.overflows == 15);
        CHECK(dense.output_bytes == 6 * 6 * 8);
        for (std::size_t k = 0; k < 6; ++k) {
            for (std::size_t pe = 0; pe < 6; ++pe) {
                CHECK(bench.context.memory[layer.convolve.output.address + (k * 6 + pe) * 8] == pe);
            }
        }
        // Compressed: a table of blocks, then the images as they are.
        nz_descriptor compressed = layer.convolve;
        compressed.output_type = 16;
        bench.exchanges = 0;
        for (std::size_t n = 0; n < bench.pes.size(); ++n) {
            bench.pes[n].output.assign(4 * n, std::uint8_t(0x80 + n));
            bench.pes[n].weight_blocks.clear();
        }
        compressed.output.size = 6 * sizeof(nz_block) + 60;
        const Completion done = bench.sequencer.execute(compressed, bench.context);
        CHECK(done.output_bytes == compressed.output.size);
        std::size_t offset = 6 * sizeof(nz_block);
        for (std::size_t n = 0; n < 6; ++n) {
            nz_block block{};
            const std::uint8_t* const output = bench.context.memory.data() + compressed.output.address;
            std::memcpy(&block, output + n * sizeof block, sizeof block);
            CHECK(block.offset == offset);
            CHECK(block.size == 4 * n);
            for (std::size_t byte = 0; byte < block.size; ++byte) {
                CHECK(output[block.offset + byte] == 0x80 + n);
            }
            offset += block.size;
        }
        bench.exchanges = 0;
        for (SparsePeStub& pe : bench.pes) {
            pe.weight_blocks.clear();
        }
        bench.context.written_bytes = 0;
        compressed.output.size -= 1;
        std::uint64_t address = 0;
        CHECK(fault_of(bench, compressed, &address) == NZ_ERROR_OUTPUT_SIZE);
        CHECK(address == compressed.output.address);
        CHECK(bench.context.written_bytes == 0);
    });
}
