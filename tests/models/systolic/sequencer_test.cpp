// The sequencer between stubs: what it asks of which block and when, and what it refuses.

#include "models/systolic/sequencer.h"

#include <catch2/catch.hpp>

#include "tests/models/gemm/sequencer_bench.h"

using namespace nonzero;
using namespace nonzero::systolic;

namespace {

// A job as the blocks saw it.
struct Event {
    Cycles cycle;
    int convolution_group;
    std::vector<std::uint32_t> rows;
    Range slots;
    Range pixels;
    Range columns;
    bool fetched;  // else the operands were there
    bool operator==(const Event&) const = default;
};

struct Bench : gemm::GemmSequencerBench {
    Bench(sc_core::sc_module_name module_name, const ArrayParameters& machine)
        : gemm::GemmSequencerBench(module_name),
          parameters(machine),
          sequencer("sequencer", machine, clock, statistics, nullptr),
          activations("activations",
                      [this](gemm::ActivationLoad& load, sc_core::sc_time&) { load.bits = activation_bits; }),
          tiles("tiles",
                [this](gemm::ActivationTile& tile, sc_core::sc_time&) {
                    asked = tile;
                    for (int k = 0; tile.out != nullptr && k < tile.k.size(); ++k) {
                        for (int p = 0; p < tile.p.size(); ++p) {
                            tile.out[std::size_t(k) * tile.row_stride + std::size_t(p)] = std::int16_t(p == 0 ? 0 : 1);
                        }
                    }
                }),
          output("output",
                 [this](gemm::OutputCommand& command, sc_core::sc_time&) {
                     if (command.kind == gemm::OutputCommand::Kind::begin) {
                         layer_start = sc_core::sc_time_stamp();
                         events.clear();
                     }
                 }),
          weights("weights",
                  [this](WeightLoad& load, sc_core::sc_time&) {
                      received = load;
                      load.malformed = malformed;
                      load.panels = &panels;
                      load.packed_bytes = 77;
                  }),
          slots("slots",
                [this](SlotRequest& request, sc_core::sc_time& delay) {
                    const Panel& panel = panels[std::size_t(request.convolution_group)][request.job->panel];
                    const PassJob& job = *request.job;
                    events.push_back({now(),
                                      request.convolution_group,
                                      panel.rows,
                                      {int(job.slot_begin), int(job.slot_end)},
                                      {},
                                      {int(job.column_begin), int(job.column_end)},
                                      false});
                    passes = request.passes;
                    delay += clock(passes.count * passes.each.load);
                }),
          operands("operands", [this](OperandBlock& block, sc_core::sc_time& delay) {
              Event& event = events.back();
              event.pixels = block.pixels;
              event.fetched = asked.out != nullptr;
              CHECK(asked.convolution_group == block.convolution_group);
              CHECK(asked.k == event.columns);
              CHECK(asked.p == block.pixels);
              CHECK(block.columns == std::uint64_t(event.columns.size()));
              CHECK(block.last);
              CHECK(block.bits == activation_bits);
              if (block.data != nullptr) {
                  for (const std::uint32_t count : block.non_zeros) {
                      CHECK(count == std::uint32_t(block.pixels.size() - 1));
                  }
                  CHECK(block.non_zeros.size() == std::size_t(event.columns.size()));
              }
              block.products = 5;
              block.useful_products = 2;
              delay += clock(passes.count * passes.each.stream + surplus);
          }) {
        sequencer.activations.bind(activations);
        sequencer.tiles.bind(tiles);
        sequencer.outputs.bind(output);
        sequencer.weights.bind(weights);
        sequencer.slots.bind(slots);
        sequencer.operands.bind(operands);
    }
    ArrayParameters parameters;
    Sequencer sequencer;
    StreamTarget<gemm::ActivationLoad> activations;
    StreamTarget<gemm::ActivationTile> tiles;
    StreamTarget<gemm::OutputCommand> output;
    StreamTarget<WeightLoad> weights;
    StreamTarget<SlotRequest> slots;
    StreamTarget<OperandBlock> operands;

