// One thing flipped in one message between two blocks of SparTen: values, cycles by cause, products or a block itself
// have to notice it, for every kind of message and every socket. A second machine passes the same checks.

#include <fmt/format.h>

#include <memory>
#include <string>

#include "models/sparten/messages.h"
#include "tests/platforms/fault_bench.h"
#include "tests/platforms/sparten_bench.h"

using namespace nonzero;
using namespace nonzero::test;
using namespace nonzero::sparten;

namespace {

oracle::SpartenConfig machine() {
    oracle::SpartenConfig config;
    config.clusters = 2;
    config.units = 3;
    config.chunk_positions = 20;
    return config;
}

RandomLayer work() {
    std::mt19937_64 random(9);
    RandomLayer layer;
    layer.layer = square_convolution("work", 3, 5, 8, 3);
    layer.input = random_operands(random, layer.layer.input_shape(), 0.6, 100);
    layer.weights = random_operands(random, layer.layer.weight_shape(), 0.5, 100);
    return layer;
}

// Everything that is wrong with a finished layer.
std::string complaints_about(Standalone& bench, const RandomLayer& layer) {
    const LayerJob job = job_of(layer);
    const HostOutcome outcome = run_afresh(bench, job);
    if (!outcome.done) {
        return fmt::format("error {}", int(outcome.error));
    }
    std::string text;
    const auto expect = [&](bool holds, const char* what) { text += holds ? "" : std::string(what) + "; "; };
    const auto expected = oracle::simulate_sparten(layer.layer, layer.input, layer.weights, machine());
    expect(bench.lowering->decode_sums(job, outcome.output) == convolve(layer.layer, layer.input, layer.weights),
           "values");
    expect(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == expected.products, "products");
    expect(outcome.records.back().cycles == expected.cycles, "cycles");
    expect(attributed_cycles("sparten", bench) == 6 * outcome.records.back().cycles, "causes");
    expect(bench.platform.statistic_sum("output_collector.outputs") == expected.output.size(), "outputs");
    return text;
}

template <class Message>
void check_fault(const std::string& socket, const std::function<bool(Message&)>& flip) {
    const RandomLayer layer = work();
    check_message_fault<Message>("sparten", with_settings(sparten_settings(machine())), socket, flip,
                                 [&](Standalone& bench) { return complaints_about(bench, layer); });
}

// A message's block, or vectors, with a change.
template <class Item, class Change>
void change(std::shared_ptr<const Item>& item, const Change& how) {
    auto copy = std::make_shared<Item>(*item);
    how(*copy);
    item = copy;
}
void flip_values(Vectors& vectors) {
    for (std::int16_t& value : vectors.values) {
        value = std::int16_t(value + 1);
    }
}
void flip_masks(Vectors& vectors) {
    for (std::size_t n = 0; n < vectors.masks.size(); ++n) {
        vectors.masks[n] ^= 5;
    }
}

}  // namespace

TEST_CASE("SparTen fault: weights on their way to a cluster") {
    check_fault<BlockLoad>("sequencer.filters_1", [](BlockLoad& load) {
        change(load.block, [](FilterBlock& block) { ++block.vectors.values[3]; });
        return true;
    });
}
TEST_CASE("SparTen fault: masks of filters on their way to a cluster") {
    check_fault<BlockLoad>("sequencer.filters_0", [](BlockLoad& load) {
        change(load.block, [](FilterBlock& block) { flip_masks(block.vectors); });
        return true;
    });
}
TEST_CASE("SparTen fault: two filters of a block change their names") {
    check_fault<BlockLoad>("sequencer.filters_0", [](BlockLoad& load) {
        change(load.block, [](FilterBlock& block) { std::swap(block.filters[0], block.filters[1]); });
        return true;
    });
}
TEST_CASE("SparTen fault: weights on their way to a unit") {
    check_fault<UnitLoad>("cluster_1.unit_filters_2", [](UnitLoad& load) {
        change(load.block, [](FilterBlock& block) { flip_values(block.vectors); });
        return true;
    });
}
TEST_CASE("SparTen fault: a unit that works on another filter") {
    check_fault<UnitLoad>("cluster_0.unit_filters_1", [](UnitLoad& load) {
        load.filters.members[0] = (load.filters.members[0] + 1) % 5;
        return true;
    });
}
TEST_CASE("SparTen fault: inputs on their way to a cluster") {
    check_fault<CellRun>("sequencer.cells_0", [](CellRun& run) {
        change(run.vectors, flip_values);
        return true;
    });
}
TEST_CASE("SparTen fault: masks of inputs on their way to a cluster") {
    check_fault<CellRun>("sequencer.cells_1", [](CellRun& run) {
        change(run.vectors, flip_masks);
        return true;
    });
}
TEST_CASE("SparTen fault: cells that are not those of the inputs") {
    check_fault<CellRun>("sequencer.cells_1", [](CellRun& run) {
        run.cells = {run.cells.begin - 1, run.cells.end - 1};
        return true;
    });
}
TEST_CASE("SparTen fault: inputs on their way to a unit") {
    check_fault<UnitRun>("cluster_0.unit_cells_0", [](UnitRun& run) {
        change(run.vectors, flip_values);
        return true;
    });
}
TEST_CASE("SparTen fault: masks of inputs on their way to a unit") {
    check_fault<UnitRun>("cluster_1.unit_cells_1", [](UnitRun& run) {
        change(run.vectors, flip_masks);
        return true;
    });
}
TEST_CASE("SparTen fault: the end of a layer, a cycle later") {
    check_fault<ClusterCommand>("sequencer.controls_1", [](ClusterCommand& command) {
        const bool settle = command.kind == ClusterCommand::Kind::settle;
        command.cycles += settle ? 1 : 0;
        return settle;
    });
}
TEST_CASE("SparTen fault: a layer that does not begin in a unit") {
    check_fault<ClusterCommand>("cluster_0.unit_controls_2", [](ClusterCommand& command) {
        const bool begin = command.kind == ClusterCommand::Kind::begin;
        command.kind = begin ? ClusterCommand::Kind::discard : command.kind;
        return begin;
    });
}
TEST_CASE("SparTen fault: sums that do not reach the output collector") {
    auto zeros = std::make_shared<std::vector<std::int64_t>>();
    check_fault<masked::OutputSums>("cluster_1.sums", [zeros](masked::OutputSums& sums) {
        zeros->assign(sums.sums.size(), 0);
        sums.sums = *zeros;
        return true;
    });
}
TEST_CASE("SparTen fault: fewer outputs than a run has") {
    check_fault<masked::OutputSums>("cluster_0.sums", [](masked::OutputSums& sums) {
        --sums.outputs;
        return true;
    });
}
TEST_CASE("SparTen fault: an output collector that only counts") {
    auto other = std::make_shared<std::unique_ptr<masked::MaskedLayer>>();
    check_fault<masked::OutputCommand>("sequencer.outputs", [other](masked::OutputCommand& command) {
        *other = std::make_unique<masked::MaskedLayer>(*command.layer);
        (*other)->count_only = true;
        command.layer = other->get();
        return true;
    });
}
