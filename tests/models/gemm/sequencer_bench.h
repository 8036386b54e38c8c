#pragma once
// The frame of a bench around the sequencer of a GEMM engine.

#include "models/gemm/messages.h"
#include "tests/models/common/context_stub.h"
#include "tests/models/common/descriptors.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/common/script.h"
#include "workloads/gemm.h"

namespace nonzero::gemm {

struct GemmSequencerBench : ModuleBench {
    explicit GemmSequencerBench(sc_core::sc_module_name module_name)
        : ModuleBench(module_name, "sequencer"), context(clock) {}

    // Cycles since the layer began.
    Cycles now() const { return clock.cycles(sc_core::sc_time_stamp() - layer_start); }

    // A product of that shape with its image at address 0. weight_bytes: behind the head of the weights' region.
    nz_descriptor describe(const GemmShape& shape, std::size_t weight_bytes, unsigned flags = 0) {
        nz_descriptor d = pointwise_descriptor(shape.groups * shape.K, 1, shape.P, shape.groups * shape.Mo);
        d.flags = std::uint16_t(flags);
        d.groups = std::uint32_t(shape.groups);
        const std::uint64_t head = d.c * 4;
        d.input = {0, head + std::uint64_t(d.c) * d.w * 2};
        d.weights = {4096, head + weight_bytes};
        d.output = {8192, std::uint64_t(d.k) * d.w * 8};
        context.memory.assign(20000, 0);
        return d;
    }

    ContextStub context;
    int activation_bits = 9;  // that the activation buffer finds
    bool malformed = false;   // what the weights are said to be
    sc_core::sc_time layer_start;
};

}  // namespace nonzero::gemm
