// One thing flipped in one message between two blocks of Eyeriss v2: values, cycles by cause, products or a block
// itself have to notice it, for every kind of message and every socket. A second machine passes the same checks.

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/eyeriss_v2/messages.h"
#include "models/masked/messages.h"
#include "tests/platforms/eyeriss_v2_bench.h"
#include "tests/platforms/fault_bench.h"

using namespace nonzero;
using namespace nonzero::test;
using namespace nonzero::eyeriss_v2;

namespace {

oracle::EyerissV2Config machine() {
    oracle::EyerissV2Config config;
    config.cluster_rows = 2;
    config.pe_columns = 2;
    config.M0 = 4;
    return config;
}
constexpr std::uint64_t kPes = 2 * 2 * 3 * 2;

RandomLayer work() {
    std::mt19937_64 random(9);
    RandomLayer layer;
    layer.layer = square_convolution("work", 11, 7, 8, 3);
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
    const auto expected = oracle::simulate_eyeriss_v2(layer.layer, layer.input, layer.weights, machine());
    expect(bench.lowering->decode_sums(job, outcome.output) == convolve(layer.layer, layer.input, layer.weights),
           "values");
    expect(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == expected.products, "products");
    expect(outcome.records.back().cycles == expected.cycles, "cycles");
    expect(attributed_cycles("eyeriss_v2", bench) == kPes * outcome.records.back().cycles, "causes");
    expect(bench.platform.statistic_sum("output_encoder.outputs") == expected.output.size(), "outputs");
    return text;
}

template <class Message>
void check_fault(const std::string& socket, const std::function<bool(Message&)>& flip) {
    const RandomLayer layer = work();
    check_message_fault<Message>("eyeriss_v2", with_settings(eyeriss_v2_settings(machine())), socket, flip,
                                 [&](Standalone& bench) { return complaints_about(bench, layer); });
}

// What a message shares, with a change.
template <class Item, class Change>
void change(std::shared_ptr<const Item>& item, const Change& how) {
    auto copy = std::make_shared<Item>(*item);
    how(*copy);
    item = copy;
}
void raise(std::vector<std::int16_t>& values) {
    for (std::int16_t& value : values) {
        value = std::int16_t(value + 1);
    }
}

}  // namespace

TEST_CASE("Eyeriss v2 fault: weights on their way to a cluster") {
    check_fault<WeightLoad>("sequencer.weights_1", [](WeightLoad& load) {
        change(load.weights, [](CompressedColumns& columns) { raise(columns.values); });
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: columns of weights that end elsewhere") {
    check_fault<WeightLoad>("sequencer.weights_0", [](WeightLoad& load) {
        const bool any = load.weights->pointers[1] > 0;
        if (any) {
            change(load.weights, [](CompressedColumns& columns) { --columns.pointers[1]; });
        }
        return any;
    });
}
TEST_CASE("Eyeriss v2 fault: weights for another row of PEs") {
    check_fault<WeightLoad>("sequencer.weights_0", [](WeightLoad& load) {
        load.row = (load.row + 1) % 3;
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: weights on their way to a PE") {
    check_fault<WeightLoad>("cluster_1_0.pe_weights_2", [](WeightLoad& load) {
        change(load.weights, [](CompressedColumns& columns) { raise(columns.values); });
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: weights of a PE for one filter less") {
    check_fault<WeightLoad>("cluster_0_1.pe_weights_3", [](WeightLoad& load) {
        change(load.weights, [](CompressedColumns& columns) {
            for (std::uint32_t& row : columns.rows) {
                row -= row > 0 ? 1 : 0;
            }
        });
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: inputs on their way to a cluster") {
    check_fault<PassRun>("sequencer.passes_2", [](PassRun& run) {
        change(run.input, [](InputRows& rows) { raise(rows.columns.values); });
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: rows of inputs that end elsewhere") {
    check_fault<PassRun>("sequencer.passes_3", [](PassRun& run) {
        change(run.input, [](InputRows& rows) {
            for (std::uint32_t& count : rows.under_tap) {
                ++count;
            }
        });
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: a pass over other output rows") {
    check_fault<PassRun>("sequencer.passes_0", [](PassRun& run) {
        const bool second = run.pass.output_rows.begin > 0;
        run.pass.output_rows.begin -= second ? 1 : 0;
        run.pass.output_rows.end -= second ? 1 : 0;
        return second;
    });
}
TEST_CASE("Eyeriss v2 fault: inputs on their way to a PE") {
    check_fault<PeRun>("cluster_0_0.pe_passes_4", [](PeRun& run) {
        change(run.input, [](InputRows& rows) { raise(rows.columns.values); });
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: a PE that takes its row for the padding ring") {
    check_fault<PeRun>("cluster_0_1.pe_passes_1", [](PeRun& run) {
        run.row.reset();
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: sums that do not reach a PE") {
    auto zeros = std::make_shared<std::vector<std::int32_t>>();
    check_fault<PeRun>("cluster_1_1.pe_passes_4", [zeros](PeRun& run) {
        zeros->assign(run.sums.size(), 0);
        run.sums = *zeros;
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: sums of a column of PEs") {
    auto raised = std::make_shared<std::vector<std::int32_t>>();
    check_fault<PsumRow>("cluster_1_0.psums", [raised](PsumRow& row) {
        raised->assign(row.sums.begin(), row.sums.end());
        raised->front() += 1;
        row.sums = *raised;
        return true;
    });
}
TEST_CASE("Eyeriss v2 fault: sums of another output row") {
    check_fault<PsumRow>("cluster_0_0.psums", [](PsumRow& row) {
        const bool second = row.output_row > 0;
        row.output_row -= second ? 1 : 0;
        return second;
    });
}
TEST_CASE("Eyeriss v2 fault: the end of a pass, a cycle later") {
    check_fault<ClusterCommand>("sequencer.controls_1", [](ClusterCommand& command) {
        const bool settle = command.kind == ClusterCommand::Kind::settle;
        command.cycles += settle ? 1 : 0;
        return settle;
    });
}
TEST_CASE("Eyeriss v2 fault: a layer that does not begin in a PE") {
    check_fault<ClusterCommand>("cluster_0_0.pe_controls_2", [](ClusterCommand& command) {
        const bool begin = command.kind == ClusterCommand::Kind::begin;
        command.kind = begin ? ClusterCommand::Kind::discard : command.kind;
        return begin;
    });
}
TEST_CASE("Eyeriss v2 fault: filters that never finish in the psum buffer") {
    check_fault<PsumCommand>("sequencer.psums", [](PsumCommand& command) {
        const bool finish = command.kind == PsumCommand::Kind::finish;
        command.kind = PsumCommand::Kind::begin;
        return finish;
    });
}
TEST_CASE("Eyeriss v2 fault: a plane on its way to the output encoder") {
    check_fault<masked::OutputSums>("psum_buffer.sums", [](masked::OutputSums& sums) {
        const bool second = sums.first > 0;
        sums.first = 0;
        return second;
    });
}
TEST_CASE("Eyeriss v2 fault: an output encoder that only counts") {
    auto other = std::make_shared<std::unique_ptr<masked::MaskedLayer>>();
    check_fault<masked::OutputCommand>("sequencer.outputs", [other](masked::OutputCommand& command) {
        *other = std::make_unique<masked::MaskedLayer>(*command.layer);
        (*other)->count_only = true;
        command.layer = other->get();
        return true;
    });
}
