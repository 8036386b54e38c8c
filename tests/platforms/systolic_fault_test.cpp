// One thing flipped in one message between two blocks of a systolic machine: the comparison of values, of counts or a
// check of conservation has to notice it, for every kind of message. A second machine without the fault passes the same
// checks.

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/gemm/messages.h"
#include "models/systolic/messages.h"
#include "tests/platforms/fault_bench.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;
using namespace nonzero::systolic;

namespace {

RandomLayer work() {
    std::mt19937_64 random(12);
    RandomLayer test;
    test.layer = square_convolution("work", 6, 40, 9, 3);
    test.input = random_operands(random, test.layer.input_shape(), 0.7, 100);
    test.weights = random_operands(random, test.layer.weight_shape(), 0.3, 100);
    return test;
}

// Everything that is wrong with a finished layer. passes: of the healthy machine.
std::string complaints_about(const std::string& kind, const Standalone& bench, const RandomLayer& test,
                             const HostOutcome& outcome, std::uint64_t passes) {
    if (!outcome.done) {
        return fmt::format("error {}", int(outcome.error));
    }
    std::string text;
    const auto expect = [&](bool holds, const std::string& what) { text += holds ? "" : what + "; "; };
    LayerJob job = job_of(test);
    const Psums sums = convolve(test.layer, test.input, test.weights);
    expect(bench.lowering->decode_sums(job, outcome.output) == sums, "values");
    expect(attributed_cycles(kind, bench) == 512 * outcome.records.back().cycles, "cycles");
    const auto counter = [&](const char* name) { return bench.platform.statistic(name); };
    expect(counter("array.busy") == non_zeros(test.weights) * 81, "busy");
    expect(counter("array.passes") == passes, "passes");
    expect(counter("output_buffer.outputs") == sums.size(), "outputs");
    return text;
}

template <class Message>
void check_fault(const std::string& kind, const std::string& socket, const std::function<bool(Message&)>& flip) {
    const RandomLayer test = work();
    std::uint64_t passes = 0;
    check_message_fault<Message>(kind, {}, socket, flip, [&](Standalone& bench) {
        std::string text;
        // Twice, so that what an earlier layer leaves behind shows.
        for (int n = 0; n < 2; ++n) {
            const HostOutcome outcome = run_afresh(bench, job_of(test));
            if (passes == 0) {
                passes = bench.platform.statistic("array.passes");
            }
            text += complaints_about(kind, bench, test, outcome, passes);
        }
        return text;
    });
}

}  // namespace

TEST_CASE("a changed activation is noticed by a systolic machine") {
    check_fault<gemm::ActivationLoad>("vegeta", "sequencer.activations", [](gemm::ActivationLoad& load) {
        load.activations[40] = std::int16_t(load.activations[40] ^ 4);
        return true;
    });
}

TEST_CASE("a tile of other operands is noticed by a systolic machine") {
    check_fault<gemm::ActivationTile>("systolic_ws", "sequencer.tiles", [](gemm::ActivationTile& tile) {
        tile.k = {tile.k.begin + 1, tile.k.end + 1};
        return true;
    });
}

TEST_CASE("a changed byte of the packed weights is noticed by a systolic machine") {
    std::vector<std::uint8_t> bytes;
    check_fault<WeightLoad>("s2ta", "sequencer.weights", [&](WeightLoad& load) {
        bytes.assign(load.bytes.begin(), load.bytes.end());
        bytes.at(4 * 40 + 2) ^= 8;  // a weight
        load.bytes = bytes;
        return true;
    });
}

TEST_CASE("slots of another job are noticed by a systolic machine") {
    PassJob other;
    check_fault<SlotRequest>("vegeta", "sequencer.slots", [&](SlotRequest& request) {
        other = *request.job;
        if (other.slot_begin == 0) {
            return false;
        }
        other.slot_begin -= 4;
        other.slot_end -= 4;
        request.job = &other;
        return true;
    });
}

TEST_CASE("a changed slot is noticed by a systolic machine") {
    std::vector<std::int16_t> values;
    check_fault<SlotBlock>("systolic_is", "weight_buffer.slots", [&](SlotBlock& block) {
        values.assign(block.values.begin(), block.values.end());
        const auto weight = std::ranges::find_if(values, [](std::int16_t value) { return value > 1; });
        if (weight == values.end()) {
            return false;
        }
        *weight = std::int16_t(*weight - 1);
        block.values = values;
        return true;
    });
}

TEST_CASE("a changed place of a weight is noticed by a systolic machine") {
    std::vector<std::uint8_t> places;
    check_fault<SlotBlock>("tensor_core_24", "weight_buffer.slots", [&](SlotBlock& block) {
        places.assign(block.places.begin(), block.places.end());
        for (std::size_t n = 0; n < places.size(); ++n) {
            // The only weight of its block, moved inside of it.
            if (n % 2 == 0 && block.panel->n == 2 && block.values[n] != 0 && block.values[n + 1] == 0) {
                places[n] ^= 1;
                block.places = places;
                return true;
            }
        }
        return false;
    });
}

TEST_CASE("a wrong number of passes is noticed by a systolic machine") {
    check_fault<OperandBlock>("systolic_os", "sequencer.operands", [](OperandBlock& block) {
        block.passes.count += 1;
        return true;
    });
}

TEST_CASE("operands of other pixels are noticed by a systolic machine") {
    check_fault<OperandBlock>("spots", "sequencer.operands", [](OperandBlock& block) {
        block.data += 1;
        block.pixels.end -= 1;
        return true;
    });
}

TEST_CASE("partial sums of another row are noticed by a systolic machine") {
    std::vector<std::uint32_t> rows;
    check_fault<gemm::PsumBlock>("s2ta", "array.psums", [&](gemm::PsumBlock& block) {
        rows.assign(block.rows.begin(), block.rows.end());
        std::swap(rows[0], rows[1]);
        block.rows = rows;
        return true;
    });
}

TEST_CASE("lost partial sums are noticed by a systolic machine") {
    check_fault<gemm::PsumBlock>("systolic_ws", "array.psums", [](gemm::PsumBlock& block) {
        block.count -= 1;
        return true;
    });
}

TEST_CASE("sums of the layer before are noticed by a systolic machine") {
    int begins = 0;
    check_fault<gemm::OutputCommand>("vegeta", "sequencer.outputs", [&](gemm::OutputCommand& command) {
        begins += command.kind == gemm::OutputCommand::Kind::begin ? 1 : 0;
        if (begins < 2) {
            return false;
        }
        command.kind = gemm::OutputCommand::Kind::finish;
        return true;
    });
}
