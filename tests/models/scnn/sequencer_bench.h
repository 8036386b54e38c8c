#pragma once
// A sequencer between stubs: PEs that take as long as they are told, post-processing units and a network that answer
// what they are told, and the work context with memory behind it. Everything that the sequencer does is written down.

#include <functional>

#include "models/scnn/sequencer.h"
#include "tests/models/pe_array/sequencer_bench.h"
#include "workloads/formats/operand_series.h"

namespace nonzero::scnn {

struct SparsePeStub : pe_array::PeStub<PeCommand> {
    void forget() {
        PeStub::forget();
        weight_blocks.clear();
        arrived.clear();
    }

    bool idle = false;  // answered by configure
    SlotCounts slots;   // answered by end_compute
    // weights.skew = fifo: when the PE is done with each vector of a block, and when the vectors had arrived.
    std::function<std::vector<Cycles>(std::size_t block)> consumed;
    std::vector<std::vector<Cycles>> arrived;
    std::vector<std::uint8_t> image;
    std::vector<std::vector<std::size_t>> weight_blocks;  // of each group, in order
};

struct SequencerBench : pe_array::PeArraySequencerBench<ScnnParameters, SparsePeStub> {
    SequencerBench(sc_core::sc_module_name module_name, const ScnnParameters& machine)
        : PeArraySequencerBench(module_name, machine),
          sequencer("sequencer", machine, clock, statistics, nullptr),
          noc_("noc", [this](ExchangeRequest& request, sc_core::sc_time&) {
              request.cycles = exchange_cycles.at(exchanges++);
          }) {
        stub(sequencer.activations, "activations", [this](std::size_t n, ActivationImage& image, sc_core::sc_time&) {
            pes[n].image.assign(image.bytes.begin(), image.bytes.end());
        });
        stub(sequencer.control, "control",
             [this](std::size_t n, PeCommand& command, sc_core::sc_time& delay) { obey(pes[n], command, delay); });
        stub(sequencer.weights, "weights",
             [this](std::size_t n, const WeightBlocks& message, sc_core::sc_time&) { take(pes[n], message); });
        stub_outputs(sequencer);
        sequencer.exchange.bind(noc_);
    }

    void forget() {
        forget_common();
        exchanges = 0;
        for (std::size_t n = 0; n < pes.size(); ++n) {
            sequencer.control[n].clear_traffic();
            sequencer.weights[n].clear_traffic();
            sequencer.activations[n].clear_traffic();
            sequencer.read_out[n].clear_traffic();
        }
        sequencer.exchange.clear_traffic();
    }

    std::vector<Cycles> exchange_cycles;  // E
    std::size_t exchanges = 0;
    Sequencer sequencer;

  private:
    void obey(SparsePeStub& pe, PeCommand& command, sc_core::sc_time& delay) const {
        pe.note(command);
        if (command.kind == PeCommand::Kind::configure) {
            command.malformed = pe.malformed;
            command.idle = pe.idle;
        } else if (command.kind == PeCommand::Kind::begin_group) {
            pe.weight_blocks.emplace_back();
        } else if (command.kind == PeCommand::Kind::end_compute) {
            delay += clock(pe.group_time.at(pe.weight_blocks.size() - 1));
            command.slots = pe.slots;
        }
    }
    static void take(SparsePeStub& pe, const WeightBlocks& message) {
        for (const WeightBlock& block : message.blocks) {
            pe.weight_blocks.back().push_back(block.block);
        }
        if (message.arrival != nullptr) {
            pe.arrived.emplace_back(message.arrival->arrived.begin(), message.arrival->arrived.end());
            const std::vector<Cycles> consumed = pe.consumed(message.blocks.front().block);
            std::copy(consumed.begin(), consumed.end(), message.arrival->consumed.begin());
        }
    }

    StreamTarget<ExchangeRequest> noc_;
};

// A layer of `groups` output-channel groups over a plane of one output per PE: 1 x 1 kernels, `channels` input
// channels. Its image is laid out at the begin of the context's memory.
struct SequencerLayer {
    SequencerLayer(SequencerBench& bench, int groups, int channels) {
        const ScnnParameters& machine = bench.parameters;
        convolve = pointwise_descriptor(channels, machine.pe_rows, machine.pe_columns, groups * machine.kc);
        load = convolve;
        load.opcode = NZ_OP_LOAD;
        load.output_type = 0;
        convolve.flags = NZ_FLAG_INPUT_RESIDENT;

        pe_array::OperandMemory operands;
        std::vector<std::uint8_t> bytes;
        std::vector<nz_block> table;
        for (std::size_t pe = 0; pe < bench.pes.size(); ++pe) {
            // Not more than an image of one activation per channel may have.
            const std::size_t size = 1 + pe % 4;
            table.push_back({std::uint32_t(bytes.size()), std::uint32_t(size)});
            bytes.insert(bytes.end(), size, std::uint8_t(0x40 + pe));
        }
        load.input = operands.place(bytes);
        load.block_index = operands.place(as_bytes(table));

        bytes.clear();
        table.clear();
        const SeriesShape shape{{std::size_t(machine.kc)}, std::size_t(channels)};
        const std::vector<std::int16_t> dense(shape.elements(), 1);
        for (int g = 0; g < groups; ++g) {
            table.push_back({std::uint32_t(bytes.size()), 0});
            append_series(dense, shape, machine.weight_format(), bytes);
            table.back().size = std::uint32_t(bytes.size()) - table.back().offset;
        }
        group_bytes = table.back().size;
        convolve.weights = operands.place(bytes);
        convolve.block_index = operands.place(as_bytes(table));
        convolve.output = operands.reserve_outputs(convolve);
        for (std::size_t n = 0; n < bench.pes.size(); ++n) {
            bench.pes[n].output.assign(std::size_t(convolve.k) * 8, std::uint8_t(n));
        }
        bench.context.memory = memory = operands.bytes();
    }

    nz_descriptor load{};
    nz_descriptor convolve{};
    std::uint64_t group_bytes = 0;
    std::vector<std::uint8_t> memory;

  private:
    static std::vector<std::uint8_t> as_bytes(const std::vector<nz_block>& table) {
        const auto* const first = reinterpret_cast<const std::uint8_t*>(table.data());
        return {first, first + table.size() * sizeof(nz_block)};
    }
};

}  // namespace nonzero::scnn
