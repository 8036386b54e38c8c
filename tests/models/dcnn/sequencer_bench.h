#pragma once
// A sequencer between stubs: PEs that take as long as they are told, post-processing units that answer what they are
// told, and the work context with memory behind it. Everything that the sequencer does is written down.

#include "models/dcnn/sequencer.h"
#include "tests/models/pe_array/sequencer_bench.h"

namespace nonzero::dcnn {

struct DensePeStub : pe_array::PeStub<PeCommand> {
    struct Work {
        int group;
        sc_core::sc_time time;
        std::vector<std::int16_t> rows;  // without padding, taps in the order of a patch
        std::uint64_t bytes;
    };

    void forget() {
        PeStub::forget();
        work.clear();
    }

    std::uint64_t lost_products = 0;
    std::vector<std::int16_t> inputs;
    std::vector<Work> work;
};

struct SequencerBench : pe_array::PeArraySequencerBench<DcnnParameters, DensePeStub> {
    SequencerBench(sc_core::sc_module_name module_name, const DcnnParameters& machine)
        : PeArraySequencerBench(module_name, machine), sequencer("sequencer", machine, clock, statistics, nullptr) {
        stub(sequencer.activations, "activations", [this](std::size_t n, ActivationTile& tile, sc_core::sc_time&) {
            pes[n].inputs.assign(tile.values.begin(), tile.values.end());
        });
        stub(sequencer.control, "control", [this](std::size_t n, PeCommand& command, sc_core::sc_time&) {
            plan_ = command.plan;
            pes[n].note(command);
            command.malformed = command.kind == PeCommand::Kind::configure && pes[n].malformed;
        });
        stub(sequencer.weights, "weights",
             [this](std::size_t n, WeightGroup& message, sc_core::sc_time& delay) { take(n, message, delay); });
        stub_outputs(sequencer);
    }

    void forget() {
        forget_common();
        for (std::size_t n = 0; n < pes.size(); ++n) {
            sequencer.weights[n].clear_traffic();
            sequencer.activations[n].clear_traffic();
        }
    }

    Sequencer sequencer;

  private:
    void take(std::size_t n, WeightGroup& message, sc_core::sc_time& delay) {
        const WeightRows& rows = *message.rows;
        std::vector<std::int16_t> values;
        for (std::size_t row = 0; row < rows.rows(); ++row) {
            const std::int16_t* const first = rows.low() + row * rows.length();
            values.insert(values.end(), first, first + rows.taps());
        }
        pes[n].work.push_back({message.group_index, sc_core::sc_time_stamp(), values, message.bytes});
        message.counts.products = plan_->geometry.outputs(int(n)) * rows.rows() * rows.taps() - pes[n].lost_products;
        message.counts.useful = n;
        delay += clock(pes[n].group_time.at(std::size_t(message.group_index)));
    }

    const LayerPlan* plan_ = nullptr;
};

// A layer laid out in the context's memory: a 1 x 1 convolution with an output per PE, or neurons, two per PE (one for
// the first PE). Input and weights count up.
struct SequencerLayer {
    SequencerLayer(SequencerBench& bench, int groups, int channels, bool fully_connected) {
        const DcnnParameters& machine = bench.parameters;
        // The last group of a convolution has one channel less, as has the first PE's of neurons.
        const int outputs = groups * machine.kc * (fully_connected ? machine.pes() : 1) - 1;
        layer = pointwise_descriptor(channels, fully_connected ? 1 : machine.pe_rows,
                                     fully_connected ? 1 : machine.pe_columns, outputs);
        load = layer;
        load.opcode = NZ_OP_LOAD;
        load.output_type = 0;
        layer.opcode = fully_connected ? NZ_OP_FULLY_CONNECTED : NZ_OP_CONV;
        layer.flags = NZ_FLAG_INPUT_RESIDENT;
        for (std::uint32_t n = 0; n < layer.c * layer.h * layer.w; ++n) {
            input.push_back(std::int16_t(n + 1));
        }
        for (std::uint32_t n = 0; n < layer.k * layer.c; ++n) {
            weights.push_back(std::int16_t(n % 1000 + 1));
        }
        pe_array::OperandMemory operands;
        std::vector<std::uint8_t> bytes;
        append_series(input, {{std::size_t(layer.h) * layer.w}, layer.c}, machine.activation_format(), bytes);
        load.input = operands.place(bytes);
        bytes.clear();
        append_series(weights, {{weights.size()}}, machine.weight_format(), bytes);
        layer.weights = operands.place(bytes);
        layer.output = operands.reserve_outputs(layer);
        bench.context.memory = memory = operands.bytes();
    }

    nz_descriptor load{};
    nz_descriptor layer{};
    std::vector<std::int16_t> input;
    std::vector<std::int16_t> weights;
    std::vector<std::uint8_t> memory;
};

}  // namespace nonzero::dcnn
