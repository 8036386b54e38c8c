#include "sc_main/layer_data.h"

#include <algorithm>
#include <bit>

namespace nonzero {

namespace {

constexpr int kOutputBits = 8;
constexpr int kLargestShift = 31;

}  // namespace

LayerData make_layer_data(const Workload& workload, const PlannedLayer& planned) {
    LayerData data;
    if (planned.real != nullptr) {
        LayerTensors tensors = workload.tensors->load(*planned.real, planned.photo->name);
        data.weights = std::move(tensors.weights);
        data.input = std::move(tensors.input);
        data.bias = std::move(tensors.bias);
        return data;
    }
    data.weights = generate_weights(planned.layer, planned.weight_density, workload.sparsity, workload.seed);
    data.input = generate_activations(planned.layer, planned.activation_density, workload.sparsity, workload.seed);
    return data;
}

void add_reference(LayerData& data, const Workload& workload, const Layer& layer, const Lowering& lowering) {
    data.exact = convolve(layer, data.input, data.weights);
    data.sums = wrap_to(data.exact, lowering.accumulator_bits());
    if (workload.output == OutputChoice::compressed) {
        data.post_processing = shift_to_fit(data.exact, data.bias, lowering.accumulator_bits(),
                                            std::min(kOutputBits, lowering.operand_bits()));
        data.output = post_process(data.exact, *data.post_processing);
    }
}

LayerJob make_job(const LayerData& data, const Layer& layer, bool values) {
    LayerJob job;
    job.layer = &layer;
    job.input = &data.input;
    job.weights = &data.weights;
    job.post_processing = data.post_processing;
    job.count_only = !values;
    return job;
}

PostProcessing shift_to_fit(const Psums& exact, const std::vector<std::int64_t>& bias, int accumulator_bits, int bits) {
    const std::size_t channels = exact.shape.front();
    const std::size_t plane = std::max<std::size_t>(1, exact.size() / std::max<std::size_t>(1, channels));
    std::int64_t largest = 0;
    for (std::size_t index = 0; index < exact.size(); ++index) {
        const std::int64_t added = bias.empty() ? 0 : bias[index / plane];
        const auto held = std::uint64_t(wrap_to(exact.data[index], accumulator_bits));
        largest = std::max(largest, wrap_to(std::int64_t(held + std::uint64_t(added)), accumulator_bits));
    }
    const std::int64_t limit = (std::int64_t{1} << (bits - 1)) - 1;
    Requantisation scale;  // identity: the multiplier is one half, the shift of -1 doubles it
    while (requantise(largest, scale) > limit) {
        if (scale.shift < kLargestShift) {
            ++scale.shift;
        } else {
            scale.multiplier /= 2;
        }
    }
    PostProcessing processing;
    processing.bias = bias;
    processing.requantisation.assign(channels, scale);
    processing.accumulator_bits = accumulator_bits;
    processing.output_bits = bits;
    return processing;
}

int shifted_bits(const PostProcessing& processing) {
    const Requantisation identity;
    const Requantisation& scale = processing.requantisation.front();
    return scale.shift - identity.shift + std::countr_zero(unsigned(identity.multiplier)) -
           std::countr_zero(unsigned(scale.multiplier));
}

}  // namespace nonzero
