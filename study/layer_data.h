#pragma once
// The tensors of one layer, and what the reference makes of them for one machine.

#include <memory>
#include <optional>

#include "lowering/lowering.h"
#include "study/given_layer.h"
#include "study/workload.h"
#include "workloads/import.h"
#include "workloads/reference.h"
#include "workloads/tensor.h"
#include "workloads/thread_pool.h"

namespace nonzero {

// Of a stored output; fewer on a machine whose operands are narrower.
inline constexpr int kOutputBits = 8;

struct LayerData {
    Mask mask = Mask::real;
    std::optional<NmPattern> pattern;             // that the weights keep
    std::shared_ptr<const LayerTensors> tensors;  // shared with the memories that hold them; the bias of a data set
    std::uint64_t useful_products = 0;
    Psums exact;  // sums before bias and ReLU; empty without values
    // What a data set says of its layer with the stored input, and whether the input is another.
    const RealPhoto* published = nullptr;
    bool other_input = false;
};

// What a machine has to put out: depends on the widths of its accumulators and operands.
struct Expectation {
    Wrapped sums;  // what accumulators of the machine's width hold; the values only where they are put out
    std::optional<PostProcessing> post_processing;  // compressed outputs
    std::optional<Pooling> pooling;
    std::string pooled_by;    // the layer that does it in the network
    Operands output;          // after both
    bool of_network = false;  // requantised by the scales of a data set, to be read by the layers behind
};

// Generates or loads; throws InputError for damaged files. values: with the sums. places: of the weights, where they
// are not those of the plan.
LayerData make_layer_data(const Workload& workload, const PlannedLayer& planned, bool values,
                          const std::optional<WeightPlaces>& places = std::nullopt,
                          ThreadPool& threads = ThreadPool::none());
// The data of these tensors. values: with the sums.
LayerData complete_data(const Layer& layer, LayerTensors tensors, bool values,
                        ThreadPool& threads = ThreadPool::none());
// Of given tensors.
LayerData make_layer_data(const GivenLayer& given, bool values, ThreadPool& threads = ThreadPool::none());
Expectation expect(const LayerData& data, const GivenLayer& given, const Lowering& lowering);
Expectation expect(const LayerData& data, const Workload& workload, const PlannedLayer& planned,
                   const Lowering& lowering);
// expectation: null when only counting.
LayerJob make_job(const LayerData& data, const Layer& layer, const Expectation* expectation);

// ReLU and a pure shift that brings the largest output into `bits` signed bits; every channel alike.
PostProcessing shift_to_fit(const Psums& exact, const std::vector<std::int64_t>& bias, int accumulator_bits, int bits);
// Bits that the requantisation shifts right.
int shifted_bits(const PostProcessing& processing);

}  // namespace nonzero
