// phantom_facts.md 9.10: every layer of whole real networks on all machines.
#include <catch2/catch.hpp>

#include "tests/common/real_data.h"
#include "tests/oracles/dense_oracle.h"
#include "tests/oracles/eyeriss_v2_oracle.h"
#include "tests/oracles/mapped_layer.h"
#include "tests/oracles/phantom_oracle.h"
#include "tests/oracles/sparten_oracle.h"
#include "workloads/import.h"

namespace {

using namespace nonzero;
using namespace nonzero::oracle;

struct Golden {
    const char* network;
    std::uint64_t phantom, jobs, sparten, eyeriss_v2, ideal, neuromax;
};

void check_network(const Golden& golden) {
    const RealNetwork network = RealNetwork::open(test::real_data(golden.network));
    Golden sum{golden.network, 0, 0, 0, 0, 0, 0};
    for (const RealLayer& real : network.layers()) {
        if (!real.layer.has_weights())
            continue;
        INFO(real.layer.name);
        const LayerTensors tensors = network.load(real);
        const RealPhoto& photo = real.photos.front();
        const PhantomResult phantom = simulate_phantom(real.layer, tensors.input, tensors.weights, {});
        CHECK(sha256_of(phantom.output) == photo.sha256_without_bias);
        CHECK(phantom.products == photo.nz_macs);
        CHECK(attribution_closes(phantom, PhantomConfig{}));
        const SpartenResult sparten = simulate_sparten(real.layer, tensors.input, tensors.weights, {});
        CHECK(sparten.output == phantom.output);
        CHECK(sparten.products == photo.nz_macs);
        const EyerissV2Result eyeriss = simulate_eyeriss_v2(real.layer, tensors.input, tensors.weights, {});
        CHECK(eyeriss.output == phantom.output);
        if (MappedShape(real.layer).mapping() != Mapping::depthwise)
            CHECK(eyeriss.products == photo.nz_macs);
        sum.phantom += phantom.cycles;
        sum.jobs += phantom.jobs;
        sum.sparten += sparten.cycles;
        sum.eyeriss_v2 += eyeriss.cycles;
        sum.ideal += ideal_cycles(real.layer, 252);
        sum.neuromax += neuromax_cycles(real.layer);
    }
    CHECK(sum.phantom == golden.phantom);
    CHECK(sum.jobs == golden.jobs);
    CHECK(sum.sparten == golden.sparten);
    CHECK(sum.eyeriss_v2 == golden.eyeriss_v2);
    CHECK(sum.ideal == golden.ideal);
    CHECK(sum.neuromax == golden.neuromax);
}

}  // namespace

TEST_CASE("person_detect on the mask machines") {
    check_network({"person_detect_tflm", 30061, 697, 25171, 116791, 28421, 26274});
}
TEST_CASE("ResNet-8 on the mask machines") {
    check_network({"resnet8_cifar_mlperf", 36952, 197, 39316, 92616, 49617, 51888});
}
TEST_CASE("LeNet-5 on the mask machines") {
    check_network({"lenet5_dns", 739, 48, 1461, 1965, 9101, 14358});
}
TEST_CASE("MobileNet v1 on the mask machines") {
    check_network({"mobilenet_v1_050_160", 266719, 1413, 226924, 498614, 303691, 263711});
}
