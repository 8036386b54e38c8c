#pragma once
// A sequencer between stubs: PEs that take as long as they are told, post-processing units that answer what they are
// told, and the work context with memory behind it. Everything that the sequencer does is written down.

#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "models/dcnn/activation_format.h"
#include "models/dcnn/sequencer.h"
#include "tests/models/common/context_stub.h"
#include "tests/models/common/pooling_stub.h"
#include "tests/models/common/script.h"

namespace nonzero::dcnn {

struct SequencerBench : sc_core::sc_module {
    struct Event {
        PeCommand::Kind kind;
        int group;
        sc_core::sc_time time;
        Cycles group_cycles;
    };
    struct Work {
        int group;
        sc_core::sc_time time;
        std::vector<std::int16_t> rows;  // without padding, taps in the order of a patch
        std::uint64_t bytes;
    };
    struct PeStub {
        std::vector<std::int16_t> inputs;
        std::vector<Event> events;
        std::vector<Work> work;
        bool malformed = false;
        std::uint64_t lost_products = 0;
        std::vector<Cycles> group_time;  // T
        std::vector<std::uint8_t> output;
        std::uint64_t overflows = 0;
        int output_begins = 0;
    };

    SequencerBench(sc_core::sc_module_name module_name, const DcnnParameters& machine)
        : sc_module(module_name),
          parameters(machine),
          context(clock),
          pes(std::size_t(machine.pes())),
          sequencer("sequencer", machine, clock, statistics, nullptr) {
        for (std::size_t n = 0; n < pes.size(); ++n) {
            add_pe(n);
        }
        pooling.bind(sequencer.pooling);
    }

    std::uint64_t counter(const std::string& counter_name) const {
        return statistics.value(std::string(sequencer.name()) + "." + counter_name);
    }
    void forget() {
        for (PeStub& pe : pes) {
            pe.events.clear();
            pe.work.clear();
            pe.output_begins = 0;
        }
        context.started.clear();
        context.read_bytes = context.written_bytes = 0;
        statistics.clear();
        for (std::size_t n = 0; n < pes.size(); ++n) {
            sequencer.weights[n].clear_traffic();
            sequencer.activations[n].clear_traffic();
        }
    }

    DcnnParameters parameters;
    Clocking clock{sc_core::sc_time(4, sc_core::SC_NS)};
    Statistics statistics;
    ContextStub context;
    std::vector<PeStub> pes;
    Sequencer sequencer;
    PoolingControlStub pooling;

  private:
    void add_pe(std::size_t n) {
        activations_.push_back(std::make_unique<StreamTarget<ActivationTile>>(
            fmt::format("activations_{}", n).c_str(), [this, n](ActivationTile& tile, sc_core::sc_time&) {
                pes[n].inputs.assign(tile.values.begin(), tile.values.end());
            }));
        control_.push_back(std::make_unique<StreamTarget<PeCommand>>(
            fmt::format("control_{}", n).c_str(), [this, n](PeCommand& command, sc_core::sc_time&) {
                plan_ = command.plan;
                pes[n].events.push_back(
                    {command.kind, command.group_index, sc_core::sc_time_stamp(), command.group_cycles});
                command.malformed = command.kind == PeCommand::Kind::configure && pes[n].malformed;
            }));
        weights_.push_back(std::make_unique<StreamTarget<WeightGroup>>(
            fmt::format("weights_{}", n).c_str(),
            [this, n](WeightGroup& message, sc_core::sc_time& delay) { take(n, message, delay); }));
        read_out_.push_back(std::make_unique<StreamTarget<OutputReadOut>>(
            fmt::format("read_out_{}", n).c_str(), [this, n](OutputReadOut& request, sc_core::sc_time&) {
                if (request.begin) {
                    ++pes[n].output_begins;
                } else {
                    *request.bytes = pes[n].output;
                    request.overflows = pes[n].overflows;
                }
            }));
        sequencer.activations[n].bind(*activations_.back());
        sequencer.control[n].bind(*control_.back());
        sequencer.weights[n].bind(*weights_.back());
        sequencer.read_out[n].bind(*read_out_.back());
    }
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
    std::vector<std::unique_ptr<StreamTarget<ActivationTile>>> activations_;
    std::vector<std::unique_ptr<StreamTarget<PeCommand>>> control_;
    std::vector<std::unique_ptr<StreamTarget<WeightGroup>>> weights_;
    std::vector<std::unique_ptr<StreamTarget<OutputReadOut>>> read_out_;
};

// A layer laid out in the context's memory: a 1 x 1 convolution with an output per PE, or neurons, two per PE (one for
// the first PE). Input and weights count up.
struct SequencerLayer {
    SequencerLayer(SequencerBench& bench, int groups, int channels, bool fully_connected) {
        const auto pes = std::uint32_t(bench.pes.size());
        nz_descriptor shape{};
        shape.version = NZ_DESCRIPTOR_VERSION;
        shape.size = NZ_DESCRIPTOR_SIZE;
        shape.c = std::uint32_t(channels);
        shape.h = shape.p = fully_connected ? 1 : std::uint32_t(bench.parameters.pe_rows);
        shape.w = shape.q = fully_connected ? 1 : std::uint32_t(bench.parameters.pe_columns);
        // The last group of a convolution has one channel less, as has the first PE's of neurons.
        shape.k = std::uint32_t(groups * bench.parameters.kc) * (fully_connected ? pes : 1) - 1;
        shape.r = shape.s = 1;
        shape.stride_y = shape.stride_x = shape.dilation_y = shape.dilation_x = 1;
        shape.groups = 1;
        shape.clamp_low = INT32_MIN;
        shape.clamp_high = INT32_MAX;
        load = layer = shape;
        load.opcode = NZ_OP_LOAD;
        layer.opcode = fully_connected ? NZ_OP_FULLY_CONNECTED : NZ_OP_CONV;
        layer.flags = NZ_FLAG_INPUT_RESIDENT;
        layer.output_type = NZ_TYPE_RAW64;
        memory.resize(256);
        for (std::uint32_t n = 0; n < shape.c * shape.h * shape.w; ++n) {
            input.push_back(std::int16_t(n + 1));
        }
        for (std::uint32_t n = 0; n < shape.k * shape.c; ++n) {
            weights.push_back(std::int16_t(n % 1000 + 1));
        }
        load.input = place(encode_activations(bench.parameters.variant, input, std::size_t(shape.h) * shape.w));
        layer.weights = place(encode_activations(Variant::plain, weights, 1));
        layer.output = {memory.size(), 8 * std::uint64_t(shape.k) * shape.p * shape.q};
        memory.resize(memory.size() + layer.output.size);
        bench.context.memory = memory;
    }

    nz_descriptor load{};
    nz_descriptor layer{};
    std::vector<std::int16_t> input;
    std::vector<std::int16_t> weights;
    std::vector<std::uint8_t> memory;

  private:
    nz_region place(const std::vector<std::uint8_t>& bytes) {
        const nz_region region{memory.size(), bytes.size()};
        memory.insert(memory.end(), bytes.begin(), bytes.end());
        memory.resize((memory.size() + 7) / 8 * 8);
        return region;
    }
};

// What execute() throws, or NZ_ERROR_NONE.
inline nz_error fault_of(SequencerBench& bench, const nz_descriptor& descriptor, std::uint64_t* address = nullptr) {
    try {
        bench.sequencer.execute(descriptor, bench.context);
        return NZ_ERROR_NONE;
    } catch (const Fault& fault) {
        if (address != nullptr) {
            *address = fault.address;
        }
        return fault.code;
    }
}

}  // namespace nonzero::dcnn