    // What the stubs answer.
    std::vector<std::vector<Panel>> panels;
    Cycles surplus = 0;
    // What they saw.
    gemm::ActivationTile asked;
    WeightLoad received;
    JobPasses passes;
    std::vector<Event> events;
};

ArrayParameters machine(ArrayKind kind, int rows, int columns, PassTiming timing = PassTiming::serial) {
    ArrayParameters parameters = default_parameters(kind);
    parameters.rows = rows;
    parameters.columns = columns;
    parameters.tpe_rows = parameters.tpe_columns = parameters.split = 1;
    parameters.timing = timing;
    return parameters;
}

using Rows = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("weight-stationary passes hold operands for all rows that need them") {
    Bench bench("bench", machine(ArrayKind::vegeta, 4, 2));
    Script::simulate([&] {
        // K = 6: two blocks. Rows 1 has one slot to a block; 0, 2 and 3 have four.
        bench.panels = {{{{1}, 1, 2, {}}, {{0, 2}, 4, 8, {}}, {{3}, 4, 8, {}}}};
        const nz_descriptor d = bench.describe({1, 4, 6, 5}, 4 * 3 * 4 + 40);
        const Completion completion = bench.sequencer.execute(d, bench.context);
        const Cycles pass = 2 * 4 + 2 + 5 - 2;
        const Range all{0, 5};
        const std::vector<Event> expected{{0, 0, Rows{1}, {0, 2}, all, {0, 6}, true},
                                          {pass, 0, Rows{0, 2}, {0, 4}, all, {0, 4}, true},
                                          {2 * pass, 0, Rows{3}, {0, 4}, all, {0, 4}, false},
                                          {3 * pass, 0, Rows{0, 2}, {4, 8}, all, {4, 6}, true},
                                          {4 * pass, 0, Rows{3}, {4, 8}, all, {4, 6}, false}};
        CHECK(bench.events == expected);
        CHECK(completion.cycles == 5 * pass);
        CHECK(completion.products == 25);
        CHECK(completion.useful_products == 10);
        CHECK(bench.counter("operand_load") == 8 * 5 * 4);
        CHECK(bench.counter("fill_drain") == 8 * 5 * 4);
        CHECK(bench.counter("cycles_serial") == 5 * pass);
        CHECK(bench.counter("cycles_rtl") == 5 * (pass + 4));
        CHECK(bench.counter("cycles_db") == 5 * 5 + 2 * 4 + 2 - 2);
        CHECK(bench.counter("weight_bytes") == 77);
        CHECK(bench.received.bytes.size() == 40);
        CHECK_FALSE(bench.received.uniform_n.has_value());
        CHECK_FALSE(bench.received.counted);
    });
}

TEST_CASE("double-buffered passes overlap") {
    Bench bench("bench", machine(ArrayKind::weight_stationary, 4, 2, PassTiming::double_buffered));
    Script::simulate([&] {
        bench.panels = {{{{0, 1}, 1, 6, {}}}, {{{0, 1}, 1, 6, {}}}};
        // Three pixels stream in 3 cycles, weights move in in 4.
        const Completion completion =
            bench.sequencer.execute(bench.describe({2, 2, 6, 3}, 4 * 3 * 4 + 40), bench.context);
        std::vector<Cycles> begins;
        for (const Event& event : bench.events) {
            begins.push_back(event.cycle);
        }
        CHECK(begins == std::vector<Cycles>{0, 8, 12, 16});
        CHECK(completion.cycles == 4 * 4 + 2 * 4 + 2 - 2);
        CHECK(bench.counter("operand_load") == 8 * (4 + 4 * 1));
        CHECK(bench.counter("fill_drain") == 8 * 4);
        CHECK(bench.counter("cycles_report") == bench.counter("cycles_serial") - 1);
    });
}

TEST_CASE("output-stationary jobs of all rows share the operands of their pixels") {
    Bench bench("bench", machine(ArrayKind::s2ta, 2, 3));
    Script::simulate([&] {
        bench.panels = {{{{0, 1}, 2, 4, {}}, {{2}, 1, 2, {}}}};
        const Completion completion =
            bench.sequencer.execute(bench.describe({1, 3, 9, 7}, 3 * 2 * 4 + 40), bench.context);
        // Three tiles of pixels for each panel; a panel of n waits n cycles at each of 2 + 3 - 2 steps.
        const std::vector<Event> expected{{0, 0, Rows{0, 1}, {0, 4}, {0, 7}, {0, 9}, true},
                                          {3 * (4 + 2 * 3), 0, Rows{2}, {0, 2}, {0, 7}, {0, 9}, false}};
        CHECK(bench.events == expected);
        CHECK(completion.cycles == 3 * (4 + 2 * 3) + 3 * (2 + 3));
        CHECK(bench.counter("cycles_scale") == 3 * (4 + 3) + 3 * (2 + 3));
        CHECK(bench.counter("cycles_db") == 3 * 4 + 3 * 2 + 1 * 3);
        CHECK(bench.counter("operand_load") == 0);
    });
}

TEST_CASE("input-stationary passes go through all slots of their pixels") {
    Bench bench("bench", machine(ArrayKind::input_stationary, 4, 2));
    Script::simulate([&] {
        bench.panels = {{{{0, 1, 2}, 1, 6, {}}}};
        const Completion completion =
            bench.sequencer.execute(bench.describe({1, 3, 6, 5}, 3 * 3 * 4 + 60), bench.context);
        const Cycles pass = 2 * 4 + 2 + 3 - 2;
        const std::vector<Event> expected{{0, 0, Rows{0, 1, 2}, {0, 4}, {0, 5}, {0, 4}, true},
                                          {3 * pass, 0, Rows{0, 1, 2}, {4, 6}, {0, 5}, {4, 6}, true}};
        CHECK(bench.events == expected);
        CHECK(completion.cycles == 6 * pass);
    });
}

TEST_CASE("a counted layer asks for the same without operands") {
    Bench bench("bench", machine(ArrayKind::weight_stationary, 4, 2));
    Script::simulate([&] {
        bench.panels = {{{{0, 1}, 1, 6, {}}}};
        nz_descriptor d = bench.describe({1, 2, 6, 3}, 2 * 3 * 4, NZ_FLAG_COUNT_ONLY);
        d.input.size = 6 * 4;
        const Completion completion = bench.sequencer.execute(d, bench.context);
        CHECK(completion.cycles == 2 * (2 * 4 + 2 + 3 - 2));
        CHECK(bench.events.size() == 2);
        CHECK(bench.asked.out == nullptr);
        CHECK(bench.received.counted);
        CHECK(bench.received.bytes.size() == 2 * 3 * 4);
    });
}

TEST_CASE("only the array's own patterns are taken") {
    Bench vegeta("vegeta", machine(ArrayKind::vegeta, 4, 2));
    Bench dense("dense", machine(ArrayKind::weight_stationary, 4, 2));
    Script::simulate([&] {
        vegeta.panels = {{{{0, 1}, 2, 4, {}}}};
        nz_descriptor d = vegeta.describe({1, 2, 6, 3}, 2 * 3 * 4 + 20);
        d.nm_n = 2;
        d.nm_m = 4;
        CHECK(fault_of(vegeta, d) == NZ_ERROR_NONE);
        CHECK(vegeta.received.uniform_n == 2);
        d.nm_n = 3;
        CHECK(fault_of(vegeta, d) == NZ_ERROR_SPARSITY);
        d.nm_n = 2;
        d.nm_m = 8;
        CHECK(fault_of(vegeta, d) == NZ_ERROR_SPARSITY);
        d.nm_n = d.nm_m = 1;
        dense.context.memory.assign(20000, 0);
        CHECK(fault_of(dense, d) == NZ_ERROR_SPARSITY);
    });
}

TEST_CASE("operands that cannot be are refused") {
    Bench bench("bench", machine(ArrayKind::weight_stationary, 4, 2));
    Script::simulate([&] {
        bench.panels = {{{{0, 1}, 1, 6, {}}}};
        const nz_descriptor sound = bench.describe({1, 2, 6, 3}, 2 * 3 * 4 + 32);
        CHECK(fault_of(bench, sound) == NZ_ERROR_NONE);
        nz_descriptor d = sound;
        d.weights.size = 24 + 23;
        CHECK(fault_of(bench, d) == NZ_ERROR_REGION);
        d.weights.size = 24 + 24 + 2 * 4 + 12 * 3 + 1;  // more than any packed weights take
        CHECK(fault_of(bench, d) == NZ_ERROR_REGION);
        bench.malformed = true;
        CHECK(fault_of(bench, sound) == NZ_ERROR_DATA);
        bench.malformed = false;
        bench.activation_bits = 10;
        CHECK(fault_of(bench, sound) == NZ_ERROR_DATA);
    });
}

TEST_CASE("an abort gets through") {
    Bench bench("bench", machine(ArrayKind::weight_stationary, 4, 2));
    Script::simulate([&] {
        bench.panels = {{{{0, 1}, 1, 6, {}}}};
        const nz_descriptor d = bench.describe({1, 2, 6, 30}, 2 * 3 * 4 + 32);
        bench.context.abort_at = sc_core::sc_time_stamp() + bench.clock(45);
        CHECK_THROWS_AS(bench.sequencer.execute(d, bench.context), Aborted);
        bench.sequencer.reset();
        CHECK(bench.counter("cycles_serial") == 0);
        CHECK(bench.counter("operand_load") == 0);
        bench.context.abort_at = sc_core::sc_max_time();
        CHECK(bench.sequencer.execute(d, bench.context).cycles == 2 * (2 * 4 + 2 + 30 - 2));
    });
}

TEST_CASE("an array that takes another time than planned is a programming error") {
    Bench bench("bench", machine(ArrayKind::weight_stationary, 4, 2));
    Script::simulate([&] {
        bench.panels = {{{{0, 1}, 1, 6, {}}}};
        bench.surplus = 1;
        CHECK_THROWS_AS(bench.sequencer.execute(bench.describe({1, 2, 6, 3}, 2 * 3 * 4 + 32), bench.context),
                        std::logic_error);
    });
}
