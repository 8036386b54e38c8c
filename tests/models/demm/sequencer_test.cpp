// DeMM's sequencer between stubs: what it asks of which block and when, and what it refuses.

#include "models/demm/sequencer.h"

#include <catch2/catch.hpp>

#include "tests/models/demm/random_rows.h"
#include "tests/models/gemm/sequencer_bench.h"

using namespace nonzero;
using namespace nonzero::demm;

namespace {

struct Event {
    char what;  // P preload, C compute
    Cycles cycle;
    int bank;
    int convolution_group;
    Range k;
    Range p;
    bool operator==(const Event&) const = default;
};

struct Bench : gemm::GemmSequencerBench {
    Bench(sc_core::sc_module_name module_name, const DemmParameters& machine)
        : gemm::GemmSequencerBench(module_name),
          parameters(machine),
          sequencer("sequencer", machine, clock, statistics, nullptr),
          activations("activations",
                      [this](gemm::ActivationLoad& load, sc_core::sc_time&) {
                          load.bits = activation_bits;
                          loaded = load.activations.size();
                          layer_start = sc_core::sc_time_stamp();
                      }),
          tiles("tiles",
                [this](gemm::ActivationTile& tile, sc_core::sc_time&) {
                    asked = tile;
                    if (tile.out != nullptr) {
                        *tile.out = std::int16_t(tile.k.begin + 1);
                    }
                }),
          output("output",
                 [this](gemm::OutputCommand& command, sc_core::sc_time&) {
                     if (command.kind == gemm::OutputCommand::Kind::finish) {
                         command.bytes = output_bytes;
                         command.overflows = 3;
                     } else {
                         layer_start = sc_core::sc_time_stamp();
                         events.clear();
                     }
                 }),
          weights("weights",
                  [this](WeightLoad& load, sc_core::sc_time&) {
                      uniform = load.uniform;
                      received.assign(load.bytes.begin(), load.bytes.end());
                      load.malformed = malformed;
                      load.slots = slots;
                      load.packed_bytes = 99;
                  }),
          jobs("jobs",
               [this](TileJob& job, sc_core::sc_time& delay) {
                   const auto per_group = slots.size() / groups;
                   const Cycles cycles =
                       slots[std::size_t(job.convolution_group) * per_group + std::size_t(job.k_tile)];
                   events.push_back({'C', now(), job.bank, job.convolution_group,
                                     tile_range(int(asked_K), parameters.m, job.k_tile), job.p});
                   job.products = 10;
                   job.useful_products = 4;
                   delay += clock(cycles + surplus);
               }),
          memory("memory", [this](RowWriteBurst& burst, sc_core::sc_time& delay) {
              discards += burst.discard ? 1 : 0;
              if (!burst.discard) {
                  events.push_back({'P', now(), burst.bank, asked.convolution_group, asked.k, asked.p});
                  RC_ASSERT(burst.first_row == 0);
                  RC_ASSERT(burst.rows == asked.k.size());
                  RC_ASSERT(burst.words == asked.p.size());
                  RC_ASSERT((burst.data == nullptr) == (asked.out == nullptr));
                  if (burst.data != nullptr) {
                      RC_ASSERT(*burst.data == asked.k.begin + 1);
                  }
                  delay += clock(Cycles(burst.rows));
              }
          }) {
        sequencer.activations.bind(activations);
        sequencer.tiles.bind(tiles);
        sequencer.outputs.bind(output);
        sequencer.weights.bind(weights);
        sequencer.jobs.bind(jobs);
        sequencer.preload.bind(memory);
        output_bytes.assign(16, 7);
    }
    nz_descriptor describe(const GemmShape& shape, std::size_t weight_bytes, unsigned flags = 0) {
        groups = std::size_t(shape.groups);
        asked_K = std::size_t(shape.K);
        return gemm::GemmSequencerBench::describe(shape, weight_bytes, flags);
    }

    DemmParameters parameters;
    Sequencer sequencer;
    StreamTarget<gemm::ActivationLoad> activations;
    StreamTarget<gemm::ActivationTile> tiles;
    StreamTarget<gemm::OutputCommand> output;
    StreamTarget<WeightLoad> weights;
    StreamTarget<TileJob> jobs;
    StreamTarget<RowWriteBurst> memory;

    // What the stubs answer.
    std::vector<Cycles> slots;  // of each tile of weights
    Cycles surplus = 0;
    std::vector<std::uint8_t> output_bytes;
    // What they saw.
    std::size_t groups = 1;
    std::size_t asked_K = 1;
    gemm::ActivationTile asked;
    std::size_t loaded = 0;
    std::optional<int> uniform;
    std::vector<std::uint8_t> received;
    std::vector<Event> events;
    int discards = 0;
};

DemmParameters small_machine(Preload preload) {
    DemmParameters parameters;
    parameters.n = 2;
    parameters.m = 4;
    parameters.c = 3;
    parameters.preload = preload;
    parameters.pipeline_depth = 5;
    return parameters;
}

constexpr GemmShape kShape{2, 3, 6, 4};  // two tiles of columns of A and two of B in each convolution group
constexpr std::size_t kCountBytes = 2 * 2 * 3 * 2;
constexpr std::size_t kPackedBytes = 32;

}  // namespace

