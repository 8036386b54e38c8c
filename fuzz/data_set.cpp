// Data sets: network.json with the archives that it names. Parts of the input are cut at a mark: network.json, then
// w.npz, then x.npz.

#include <optional>

#include "fuzz/support.h"
#include "workloads/quantised_network.h"

using namespace nonzero;

namespace {

constexpr std::string_view kMark = "\n--\n";

std::string_view take_part(std::string_view& rest) {
    const std::size_t end = std::min(rest.find(kMark), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + kMark.size()));
    return part;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::ScratchDirectory directory;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    for (const char* name : {"network.json", "w.npz", "x.npz"}) {
        directory.write(name, take_part(rest));
    }
    std::optional<RealNetwork> network;
    if (!fuzz::accepts([&] { network = RealNetwork::open(directory.path()); })) {
        return 0;
    }
    for (const RealLayer& layer : network->layers()) {
        fuzz::require(fuzz::accepts([&] { validate(layer.layer); }), "a layer that was read is valid");
        for (const RealPhoto& photo : layer.photos) {
            fuzz::accepts([&] {
                const LayerTensors tensors = network->load(layer, photo.name);
                fuzz::require(tensors.weights.shape == layer.layer.weight_shape() &&
                                  tensors.input.shape == layer.layer.input_shape(),
                              "tensors have their layer's shape");
            });
        }
    }
    // As one network: its edges and scales.
    fuzz::accepts([&] { QuantisedNetwork{*network}; });
    return 0;
}
