#pragma once
// A post-processing unit of an array of PEs between stubs, and random outputs for it.

#include "tests/common/property.h"

#include <algorithm>
#include <span>
#include <vector>

#include "models/pe_array/messages.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/common/pooling_stub.h"
#include "tests/models/common/post_processor_of.h"
#include "tests/models/common/random_convolution.h"
#include "tests/models/common/sram_stub.h"

namespace nonzero::pe_array {

// A layer's outputs at one PE: K x plane sums with what becomes of them.
struct RandomOutputs {
    // zeros: a third of the sums are zero.
    RandomOutputs(int largest_sum, bool zeros) {
        processing.accumulator_bits = in_range(12, 40);
        processing.output_bits = in_range(4, 16);
        processing.relu = *rc::gen::arbitrary<bool>();
        processing.output_zero_point = in_range(-4, 4);
        for (int k = 0; k < channels; ++k) {
            processing.requantisation.push_back({in_range(-(1 << 30), 1 << 30), std::int8_t(in_range(-4, 8))});
            processing.bias.push_back(in_range(-2000, 2000));
        }
        for (std::int64_t& sum : sums.data) {
            sum = zeros && in_range(0, 2) == 0 ? 0 : in_range(-largest_sum, largest_sum);
        }
    }

    int channels = in_range(1, 9);
    int kc = in_range(1, 4);
    std::size_t plane = std::size_t(in_range(1, 20));
    PostProcessing processing;
    Psums sums{{std::size_t(channels), 1, plane}};
};

template <class Unit, class Parameters>
struct PostProcessingBench : ModuleBench {
    explicit PostProcessingBench(sc_core::sc_module_name module_name, const Parameters& machine = {})
        : ModuleBench(module_name, "unit"),
          parameters(machine),
          unit("unit", machine, statistics),
          oaram("oaram"),
          pe("pe"),
          sequencer("sequencer") {
        pe.bind(unit.psums);
        sequencer.bind(unit.read_out);
        unit.oaram.bind(oaram.socket);
        pooling.bind(unit.pooling);
    }
    void begin() {
        OutputReadOut request;
        request.begin = true;
        sc_core::sc_time delay;
        sequencer.send(request, delay);
    }
    std::uint64_t read(std::vector<std::uint8_t>& bytes) {
        OutputReadOut request;
        request.bytes = &bytes;
        sc_core::sc_time delay;
        sequencer.send(request, delay);
        return request.overflows;
    }
    // The groups of a layer; sums: with their values, not only counted.
    void send(const RandomOutputs& outputs, const PeArrayPlan& plan, bool sums) {
        for (int k = 0; k < outputs.channels; k += outputs.kc) {
            PsumBlock block;
            block.plan = &plan;
            block.k_begin = k;
            block.k_count = std::min(outputs.kc, outputs.channels - k);
            block.outputs = std::size_t(block.k_count) * outputs.plane;
            if (sums) {
                block.sums = std::span(outputs.sums.data).subspan(std::size_t(k) * outputs.plane, block.outputs);
            }
            sc_core::sc_time delay;
            pe.send(block, delay);
            RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
        }
    }
    void clear() {
        statistics.clear();
        unit.psums.clear_traffic();
        unit.read_out.clear_traffic();
        oaram.accesses.clear();
    }

    Parameters parameters;
    Unit unit;
    MemoryStub oaram;
    StreamInitiator<PsumBlock> pe;
    StreamInitiator<OutputReadOut> sequencer;
    PoolingUnitStub pooling;
};

}  // namespace nonzero::pe_array