TEST_CASE("tiles follow each other serially") {
    Bench bench("bench", small_machine(Preload::serial));
    Script::simulate([&] {
        bench.slots = {7, 3, 5, 4};
        const Completion completion =
            bench.sequencer.execute(bench.describe(kShape, kCountBytes + kPackedBytes), bench.context);
        const Range a{0, 4};
        const Range b{4, 6};
        const Range left{0, 3};
        const Range right{3, 4};
        const std::vector<Event> expected{
            {'P', 0, 0, 0, a, left},   {'C', 4, 0, 0, a, left},   {'P', 11, 0, 0, b, left},  {'C', 13, 0, 0, b, left},
            {'P', 16, 0, 0, a, right}, {'C', 20, 0, 0, a, right}, {'P', 27, 0, 0, b, right}, {'C', 29, 0, 0, b, right},
            {'P', 32, 0, 1, a, left},  {'C', 36, 0, 1, a, left},  {'P', 41, 0, 1, b, left},  {'C', 43, 0, 1, b, left},
            {'P', 47, 0, 1, a, right}, {'C', 51, 0, 1, a, right}, {'P', 56, 0, 1, b, right}, {'C', 58, 0, 1, b, right}};
        CHECK(bench.events == expected);
        CHECK(completion.cycles == 67);
        CHECK(completion.products == 80);
        CHECK(completion.useful_products == 32);
        CHECK(completion.overflows == 3);
        CHECK(completion.output_bytes == 16);
        CHECK(bench.context.memory[8192] == 7);
        CHECK(bench.context.memory[8192 + 15] == 7);
        CHECK(bench.context.memory[8192 + 16] == 0);
        CHECK(bench.loaded == 2 * 6 * 4);
        CHECK(bench.received.size() == kPackedBytes);
        CHECK(bench.counter("tiles") == 8);
        CHECK(bench.counter("preload") == 6 * 24);
        CHECK(bench.counter("drain") == 6 * 5);
        CHECK(bench.counter("layer_cycles") == 67);
        CHECK(bench.counter("layers") == 1);
        CHECK(bench.counter("weight_bytes") == 99);
        CHECK(bench.counter("activation_bytes") == 2 * 6 * 4 * 2);
        CHECK(bench.counter("output_bytes") == 2 * 3 * 4 * 2);
    });
}

TEST_CASE("hidden preloads go to the other bank when the tile before begins") {
    Bench bench("bench", small_machine(Preload::hidden));
    Script::simulate([&] {
        bench.slots = {7, 3};
        const Completion completion =
            bench.sequencer.execute(bench.describe({1, 3, 6, 4}, kCountBytes / 2 + kPackedBytes), bench.context);
        const Range a{0, 4};
        const Range b{4, 6};
        const std::vector<Event> expected{{'P', 0, 0, 0, a, {0, 3}},  {'C', 4, 0, 0, a, {0, 3}},
                                          {'P', 4, 1, 0, b, {0, 3}},  {'C', 11, 1, 0, b, {0, 3}},
                                          {'P', 11, 0, 0, a, {3, 4}}, {'C', 15, 0, 0, a, {3, 4}},
                                          {'P', 15, 1, 0, b, {3, 4}}, {'C', 22, 1, 0, b, {3, 4}}};
        CHECK(bench.events == expected);
        CHECK(completion.cycles == 30);
        CHECK(bench.counter("preload") == 6 * 5);
        CHECK(bench.counter("drain") == 6 * 5);
    });
}

TEST_CASE("naive preloads wait for the pipeline") {
    Bench bench("bench", small_machine(Preload::naive));
    Script::simulate([&] {
        bench.slots = {7, 3};
        const Completion completion =
            bench.sequencer.execute(bench.describe({1, 3, 6, 3}, kCountBytes / 2 + kPackedBytes), bench.context);
        REQUIRE(bench.events.size() == 4);
        CHECK(bench.events[2].cycle == 16);
        CHECK(completion.cycles == 4 + 7 + 5 + 2 + 3 + 5);
        CHECK(bench.counter("preload") == 6 * 6);
        CHECK(bench.counter("drain") == 6 * 10);
    });
}

