// One thing flipped in one message between two blocks of Phantom-2D: values, cycles by cause, products or a block
// itself have to notice it, for every kind of message and every socket. A second machine passes the same checks.

#include <fmt/format.h>

#include <memory>
#include <string>

#include "models/phantom/messages.h"
#include "tests/platforms/fault_bench.h"
#include "tests/platforms/phantom_bench.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;
using namespace nonzero::phantom;

namespace {

const Settings kMachine{{"mesh.rows", "3"}, {"mesh.columns", "2"}};

RandomLayer work(bool neurons) {
    std::mt19937_64 random(9);
    RandomLayer layer;
    layer.layer = square_convolution("work", 3, 5, 8, 3);
    if (neurons) {
        layer.layer = Layer{};
        layer.layer.kind = LayerKind::fully_connected;
        layer.layer.C = 40;
        layer.layer.K = 30;
    }
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
    oracle::PhantomConfig config;
    config.mesh_rows = 3;
    config.mesh_columns = 2;
    const auto expected = oracle::simulate_phantom(layer.layer, layer.input, layer.weights, config);
    expect(bench.lowering->decode_sums(job, outcome.output) == convolve(layer.layer, layer.input, layer.weights),
           "values");
    expect(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == expected.products, "products");
    expect(cycles_of_layer(outcome) == expected.cycles, "cycles");
    expect(attributed_cycles("phantom2d", bench) == 18 * cycles_of_layer(outcome), "causes");
    expect(bench.platform.statistic_sum("output_encoder.outputs") == expected.output.size(), "outputs");
    return text;
}

template <class Message>
void check_fault(const std::string& socket, const std::function<bool(Message&)>& flip, bool neurons = false) {
    const RandomLayer layer = work(neurons);
    check_message_fault<Message>("phantom2d", with_settings(kMachine), socket, flip,
                                 [&](Standalone& bench) { return complaints_about(bench, layer); });
}

bool flip_stationary_value(OperandBlock& block) {
    if (!block.stationary || block.stationary->values.empty()) {
        return false;
    }
    auto copy = std::make_shared<StationaryOperand>(*block.stationary);
    copy->values[0] = std::int16_t(copy->values[0] + 1);
    block.stationary = copy;
    return true;
}

bool flip_stationary_mask(OperandBlock& block) {
    if (!block.stationary) {
        return false;
    }
    auto copy = std::make_shared<StationaryOperand>(*block.stationary);
    copy->masks[0] ^= 1U;
    block.stationary = copy;
    return true;
}

// Another value of the operand, one whose tap has a weight in some filter.
bool flip_moving_values(OperandBlock& block) {
    if (!block.moving || block.moving->values.empty()) {
        return false;
    }
    auto copy = std::make_shared<MovingOperand>(*block.moving);
    for (std::int16_t& value : copy->values) {
        value = std::int16_t(value + 1);
    }
    block.moving = copy;
    return true;
}

bool flip_moving_mask(OperandBlock& block) {
    if (!block.moving) {
        return false;
    }
    auto copy = std::make_shared<MovingOperand>(*block.moving);
    std::size_t window = 0;
    while (window < 8 && copy->masks.at(4, window)) {
        ++window;
    }
    if (window == 8) {
        return false;
    }
    copy->masks.set(4, window);
    block.moving = copy;
    return true;
}

}  // namespace

TEST_CASE("Phantom-2D fault: a weight on its way to a lane") {
    check_fault<OperandBlock>("sequencer.weights_1", flip_stationary_value);
}
TEST_CASE("Phantom-2D fault: a weight on its way to a core") {
    check_fault<OperandBlock>("weight_broadcast_0.cores_2", flip_stationary_value);
}
TEST_CASE("Phantom-2D fault: a bit of a filter's mask") {
    check_fault<OperandBlock>("weight_broadcast_1.cores_0", flip_stationary_mask);
}
TEST_CASE("Phantom-2D fault: activations on their way to a lane") {
    check_fault<OperandBlock>("sequencer.activations_2", flip_moving_values);
}
TEST_CASE("Phantom-2D fault: activations on their way to a core") {
    check_fault<OperandBlock>("activation_sharing_0.cores_1", flip_moving_values);
}
TEST_CASE("Phantom-2D fault: a bit of the activations' mask") {
    check_fault<OperandBlock>("activation_sharing_1.cores_0", flip_moving_mask);
}
TEST_CASE("Phantom-2D fault: a filter that does not reach a core") {
    check_fault<OperandBlock>("sequencer.weights_0", [](OperandBlock& block) {
        --block.cores.end;
        return true;
    });
}
TEST_CASE("Phantom-2D fault: activations that do not reach a core") {
    check_fault<OperandBlock>("sequencer.activations_0", [](OperandBlock& block) {
        ++block.cores.begin;
        return true;
    });
}
TEST_CASE("Phantom-2D fault: an input of a fully connected layer") {
    check_fault<OperandBlock>("activation_sharing_2.cores_1", flip_stationary_value, true);
}
TEST_CASE("Phantom-2D fault: weights of neurons") {
    check_fault<OperandBlock>("weight_broadcast_0.cores_1", flip_moving_values, true);
}
TEST_CASE("Phantom-2D fault: a task that does not reach its core") {
    check_fault<CoreCommand>("sequencer.cores_3", [](CoreCommand& command) {
        const bool work = command.kind == CoreCommand::Kind::work;
        command.kind = work ? CoreCommand::Kind::settle : command.kind;
        return work;
    });
}
TEST_CASE("Phantom-2D fault: the end of a job, a cycle later") {
    check_fault<CoreCommand>("sequencer.cores_0", [](CoreCommand& command) {
        const bool settle = command.kind == CoreCommand::Kind::settle;
        command.slowest += settle ? 1 : 0;
        return settle;
    });
}
TEST_CASE("Phantom-2D fault: the fill of a job") {
    check_fault<CoreCommand>("sequencer.cores_5", [](CoreCommand& command) {
        const bool settle = command.kind == CoreCommand::Kind::settle;
        command.fill = settle ? 0 : command.fill;
        return settle;
    });
}
TEST_CASE("Phantom-2D fault: sums that do not reach the output encoder") {
    check_fault<masked::OutputSums>("core_1_1.sums", [](masked::OutputSums& sums) {
        static const std::vector<std::int64_t> zeros(64);
        sums.sums = std::span(zeros).first(sums.sums.size());
        return true;
    });
}
TEST_CASE("Phantom-2D fault: fewer outputs than a task has") {
    check_fault<masked::OutputSums>("core_0_0.sums", [](masked::OutputSums& sums) {
        --sums.outputs;
        return true;
    });
}
