#include "study/layer_data.h"

#include <algorithm>
#include <bit>

#include "lowering/layer_parts.h"
#include "study/weight_places.h"
#include "workloads/sparsity.h"
#include "workloads/tensor_source.h"
#include "workloads/vector_clones.h"

namespace nonzero {

namespace {

constexpr int kLargestShift = 31;

// Of what accumulators hold with the bias, and 0. Wrapping before and after the bias equals wrapping once.
NONZERO_VECTOR_CLONES std::int64_t largest_held(const std::int64_t* exact, std::size_t count, std::int64_t bias,
                                                int bits) {
    std::int64_t largest = 0;
    for (std::size_t n = 0; n < count; ++n) {
        const auto sum = std::int64_t(std::uint64_t(exact[n]) + std::uint64_t(bias));
        largest = std::max(largest, wrap_to(sum, bits));
    }
    return largest;
}

Operands pool_images(const Layer& layer, const Operands& outputs, const Pooling& pooling) {
    const int rows = pooling.outputs(layer.P());
    const int columns = pooling.outputs(layer.Q());
    Operands pooled({outputs.shape[0], std::size_t(layer.batch) * std::size_t(rows), std::size_t(columns)});
    for (const LayerPart& image : images_of(layer)) {
        const Operands plane = cut_part(outputs, image, image.layer.output_shape());
        paste_part(pool(plane, pooling.kind, pooling.size, pooling.size, pooling.stride, pooling.stride,
                        {pooling.pad_before, pooling.pad_before, pooling.pad_after, pooling.pad_after}, rows, columns),
                   image, pooled);
    }
    return pooled;
}

TensorSource source_of(const Workload& workload, const PlannedLayer& planned,
                       const std::optional<WeightPlaces>& places) {
    if (planned.places) {
        return HashedTensors{planned.index, places ? *places : *planned.places, workload.operand_bits};
    }
    std::optional<StoredTensors> stored;
    if (planned.real != nullptr) {
        stored = {workload.tensors.get(), planned.real, planned.photo->name};
        if (planned.mask == Mask::real) {
            return *stored;
        }
    }
    return GeneratedTensors{planned.mask == Mask::uniform ? SparsityPattern::uniform : SparsityPattern::correlated,
                            workload.seed,
                            planned.weight_density,
                            planned.activation_density,
                            stored,
                            workload.operand_bits};
}

}  // namespace

LayerData make_layer_data(const Workload& workload, const PlannedLayer& planned, bool values,
                          const std::optional<WeightPlaces>& places, ThreadPool& threads) {
    if (planned.given != nullptr) {
        return make_layer_data(*planned.given, values, threads);
    }
    const TensorSource source = source_of(workload, planned, places);
    LayerData data = complete_data(planned.layer, tensors_of(planned.layer, source), values, threads);
    data.mask = planned.mask;
    if (const auto* hashed = std::get_if<HashedTensors>(&source)) {
        data.pattern = job_pattern(hashed->places);
    }
    if (std::holds_alternative<StoredTensors>(source)) {
        data.published = planned.photo;
    }
    return data;
}

LayerData complete_data(const Layer& layer, LayerTensors tensors, bool values, ThreadPool& threads) {
    LayerData data;
    data.useful_products = useful_products(layer, tensors.input, tensors.weights);
    if (values) {
        data.exact = convolve(layer, tensors.input, tensors.weights, threads);
    }
    data.tensors = std::make_shared<const LayerTensors>(std::move(tensors));
    return data;
}

LayerData make_layer_data(const GivenLayer& given, bool values, ThreadPool& threads) {
    const std::vector<std::int64_t> bias =
        given.post_processing ? given.post_processing->bias : std::vector<std::int64_t>();
    LayerData data = complete_data(given.layer, {given.weights, given.input, bias}, values, threads);
    data.pattern = given.pattern;
    return data;
}

Expectation expect(const LayerData& data, const GivenLayer& given, const Lowering& lowering) {
    Expectation expectation;
    if (!given.post_processing) {
        expectation.sums = wrap_to(data.exact, lowering.accumulator_bits());
    } else {
        expectation.sums.overflows = overflows(data.exact, lowering.accumulator_bits());
        expectation.post_processing = given.post_processing;
        expectation.post_processing->accumulator_bits = lowering.accumulator_bits();
        expectation.output = post_process(data.exact, *expectation.post_processing);
    }
    expectation.pooling = given.pooling;
    if (given.pooling && given.post_processing) {  // else the lowering refuses it
        expectation.output = pool_images(given.layer, expectation.output, *given.pooling);
    }
    return expectation;
}

Expectation expect(const LayerData& data, const Workload& workload, const PlannedLayer& planned,
                   const Lowering& lowering) {
    if (planned.given != nullptr) {
        return expect(data, *planned.given, lowering);
    }
    Expectation expectation;
    if (workload.output == OutputChoice::raw64) {
        expectation.sums = wrap_to(data.exact, lowering.accumulator_bits());
        return expectation;
    }
    expectation.sums.overflows = overflows(data.exact, lowering.accumulator_bits());
    expectation.post_processing = shift_to_fit(data.exact, data.tensors->bias, lowering.accumulator_bits(),
                                               std::min(kOutputBits, lowering.operand_bits()));
    expectation.output = post_process(data.exact, *expectation.post_processing);
    if (planned.pooling) {
        expectation.pooling = planned.pooling;
        expectation.pooled_by = planned.pooled_by;
        const Pooling& pooling = *planned.pooling;
        expectation.output = pool_images(planned.layer, expectation.output, pooling);
    }
    return expectation;
}

LayerJob make_job(const LayerData& data, const Layer& layer, const Expectation* expectation) {
    LayerJob job;
    job.layer = &layer;
    job.input = &data.tensors->input;
    job.weights = &data.tensors->weights;
    job.pattern = data.pattern;
    job.count_only = expectation == nullptr;
    if (expectation != nullptr) {
        job.post_processing = expectation->post_processing;
        job.pooling = expectation->pooling;
    }
    return job;
}

PostProcessing shift_to_fit(const Psums& exact, const std::vector<std::int64_t>& bias, int accumulator_bits, int bits) {
    const std::size_t channels = exact.shape.front();
    const std::size_t plane = exact.size() / std::max<std::size_t>(1, channels);
    std::int64_t largest = 0;
    for (std::size_t k = 0; k < channels; ++k) {
        largest = std::max(
            largest, largest_held(exact.data.data() + k * plane, plane, bias.empty() ? 0 : bias[k], accumulator_bits));
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
