#include "fuzz/work.h"

#include <random>

#include "tests/common/random_layers.h"
#include "tests/platforms/random_processing.h"
#include "workloads/gemm.h"
#include "workloads/nm.h"
#include "workloads/reference.h"

namespace nonzero::fuzz {

namespace {

Layer take_layer(FuzzedDataProvider& data) {
    const auto pick = [&data](int low, int high) { return data.ConsumeIntegralInRange(low, high); };
    Layer layer;
    layer.name = "fuzz";
    const int kind = pick(0, 7);
    if (kind == 0) {
        layer.kind = LayerKind::fully_connected;
        layer.C = pick(1, 40);
        layer.K = pick(1, 40);
        return layer;
    }
    layer.kind = kind == 1 ? LayerKind::depthwise : LayerKind::convolution;
    const int groups = pick(1, 4);
    layer.groups = kind <= 2 ? groups : 1;
    layer.C = kind == 1 ? groups : layer.groups * pick(1, 4);
    layer.K = kind == 1 ? groups : layer.groups * pick(1, 9);
    layer.KH = pick(1, 4);
    layer.KW = pick(1, 4);
    layer.stride_y = pick(1, 3);
    layer.stride_x = pick(1, 3);
    const bool dilated = pick(0, 7) == 0;
    layer.dilation_y = dilated ? pick(1, 2) : 1;
    layer.dilation_x = dilated ? pick(1, 2) : 1;
    const int rows = layer.dilation_y * (layer.KH - 1) + 1;
    const int columns = layer.dilation_x * (layer.KW - 1) + 1;
    layer.pad = {pick(0, rows - 1), pick(0, columns - 1), pick(0, rows - 1), pick(0, columns - 1)};
    layer.H = pick(std::max(1, rows - layer.pad.top - layer.pad.bottom), 10);
    layer.W = pick(std::max(1, columns - layer.pad.left - layer.pad.right), 10);
    return layer;
}

}  // namespace

Work take_work(FuzzedDataProvider& data, const Lowering& lowering) {
    constexpr double kDensities[] = {0.0, 0.1, 0.35, 0.7, 1.0};
    Work work;
    work.layer = take_layer(data);
    std::mt19937_64 random(data.ConsumeIntegral<std::uint32_t>());
    const int largest = (1 << (lowering.operand_bits() - 1)) - 1;
    const auto operands = [&](const std::vector<std::size_t>& shape) {
        return test::random_operands(random, shape, data.PickValueInArray(kDensities),
                                     data.ConsumeBool() ? largest : std::min(largest, 100));
    };
    work.input = operands(work.layer.input_shape());
    work.weights = operands(work.layer.weight_shape());
    if (data.ConsumeBool()) {
        const int m = data.ConsumeIntegralInRange(1, 9);
        work.pattern = NmPattern{data.ConsumeIntegralInRange(1, m), m};
        Operands matrix = gemm_weights(work.layer, work.weights);
        prune_to_largest(matrix, *work.pattern);
        work.weights = layer_weights(work.layer, matrix);
    }
    work.count_only = data.ConsumeIntegralInRange(0, 7) == 0;
    if (!work.count_only && data.ConsumeBool()) {
        work.post_processing = test::random_processing(random, convolve(work.layer, work.input, work.weights),
                                                       lowering.accumulator_bits());
        if (data.ConsumeBool()) {
            Pooling& pooling = work.pooling.emplace();
            pooling.kind = data.ConsumeBool() ? PoolKind::max : PoolKind::average;
            pooling.size = data.ConsumeIntegralInRange(1, 4);
            pooling.stride = data.ConsumeIntegralInRange(1, 3);
            pooling.pad_before = data.ConsumeIntegralInRange(0, pooling.size - 1);
            pooling.pad_after = data.ConsumeIntegralInRange(0, pooling.size - 1);
        }
    }
    return work;
}

LayerJob Work::job() const {
    LayerJob job;
    job.layer = &layer;
    job.input = &input;
    job.weights = &weights;
    job.pattern = pattern;
    job.post_processing = post_processing;
    job.pooling = pooling;
    job.count_only = count_only;
    return job;
}

Psums Work::sums(const Lowering& lowering) const {
    return wrap_to(convolve(layer, input, weights), lowering.accumulator_bits()).values;
}

Operands Work::outputs() const {
    Operands values = post_process(convolve(layer, input, weights), *post_processing);
    if (pooling) {
        values = pool(values, pooling->kind, pooling->size, pooling->size, pooling->stride, pooling->stride,
                      {pooling->pad_before, pooling->pad_before, pooling->pad_after, pooling->pad_after},
                      pooling->outputs(layer.P()), pooling->outputs(layer.Q()));
    }
    return values;
}

std::vector<std::uint8_t> Work::expected(const Lowering& lowering) const {
    return post_processing ? lowering.encode(job(), outputs()) : lowering.encode(job(), sums(lowering));
}

void Work::check(const Lowering& lowering, const std::vector<std::uint8_t>& stored) const {
    const bool equal = post_processing ? lowering.decode_output(job(), stored) == outputs()
                                       : lowering.decode_sums(job(), stored) == sums(lowering);
    require(equal, "values equal the reference");
}

}  // namespace nonzero::fuzz
