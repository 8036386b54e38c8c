// One thing flipped in one message between two blocks of DeMM: the comparison of values, a check of conservation or a
// block itself has to notice it, for every kind of message. A second machine without the fault passes the same checks.

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/demm/messages.h"
#include "models/gemm/messages.h"
#include "models/memory/multi_port_memory.h"
#include "tests/platforms/fault_bench.h"
#include "tests/platforms/gemm_cases.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;
using namespace nonzero::demm;

namespace {

const Settings kMachine{{"engine.n", "3"},         {"engine.m", "8"},      {"engine.c", "6"},
                        {"engine.k", "2"},         {"operand.bits", "10"}, {"engine.preload", "hidden"},
                        {"accumulator.bits", "40"}};

// Everything that is wrong with a finished layer.
std::string complaints_about(Standalone& bench, const GemmCase& gemm, const HostOutcome& outcome) {
    if (!outcome.done) {
        return fmt::format("error {}", int(outcome.error));
    }
    std::string text;
    const auto expect = [&](bool holds, const char* what) { text += holds ? "" : std::string(what) + "; "; };
    const auto count = [&](const char* counter) { return bench.platform.statistic(counter); };
    const GemmShape shape = gemm_shape(gemm.layer);
    expect(bench.lowering->decode_sums(gemm.job(), outcome.output) == convolve(gemm.layer, gemm.input, gemm.weights),
           "values");
    expect(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful_products(gemm.layer, gemm.input, gemm.weights),
           "useful products");
    expect(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == non_zeros(gemm.weights) * std::uint64_t(shape.P), "products");
    expect(attributed_cycles("demm", bench) == 18 * cycles_of(outcome), "cycles");
    expect(count("memory.row_reads") + count("memory.read_port_idle") == 3 * count("row_streamer.slots"), "ports");
    expect(count("activation_buffer.tile_words") == shape.dense_macs() / std::uint64_t(shape.Mo), "words of B");
    expect(count("output_buffer.psum_row_updates") == count("array.row_jobs") + count("array.beyond_k"), "sums");
    expect(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) == 0, "overflows");
    return text;
}

template <class Message>
void check_fault(const std::string& socket, const std::function<bool(Message&)>& flip) {
    const GemmCase gemm = hashed_case({2, 5, 21, 15}, UniformDensity{70});
    check_message_fault<Message>("demm", with_settings(kMachine), socket, flip, [&](Standalone& bench) {
        return complaints_about(bench, gemm, run_afresh(bench, gemm.job()));
    });
}

}  // namespace

