#pragma once
// Matrix products as layers, with the deterministic matrices of demm_facts.md 10.

#include <optional>
#include <string>
#include <utility>

#include "tests/platforms/platform_bench.h"
#include "workloads/gemm.h"
#include "workloads/hashed_operands.h"

namespace nonzero::test {

// A layer with operands of its own.
struct GemmCase {
    Layer layer;
    Operands weights;
    Operands input;
    std::optional<NmPattern> pattern;

    LayerJob job() const {
        LayerJob job;
        job.layer = &layer;
        job.weights = &weights;
        job.input = &input;
        job.pattern = pattern;
        return job;
    }
};

// Deterministic matrices (demm_facts.md 10); `index` of the layer among those with weights.
inline GemmCase hashed_case(const Layer& layer, const WeightPlaces& places, std::uint32_t index = 0) {
    GemmCase result{layer, hashed_weights(layer, index, places), hashed_activations(layer, index), std::nullopt};
    if (const NmPattern* const pattern = std::get_if<NmPattern>(&places)) {
        result.pattern = *pattern;
    }
    return result;
}
inline GemmCase hashed_case(const GemmShape& shape, const WeightPlaces& places) {
    return hashed_case(gemm_layer("gemm", shape), places);
}

inline void simulate_demm(const Settings& settings, const Script& script) {
    simulate("demm", with_settings(settings), script);
}

inline std::uint64_t cycles_of(const HostOutcome& outcome) {
    return outcome.records.back().cycles;
}

}  // namespace nonzero::test
