#pragma once
// The frame of a bench around the sequencer of an array of PEs: PEs and post-processing units as stubs, the work
// context with memory behind it, and layers laid out in that memory.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "models/pe_array/sequencer.h"
#include "tests/models/common/context_stub.h"
#include "tests/models/common/descriptors.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/common/pooling_stub.h"
#include "tests/models/common/script.h"

namespace nonzero::pe_array {

// What any PE is told to answer and what it saw. Command: of the machine, whose own stub derives from this one.
template <class Command>
struct PeStub {
    struct Event {
        typename Command::Kind kind;
        int group;
        sc_core::sc_time time;
        Cycles group_cycles;
    };

    void note(const Command& command) {
        events.push_back({command.kind, command.group_index, sc_core::sc_time_stamp(), command.group_cycles});
    }
    void forget() {
        events.clear();
        output_begins = 0;
    }

    bool malformed = false;
    std::vector<Cycles> group_time;  // T
    std::vector<std::uint8_t> output;
    std::uint64_t overflows = 0;
    std::vector<Event> events;
    int output_begins = 0;
};

template <class Parameters, class Pe>
struct PeArraySequencerBench : ModuleBench {
    PeArraySequencerBench(sc_core::sc_module_name module_name, const Parameters& machine)
        : ModuleBench(module_name, "sequencer", 4),
          parameters(machine),
          context(clock),
          pes(std::size_t(machine.pes())) {}

    Parameters parameters;
    ContextStub context;
    std::vector<Pe> pes;
    PoolingControlStub pooling;

  protected:
    // Stubs on the sockets of all PEs: respond(n, message, delay).
    template <class Message, class Respond>
    void stub(sc_core::sc_vector<StreamInitiator<Message>>& sockets, const char* stub_name, Respond respond) {
        for (std::size_t n = 0; n < sockets.size(); ++n) {
            auto target = std::make_shared<StreamTarget<Message>>(
                fmt::format("{}_{}", stub_name, n).c_str(),
                [respond, n](Message& message, sc_core::sc_time& delay) { respond(n, message, delay); });
            sockets[n].bind(*target);
            stubs_.push_back(std::move(target));
        }
    }
    // What every array of PEs has: outputs to be read, and pooling.
    void stub_outputs(PeArraySequencer& sequencer) {
        stub(sequencer.read_out, "read_out", [this](std::size_t n, OutputReadOut& request, sc_core::sc_time&) {
            if (request.begin) {
                ++pes[n].output_begins;
            } else {
                *request.bytes = pes[n].output;
                request.overflows = pes[n].overflows;
            }
        });
        pooling.bind(sequencer.pooling);
    }
    void forget_common() {
        for (Pe& pe : pes) {
            pe.forget();
        }
        pooling.forget();
        context.started.clear();
        context.read_bytes = context.written_bytes = 0;
        statistics.clear();
    }

  private:
    std::vector<std::shared_ptr<sc_core::sc_object>> stubs_;
};

// Operands one after the other, each at a multiple of 8 bytes.
class OperandMemory {
  public:
    nz_region place(const std::vector<std::uint8_t>& operands) {
        const nz_region region{bytes_.size(), operands.size()};
        bytes_.insert(bytes_.end(), operands.begin(), operands.end());
        bytes_.resize((bytes_.size() + 7) / 8 * 8);
        return region;
    }
    // Behind all others: room for the accumulators of a layer.
    nz_region reserve_outputs(const nz_descriptor& layer) {
        return place(std::vector<std::uint8_t>(8 * std::size_t(layer.k) * layer.p * layer.q));
    }
    const std::vector<std::uint8_t>& bytes() const { return bytes_; }

  private:
    std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(256);
};

// What no array of PEs runs. The input of `layer` is resident.
template <class Bench>
void check_refused_shapes_and_types(Bench& bench, const nz_descriptor& layer) {
    const auto fault = [&](auto change) {
        nz_descriptor changed = layer;
        change(changed);
        return fault_of(bench, changed);
    };
    CHECK(fault([](nz_descriptor& d) { d.dilation_x = 2; }) == NZ_ERROR_STRIDE);
    CHECK(fault([](nz_descriptor& d) { d.stride_y = 65; }) == NZ_ERROR_STRIDE);
    CHECK(fault([](nz_descriptor& d) { d.h = 1 << 15; }) == NZ_ERROR_SHAPE);
    CHECK(fault([](nz_descriptor& d) { d.s = 256; }) == NZ_ERROR_SHAPE);
    CHECK(fault([](nz_descriptor& d) { d.nm_n = 1, d.nm_m = 2; }) == NZ_ERROR_SPARSITY);
    CHECK(fault([](nz_descriptor& d) { d.weight_type = 17; }) == NZ_ERROR_TYPE);
    CHECK(fault([](nz_descriptor& d) { d.input_type = 17; }) == NZ_ERROR_TYPE);
    CHECK(fault([](nz_descriptor& d) { d.accumulator_type = 25; }) == NZ_ERROR_TYPE);
    CHECK(fault([](nz_descriptor& d) { d.output_type = 17; }) == NZ_ERROR_TYPE);
    CHECK(fault([](nz_descriptor& d) { d.residual.size = 8; }) == NZ_ERROR_REGION);
}

}  // namespace nonzero::pe_array
