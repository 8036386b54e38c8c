#pragma once
// The tensors of one layer and what the reference makes of them.

#include <optional>

#include "platforms/lowering.h"
#include "sc_main/workload.h"
#include "workloads/reference.h"
#include "workloads/tensor.h"

namespace nonzero {

struct LayerData {
    Operands weights;
    Operands input;
    std::vector<std::int64_t> bias;  // of a data set, for compressed outputs

    // With values only.
    Psums exact;                                    // sums before bias and ReLU
    Wrapped sums;                                   // what accumulators of the platform's width hold
    std::optional<PostProcessing> post_processing;  // compressed outputs
    Operands output;                                // after it
};

// Generates or loads; throws InputError for damaged files.
LayerData make_layer_data(const Workload& workload, const PlannedLayer& planned);
// Adds what the reference computes.
void add_reference(LayerData& data, const Workload& workload, const Layer& layer, const Lowering& lowering);
LayerJob make_job(const LayerData& data, const Layer& layer, bool values);

// ReLU and a pure shift that brings the largest output into `bits` signed bits; every channel alike.
PostProcessing shift_to_fit(const Psums& exact, const std::vector<std::int64_t>& bias, int accumulator_bits, int bits);
// Bits that the requantisation shifts right.
int shifted_bits(const PostProcessing& processing);

}  // namespace nonzero