TEST_CASE("a counted layer reads heads only and keeps its time") {
    Bench bench("bench", small_machine(Preload::serial));
    Script::simulate([&] {
        bench.slots = {7, 3, 5, 4};
        nz_descriptor d = bench.describe(kShape, kCountBytes, NZ_FLAG_COUNT_ONLY);
        d.input.size = 12 * 4;
        // Three activations meet two weights in column 1, four meet one in column 11.
        bench.context.memory[4] = 3;
        bench.context.memory[4096 + 4] = 2;
        bench.context.memory[11 * 4] = 4;
        bench.context.memory[4096 + 11 * 4] = 1;
        bench.context.memory[4096 + 48] = 5;
        bench.output_bytes.clear();
        const Completion completion = bench.sequencer.execute(d, bench.context);
        CHECK(completion.cycles == 67);
        CHECK(completion.useful_products == 10 + 8 * 4);  // the stub counts as well
        CHECK(completion.output_bytes == 0);
        CHECK(bench.loaded == 0);
        CHECK(bench.received.size() == kCountBytes);
        CHECK(bench.received.front() == 5);
        CHECK(bench.context.read_bytes == 48 + 48 + kCountBytes);
        CHECK(bench.asked.out == nullptr);
        CHECK(bench.counter("weight_bytes") == 99);
        CHECK(bench.counter("activation_bytes") == 2 * 6 * 4 * 2);

        bench.context.memory[4] = 5;  // of four positions
        CHECK(fault_of(bench, d) == NZ_ERROR_DATA);
        bench.context.memory[4] = 3;
        bench.context.memory[4096 + 4] = 4;  // of three rows
        CHECK(fault_of(bench, d) == NZ_ERROR_DATA);
    });
}

TEST_CASE("a pattern gives every row its slots where the machine goes by it") {
    Bench bench("bench", small_machine(Preload::serial));
    Script::simulate([&] {
        bench.slots = {7, 3, 5, 4};
        nz_descriptor d = bench.describe(kShape, kCountBytes + kPackedBytes);
        d.nm_n = 3;
        d.nm_m = 4;
        CHECK(fault_of(bench, d) == NZ_ERROR_NONE);
        CHECK(bench.uniform == 2);
        d.nm_m = 6;
        CHECK(fault_of(bench, d) == NZ_ERROR_SPARSITY);
        d.nm_n = d.nm_m = 0;
        CHECK(fault_of(bench, d) == NZ_ERROR_NONE);
        CHECK_FALSE(bench.uniform.has_value());
    });
}

TEST_CASE("a machine that goes by rows takes any pattern") {
    DemmParameters parameters = small_machine(Preload::serial);
    parameters.rho = SlotsPerRow::per_row;
    Bench bench("bench", parameters);
    Script::simulate([&] {
        bench.slots = {7, 3, 5, 4};
        nz_descriptor d = bench.describe(kShape, kCountBytes + kPackedBytes);
        d.nm_n = 3;
        d.nm_m = 5;
        CHECK(fault_of(bench, d) == NZ_ERROR_NONE);
        CHECK_FALSE(bench.uniform.has_value());
    });
}

TEST_CASE("operands that cannot be are refused") {
    Bench bench("bench", small_machine(Preload::serial));
    Script::simulate([&] {
        bench.slots = {7, 3, 5, 4};
        const nz_descriptor sound = bench.describe(kShape, kCountBytes + kPackedBytes);
        CHECK(fault_of(bench, sound) == NZ_ERROR_NONE);
        nz_descriptor d = sound;
        d.input.size -= 1;
        CHECK(fault_of(bench, d) == NZ_ERROR_REGION);
        d = sound;
        d.weights.size = 48 + kCountBytes - 1;
        CHECK(fault_of(bench, d) == NZ_ERROR_REGION);
        // Two tiles of 3 rows: at most 8 + 6 + 2 * 3 * 3 * 2 and 8 + 6 + 2 * 3 * 3, rounded up to 4, in each
        // convolution group.
        d = sound;
        d.weights.size = 48 + kCountBytes + 2 * (52 + 32);
        CHECK(fault_of(bench, d) == NZ_ERROR_NONE);
        d.weights.size += 1;
        CHECK(fault_of(bench, d) == NZ_ERROR_REGION);
        bench.malformed = true;
        CHECK(fault_of(bench, sound) == NZ_ERROR_DATA);
        bench.malformed = false;
        bench.activation_bits = 10;
        CHECK(fault_of(bench, sound) == NZ_ERROR_DATA);
        bench.activation_bits = 9;
        CHECK(fault_of(bench, sound) == NZ_ERROR_NONE);
    });
}

TEST_CASE("an abort gets through and a reset frees the memory") {
    Bench bench("bench", small_machine(Preload::serial));
    Script::simulate([&] {
        bench.slots = {7, 3, 5, 4};
        const nz_descriptor d = bench.describe(kShape, kCountBytes + kPackedBytes);
        bench.sequencer.execute(d, bench.context);
        bench.context.abort_at = sc_core::sc_time_stamp() + bench.clock(30);
        CHECK_THROWS_AS(bench.sequencer.execute(d, bench.context), Aborted);
        bench.sequencer.reset();
        CHECK(bench.discards == 1);
        CHECK(bench.counter("layers") == 1);
        bench.context.abort_at = sc_core::sc_max_time();
        CHECK(bench.sequencer.execute(d, bench.context).cycles == 67);
    });
}

TEST_CASE("a block that takes another time than planned is a programming error") {
    Bench bench("bench", small_machine(Preload::serial));
    Script::simulate([&] {
        bench.slots = {7, 3, 5, 4};
        bench.surplus = 1;
        CHECK_THROWS_AS(bench.sequencer.execute(bench.describe(kShape, kCountBytes + kPackedBytes), bench.context),
                        std::logic_error);
    });
}
