// The reference convolution alone, by the kernels of this machine: single-threaded multiply-accumulates in a second of
// layers of VGG-16 and of a fully connected layer, whose weights are read once.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "workloads/convolution.h"
#include "workloads/sparsity.h"

namespace {

using namespace nonzero;

Layer convolution_layer(const char* name, int channels, int size, int filters, int kernel) {
    Layer layer;
    layer.name = name;
    layer.C = channels;
    layer.H = layer.W = size;
    layer.K = filters;
    layer.KH = layer.KW = kernel;
    layer.pad = {kernel / 2, kernel / 2, kernel / 2, kernel / 2};
    return layer;
}

void multiply(benchmark::State& state, const Layer& layer, const BlockKernel& kernel) {
    const Operands weights = generate_weights(layer, 0.35, SparsityPattern::uniform, 1);
    const Operands input = generate_activations(layer, 0.40, SparsityPattern::uniform, 1);
    Psums sums(layer.output_shape());
    for (auto _ : state) {
        const Convolution convolution(layer, input, weights, kernel);
        convolution.add_channels(0, layer.K, sums);
        benchmark::ClobberMemory();
    }
    state.counters["MAC/s"] =
        benchmark::Counter(double(layer.dense_macs()) * double(state.iterations()), benchmark::Counter::kIsRate);
    state.SetBytesProcessed(state.iterations() * std::int64_t(weights.size() * sizeof(std::int16_t)));
}

}  // namespace

int main(int argc, char** argv) {
    Layer product = convolution_layer("fc7", 4096, 1, 4096, 1);
    product.kind = LayerKind::fully_connected;
    Layer depthwise = convolution_layer("depthwise", 512, 14, 512, 3);
    depthwise.kind = LayerKind::depthwise;
    depthwise.groups = depthwise.C;
    for (const Layer& layer :
         {convolution_layer("conv1_1", 3, 224, 64, 3), convolution_layer("conv3_2", 256, 56, 256, 3),
          convolution_layer("conv5_1", 512, 14, 512, 3), depthwise, product}) {
        for (const BlockKernel& kernel : block_kernels()) {
            benchmark::RegisterBenchmark(fmt::format("{}/{}", layer.name, kernel.name).c_str(), multiply, layer, kernel)
                ->Unit(benchmark::kMillisecond);
        }
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