TEST_CASE("fault: an activation on its way into the buffer") {
    check_fault<gemm::ActivationLoad>("sequencer.activations", [](gemm::ActivationLoad& load) {
        load.activations[17] = std::int16_t(load.activations[17] + 1);
        return true;
    });
}
TEST_CASE("fault: another column of a tile of B") {
    check_fault<gemm::ActivationTile>("sequencer.tiles", [](gemm::ActivationTile& tile) {
        if (tile.p.begin == 0) {
            return false;
        }
        --tile.p.begin;
        --tile.p.end;
        return true;
    });
}
TEST_CASE("fault: another row of a tile of B") {
    check_fault<gemm::ActivationTile>("sequencer.tiles", [](gemm::ActivationTile& tile) {
        if (tile.k.begin == 0) {
            return false;
        }
        --tile.k.begin;
        --tile.k.end;
        return true;
    });
}
TEST_CASE("fault: another group of a tile of B") {
    check_fault<gemm::ActivationTile>("sequencer.tiles", [](gemm::ActivationTile& tile) {
        tile.convolution_group = 1 - tile.convolution_group;
        return true;
    });
}
TEST_CASE("fault: a tile in the other bank") {
    check_fault<RowWriteBurst>("sequencer.preload", [](RowWriteBurst& burst) {
        burst.bank = 1 - burst.bank;
        return !burst.discard;
    });
}
TEST_CASE("fault: a row fewer preloaded") {
    check_fault<RowWriteBurst>("sequencer.preload", [](RowWriteBurst& burst) {
        burst.rows -= 1;
        return !burst.discard;
    });
}
TEST_CASE("fault: a word fewer of every row") {
    check_fault<RowWriteBurst>("sequencer.preload", [](RowWriteBurst& burst) {
        burst.words -= 1;
        return !burst.discard;
    });
}
TEST_CASE("fault: rows preloaded one further") {
    check_fault<RowWriteBurst>("sequencer.preload", [](RowWriteBurst& burst) {
        if (burst.discard || burst.rows == 8) {
            return false;
        }
        burst.first_row = 1;
        return true;
    });
}
TEST_CASE("fault: a byte of the packed weights") {
    check_fault<WeightLoad>("sequencer.weights", [](WeightLoad& load) {
        static std::vector<std::uint8_t> changed;
        changed.assign(load.bytes.begin(), load.bytes.end());
        changed[8 + 2 * 5] ^= 1;  // the first weight
        load.bytes = changed;
        return true;
    });
}
TEST_CASE("fault: another tile of A") {
    check_fault<TileJob>("sequencer.jobs", [](TileJob& job) {
        if (job.k_tile == 0) {
            return false;
        }
        --job.k_tile;
        return true;
    });
}
TEST_CASE("fault: other columns of the output") {
    check_fault<TileJob>("sequencer.jobs", [](TileJob& job) {
        if (job.p.begin == 0) {
            return false;
        }
        --job.p.begin;
        --job.p.end;
        return true;
    });
}
TEST_CASE("fault: another group of the output") {
    check_fault<TileJob>("sequencer.jobs", [](TileJob& job) {
        job.convolution_group = 1 - job.convolution_group;
        return true;
    });
}
TEST_CASE("fault: the other bank") {
    check_fault<TileJob>("sequencer.jobs", [](TileJob& job) {
        job.bank = 1 - job.bank;
        return true;
    });
}
TEST_CASE("fault: a weight of a block of rows") {
    check_fault<RowBlock>("row_streamer.rows", [](RowBlock& block) {
        static PackedRows changed;
        changed = *block.rows;
        changed.values[0] = std::int16_t(changed.values[0] + 1);
        block.rows = &changed;
        return changed.values[0] != 0;
    });
}
TEST_CASE("fault: slots of a row") {
    check_fault<RowBlock>("row_streamer.rows", [](RowBlock& block) {
        static PackedRows changed;
        changed = *block.rows;
        if (changed.row_slots[0] == changed.row_slots[1]) {
            return false;
        }
        std::swap(changed.row_slots[0], changed.row_slots[1]);
        block.rows = &changed;
        return true;
    });
}
TEST_CASE("fault: an address at a read port") {
    check_fault<RowReadBurst>("array.read_1", [](RowReadBurst& burst) {
        static std::vector<std::uint16_t> changed;
        changed.assign(burst.rows.begin(), burst.rows.end());
        for (std::uint16_t& row : changed) {
            if (row != RowReadBurst::kNoRead) {
                row ^= 1;
                burst.rows = changed;
                return true;
            }
        }
        return false;
    });
}
TEST_CASE("fault: a burst at a read port one cycle longer") {
    check_fault<RowReadBurst>("array.read_2", [](RowReadBurst& burst) {
        ++burst.cycles;
        return true;
    });
}
TEST_CASE("fault: the bank of a read port") {
    check_fault<RowReadBurst>("array.read_0", [](RowReadBurst& burst) {
        burst.bank = 1 - burst.bank;
        return true;
    });
}
TEST_CASE("fault: the group of partial sums") {
    check_fault<gemm::PsumBlock>("array.psums", [](gemm::PsumBlock& block) {
        block.convolution_group = 1 - block.convolution_group;
        return true;
    });
}
TEST_CASE("fault: the columns of partial sums") {
    check_fault<gemm::PsumBlock>("array.psums", [](gemm::PsumBlock& block) {
        if (block.p.begin == 0) {
            return false;
        }
        --block.p.begin;
        --block.p.end;
        return true;
    });
}
TEST_CASE("fault: a row of partial sums fewer") {
    check_fault<gemm::PsumBlock>("array.psums", [](gemm::PsumBlock& block) {
        --block.count;
        return true;
    });
}
TEST_CASE("fault: a partial sum") {
    check_fault<gemm::PsumBlock>("array.psums", [](gemm::PsumBlock& block) {
        const auto sums = std::get<std::span<const std::int32_t>>(block.sums);
        const_cast<std::int32_t&>(sums[3]) += 1;
        return true;
    });
}
TEST_CASE("fault: the plan of the output") {
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
TEST_CASE("fault: an overflow that was none") {
    check_fault<gemm::OutputCommand>("sequencer.outputs", [](gemm::OutputCommand& command) {
        if (command.kind != gemm::OutputCommand::Kind::finish) {
            return false;
        }
        command.overflows = 1;
        return true;
    });
}
