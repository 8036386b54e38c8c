#!/usr/bin/env bash
# Arm NN 20.08 (Debian 20.08-12), backend CpuRef: Convolution2d with QAsymmS8 input and output and QSymmS8 weights.
#
# Expected: products of 8 bits are added up in 32-bit integers, as the quantised data types and the 32-bit bias suggest,
# and a tie goes to the even neighbour, as in other runtimes.
# Seen: the sums are kept in float32, so that what is added to a partial sum beyond 2^24 is lost (a layer of 32,082
# channels whose exact output is 60 gives 0), and ties go away from zero (0.5 -> 1, 2.5 -> 3, -0.5 -> -1). Outputs of
# wide layers are therefore no reference for integer arithmetic, although the backend is named so.
# Seen besides: a relative path of dynamic backends is a warning on the log, and the network then optimises to null.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=20.08-12
apt-get download -qq "libarmnn-dev=$version" "libarmnn22=$version" "libarmnn-cpuref-backend22=$version" 2>/dev/null
for package in ./*.deb; do
    dpkg-deb --extract "$package" root
done
libraries=$folder/root/usr/lib/$(gcc -print-multiarch)

cat >layer.cpp <<'END'
#include <armnn/ArmNN.hpp>

#include <cstdint>
#include <cstdio>
#include <vector>

// A 1x1 convolution to one channel: 1 x 1 x positions x channels, all scales 1 but the output's.
static std::vector<std::int8_t> convolve(const char* backends, const std::vector<std::int8_t>& input, unsigned positions,
                                         const std::vector<std::int8_t>& weights, float output_scale) {
    using namespace armnn;
    const unsigned channels = unsigned(weights.size());
    const TensorInfo in({1, 1, positions, channels}, DataType::QAsymmS8, 1.0F, 0);
    const TensorInfo kernel({1, 1, 1, channels}, DataType::QSymmS8, 1.0F, 0);
    const TensorInfo out({1, 1, positions, 1}, DataType::QAsymmS8, output_scale, 0);
    Convolution2dDescriptor shape;
    shape.m_StrideX = shape.m_StrideY = 1;
    shape.m_DataLayout = DataLayout::NHWC;
    INetworkPtr network = INetwork::Create();
    IConnectableLayer* source = network->AddInputLayer(0);
    IConnectableLayer* layer =
        network->AddConvolution2dLayer(shape, ConstTensor(kernel, weights.data()), EmptyOptional());
    IConnectableLayer* sink = network->AddOutputLayer(0);
    source->GetOutputSlot(0).SetTensorInfo(in);
    layer->GetOutputSlot(0).SetTensorInfo(out);
    source->GetOutputSlot(0).Connect(layer->GetInputSlot(0));
    layer->GetOutputSlot(0).Connect(sink->GetInputSlot(0));
    IRuntime::CreationOptions options;
    options.m_DynamicBackendsPath = backends;
    IRuntimePtr runtime = IRuntime::Create(options);
    IOptimizedNetworkPtr optimised = Optimize(*network, {Compute::CpuRef}, runtime->GetDeviceSpec());
    if (!optimised) {
        return {};
    }
    NetworkId id = 0;
    runtime->LoadNetwork(id, std::move(optimised));
    std::vector<std::int8_t> output(positions);
    runtime->EnqueueWorkload(id, {{0, ConstTensor(in, input.data())}}, {{0, Tensor(out, output.data())}});
    return output;
}

int main(int, char** arguments) {
    armnn::ConfigureLogging(false, false, armnn::LogSeverity::Fatal);
    std::vector<std::int8_t> odd;
    for (int value = -9; value <= 9; value += 2) {
        odd.push_back(std::int8_t(value));
    }
    std::printf("halves:");
    for (const std::int8_t value : convolve(arguments[1], odd, unsigned(odd.size()), {1}, 2.0F)) {
        std::printf(" %d", value);
    }
    std::vector<std::int8_t> input;
    std::vector<std::int8_t> weights;
    const auto add = [&](int count, int value, int weight) {
        input.insert(input.end(), std::size_t(count), std::int8_t(value));
        weights.insert(weights.end(), std::size_t(count), std::int8_t(weight));
    };
    add(1041, 127, 127);  // 16,790,289, beyond 2^24
    add(30000, 1, 1);
    add(1041, -127, 127);
    std::printf("\n30000 / 500: %d\n", convolve(arguments[1], input, 1, weights, 500.0F).front());
    std::printf("relative path: %s\n", convolve(arguments[2], odd, unsigned(odd.size()), {1}, 2.0F).empty() ? "null" : "runs");
}
END
g++ -std=c++17 -O1 -Iroot/usr/include layer.cpp -L"$libraries" -larmnn -o layer
LD_LIBRARY_PATH=$libraries ./layer "$libraries/armnn22" "${libraries#"$folder/"}/armnn22" | tee seen

cat >expected <<'END'
halves: -5 -4 -3 -2 -1 1 2 3 4 5
30000 / 500: 0
relative path: null
END
diff expected seen && echo "as described"
