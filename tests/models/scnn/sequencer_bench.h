#pragma once
// A sequencer between stubs: PEs that take as long as they are told, post-processing units and a network that answer
// what they are told, and the work context with memory behind it. Everything that the sequencer does is written down.

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/scnn/sequencer.h"
#include "tests/models/common/context_stub.h"
#include "tests/models/common/pooling_stub.h"
#include "tests/models/common/script.h"
#include "workloads/formats/zero_run.h"

namespace nonzero::scnn {

struct SequencerBench : sc_core::sc_module {
    struct Event {
        PeCommand::Kind kind;
        int group;
        sc_core::sc_time time;
        Cycles group_cycles;
    };
    struct PeStub {
        std::vector<std::uint8_t> image;
        std::vector<Event> events;
        std::vector<std::vector<std::size_t>> weight_blocks;  // of each group, in order
        bool malformed = false;
        SlotCounts slots;                // answered by end_compute
        std::vector<Cycles> group_time;  // T
        // weights.skew = fifo: when the PE is done with each vector of a block, and when the vectors had arrived.
        std::function<std::vector<Cycles>(std::size_t block)> consumed;
        std::vector<std::vector<Cycles>> arrived;
        std::vector<std::uint8_t> output;
        std::uint64_t overflows = 0;
        int output_begins = 0;
    };

    SequencerBench(sc_core::sc_module_name module_name, const ScnnParameters& machine)
        : sc_module(module_name),
          parameters(machine),
          context(clock),
          pes(std::size_t(machine.pes())),
          sequencer("sequencer", machine, clock, statistics, nullptr),
          noc("noc", [this](ExchangeRequest& request, sc_core::sc_time&) {
              request.cycles = exchange_cycles.at(exchanges++);
          }) {
        for (std::size_t n = 0; n < pes.size(); ++n) {
            add_pe(n);
        }
        pooling.bind(sequencer.pooling);
        sequencer.exchange.bind(noc);
    }

    std::uint64_t counter(const std::string& counter_name) const {
        return statistics.value(std::string(sequencer.name()) + "." + counter_name);
    }
    void forget() {
        for (PeStub& pe : pes) {
            pe.events.clear();
            pe.weight_blocks.clear();
            pe.arrived.clear();
            pe.output_begins = 0;
        }
        exchanges = 0;
        pooling.forget();
        context.started.clear();
        context.read_bytes = context.written_bytes = 0;
        statistics.clear();
        for (std::size_t n = 0; n < pes.size(); ++n) {
            sequencer.control[n].clear_traffic();
            sequencer.weights[n].clear_traffic();
            sequencer.activations[n].clear_traffic();
            sequencer.read_out[n].clear_traffic();
        }
        sequencer.exchange.clear_traffic();
    }

    ScnnParameters parameters;
    Clocking clock{sc_core::sc_time(4, sc_core::SC_NS)};
    Statistics statistics;
    ContextStub context;
    std::vector<PeStub> pes;
    std::vector<Cycles> exchange_cycles;  // E
    std::size_t exchanges = 0;
    Sequencer sequencer;
    PoolingControlStub pooling;

