// A flip in any message between the blocks of the dense machines is noticed.

#include <catch2/catch.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "models/dense/messages.h"
#include "models/gemm/messages.h"
#include "tests/platforms/fault_bench.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

template <class Message>
void check_fault(const std::string& socket, const std::function<bool(Message&)>& flip) {
    std::mt19937_64 random(5);
    RandomLayer layer{square_convolution("small", 4, 14, 9, 3), {}, {}};
    layer.input = random_operands(random, layer.layer.input_shape(), 0.9, 100);
    layer.weights = random_operands(random, layer.layer.weight_shape(), 0.9, 100);
    const char* const kind = "neuromax";
    check_message_fault<Message>(kind, {}, socket, flip, [&](Standalone& bench) {
        const LayerJob job = job_of(layer);
        const HostOutcome outcome = run_afresh(bench, job);
        const bool values = outcome.done && bench.lowering->decode_sums(job, outcome.output) ==
                                                convolve(layer.layer, layer.input, layer.weights);
        const bool cycles = outcome.done && attributed_cycles(kind, bench) == 324 * outcome.records.back().cycles &&
                            bench.platform.statistic("multiplier_array.cycles") == outcome.records.back().cycles;
        return std::string(values ? "" : "values ") + (cycles ? "" : "cycles");
    });
}

}  // namespace

TEST_CASE("dense machines: a wrong bit among the weights") {
    auto bytes = std::make_shared<std::vector<std::uint8_t>>();
    check_fault<dense::WeightLoad>("sequencer.weights", [bytes](dense::WeightLoad& load) {
        bytes->assign(load.bytes.begin(), load.bytes.end());
        (*bytes)[20] ^= 1;
        load.bytes = *bytes;
        return true;
    });
}
TEST_CASE("dense machines: a wrong word in a tile") {
    auto words = std::make_shared<std::vector<std::int16_t>>();
    check_fault<dense::OperandTile>("sequencer.operand_tiles", [words](dense::OperandTile& tile) {
        words->assign(tile.words.begin(), tile.words.end());
        (*words)[4 * tile.row_stride + 3] ^= 1;
        tile.words = *words;
        return true;
    });
}
TEST_CASE("dense machines: a tile of other outputs") {
    check_fault<dense::OperandTile>("sequencer.operand_tiles", [](dense::OperandTile& tile) {
        if (tile.p.begin == 0) {
            return false;
        }
        tile.p = {tile.p.begin - 1, tile.p.end - 1};
        return true;
    });
}
TEST_CASE("dense machines: a job of other filters") {
    check_fault<dense::FilterJob>("sequencer.jobs", [](dense::FilterJob& job) {
        if (job.filters.begin == 0) {
            return false;
        }
        job.filters = {job.filters.begin - 1, job.filters.end - 1};
        return true;
    });
}
TEST_CASE("dense machines: a job of other cycles") {
    check_fault<dense::FilterJob>("sequencer.jobs", [](dense::FilterJob& job) {
        ++job.cost.cycles;
        return true;
    });
}
TEST_CASE("dense machines: partial sums of another row") {
    check_fault<gemm::PsumBlock>("multiplier_array.psums", [](gemm::PsumBlock& block) {
        if (block.first_row == 0) {
            return false;
        }
        --block.first_row;
        return true;
    });
}
TEST_CASE("dense machines: a tile of other columns asked for") {
    check_fault<gemm::ActivationTile>("sequencer.tiles", [](gemm::ActivationTile& tile) {
        if (tile.p.begin == 0) {
            return false;
        }
        tile.p = {tile.p.begin - 1, tile.p.end - 1};
        return true;
    });
}
TEST_CASE("dense machines: an activation on its way into the buffer") {
    check_fault<gemm::ActivationLoad>("sequencer.activations", [](gemm::ActivationLoad& load) {
        load.activations[40] = std::int16_t(load.activations[40] + 1);
        return true;
    });
}
TEST_CASE("dense machines: the width of the accumulators") {
    check_fault<gemm::OutputCommand>("sequencer.outputs", [](gemm::OutputCommand& command) {
        static gemm::GemmPlan changed;
        if (command.kind != gemm::OutputCommand::Kind::begin) {
            return false;
        }
        changed = *command.plan;
        changed.post_processor.accumulator_bits = 12;
        command.plan = &changed;
        return true;
    });
}
