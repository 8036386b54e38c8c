// Network files: what is read can be described, and every machine says whether it runs the layers.

#include "workloads/network.h"
#include "fuzz/support.h"
#include "platforms/registry.h"
#include "workloads/describe.h"
#include "workloads/gemm.h"

using namespace nonzero;

namespace {

const std::vector<std::unique_ptr<Lowering>>& all_lowerings() {
    static const std::vector<std::unique_ptr<Lowering>> lowerings = [] {
        std::vector<std::unique_ptr<Lowering>> all;
        for (const PlatformKind& kind : platform_registry()) {
            all.push_back(kind.make_lowering(*kind.make_parameters()));
        }
        return all;
    }();
    return lowerings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    Network network;
    if (!fuzz::accepts([&] { network = parse_network(text, "network.json"); })) {
        return 0;
    }
    fuzz::require(!describe(network).empty(), "a network can be described");
    for (const Layer* layer : network.weighted_layers(true)) {
        fuzz::require(fuzz::accepts([&] { validate(*layer); }), "a layer that was read is valid");
        fuzz::require(gemm_shape(*layer).dense_macs() == layer->dense_macs(), "a layer is a matrix product");
        for (const auto& lowering : all_lowerings()) {
            fuzz::accepts([&] { lowering->check(*layer); });
        }
    }
    return 0;
}