  private:
    void add_pe(std::size_t n) {
        activations_.push_back(std::make_unique<StreamTarget<ActivationImage>>(
            fmt::format("activations_{}", n).c_str(), [this, n](ActivationImage& image, sc_core::sc_time&) {
                pes[n].image.assign(image.bytes.begin(), image.bytes.end());
            }));
        control_.push_back(std::make_unique<StreamTarget<PeCommand>>(
            fmt::format("control_{}", n).c_str(),
            [this, n](PeCommand& command, sc_core::sc_time& delay) { obey(pes[n], command, delay); }));
        weights_.push_back(std::make_unique<StreamTarget<WeightBlocks>>(
            fmt::format("weights_{}", n).c_str(),
            [this, n](WeightBlocks& message, sc_core::sc_time&) { take(pes[n], message); }));
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
    void obey(PeStub& pe, PeCommand& command, sc_core::sc_time& delay) const {
        pe.events.push_back({command.kind, command.group_index, sc_core::sc_time_stamp(), command.group_cycles});
        if (command.kind == PeCommand::Kind::configure) {
            command.malformed = pe.malformed;
        } else if (command.kind == PeCommand::Kind::begin_group) {
            pe.weight_blocks.emplace_back();
        } else if (command.kind == PeCommand::Kind::end_compute) {
            delay += clock(pe.group_time.at(pe.weight_blocks.size() - 1));
            command.slots = pe.slots;
        }
    }
    static void take(PeStub& pe, const WeightBlocks& message) {
        for (const WeightBlock& block : message.blocks) {
            pe.weight_blocks.back().push_back(block.block);
        }
        if (message.arrival != nullptr) {
            pe.arrived.emplace_back(message.arrival->arrived.begin(), message.arrival->arrived.end());
            const std::vector<Cycles> consumed = pe.consumed(message.blocks.front().block);
            std::copy(consumed.begin(), consumed.end(), message.arrival->consumed.begin());
        }
    }

    StreamTarget<ExchangeRequest> noc;
    std::vector<std::unique_ptr<StreamTarget<ActivationImage>>> activations_;
    std::vector<std::unique_ptr<StreamTarget<PeCommand>>> control_;
    std::vector<std::unique_ptr<StreamTarget<WeightBlocks>>> weights_;
    std::vector<std::unique_ptr<StreamTarget<OutputReadOut>>> read_out_;
};

// A layer of `groups` output-channel groups over a plane of one output per PE: 1 x 1 kernels, `channels` input
// channels. Its image is laid out at the begin of the context's memory.
struct SequencerLayer {
    SequencerLayer(SequencerBench& bench, int groups, int channels) {
        nz_descriptor shape{};
        shape.version = NZ_DESCRIPTOR_VERSION;
        shape.size = NZ_DESCRIPTOR_SIZE;
        shape.c = std::uint32_t(channels);
        shape.h = shape.p = std::uint32_t(bench.parameters.pe_rows);
        shape.w = shape.q = std::uint32_t(bench.parameters.pe_columns);
        shape.k = std::uint32_t(groups * bench.parameters.kc);
        shape.r = shape.s = 1;
        shape.stride_y = shape.stride_x = shape.dilation_y = shape.dilation_x = 1;
        shape.groups = 1;
        shape.clamp_low = INT32_MIN;
        shape.clamp_high = INT32_MAX;

        std::vector<std::uint8_t> bytes;
        std::vector<nz_block> table;
        load = convolve = shape;
        load.opcode = NZ_OP_LOAD;
        for (std::size_t pe = 0; pe < bench.pes.size(); ++pe) {
            table.push_back({std::uint32_t(bytes.size()), std::uint32_t(pe + 1)});
            bytes.insert(bytes.end(), pe + 1, std::uint8_t(0x40 + pe));
        }
        memory.resize(256);
        load.input = place(bytes);
        load.block_index = place(as_bytes(table));

        bytes.clear();
        table.clear();
        const std::vector<std::int16_t> dense(std::size_t(bench.parameters.kc), 1);
        for (int g = 0; g < groups; ++g) {
            table.push_back({std::uint32_t(bytes.size()), 0});
            for (int channel = 0; channel < channels; ++channel) {
                append_zero_run(encode_zero_run(dense, RunWidth::bits4), RunWidth::bits4, bytes);
            }
            table.back().size = std::uint32_t(bytes.size()) - table.back().offset;
        }
        group_bytes = table.back().size;
        convolve.opcode = NZ_OP_CONV;
        convolve.flags = NZ_FLAG_INPUT_RESIDENT;
        convolve.output_type = NZ_TYPE_RAW64;
        convolve.weights = place(bytes);
        convolve.block_index = place(as_bytes(table));
        convolve.output = {memory.size(), 8 * std::uint64_t(shape.k) * shape.p * shape.q};
        memory.resize(memory.size() + convolve.output.size);
        const std::size_t outputs = std::size_t(groups) * std::size_t(bench.parameters.kc);
        for (SequencerBench::PeStub& pe : bench.pes) {
            pe.output.assign(outputs * 8, std::uint8_t(&pe - bench.pes.data()));
        }
        bench.context.memory = memory;
    }

    nz_descriptor load{};
    nz_descriptor convolve{};
    std::uint64_t group_bytes = 0;
    std::vector<std::uint8_t> memory;

  private:
    template <class Item>
    static std::vector<std::uint8_t> as_bytes(const std::vector<Item>& items) {
        const auto* const first = reinterpret_cast<const std::uint8_t*>(items.data());
        return {first, first + items.size() * sizeof(Item)};
    }
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

}  // namespace nonzero::scnn
