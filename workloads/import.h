#pragma once
// Real networks: a directory with network.json and one .npz per layer (numpy deflate). Every problem (missing,
// truncated or lying .npz/.npy, wrong dtype or shape) is an InputError that names the file and the array.

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero {

struct RealPhoto {
    std::string name;
    std::string sha256_without_bias;  // over y as little-endian int64, C order; empty where not given
    std::string sha256_with_bias;
    std::uint64_t nz_macs = 0;  // products of two non-zeros that land in the output; 0 where not given
};

struct RealLayer {
    Layer layer;
    std::string file;
    std::string input_file;  // where x_<photo> lives
    int weight_bits = 16;    // width that the stored integers of this format need
    int activation_bits = 16;
    std::vector<RealPhoto> photos;  // in the order of the file, at least one
};

struct LayerTensors {
    Operands weights;
    Operands input;
    std::vector<std::int64_t> bias;  // empty where the network has none
};

class RealNetwork {
  public:
    // Throws InputError when directory/network.json is missing or malformed.
    static RealNetwork open(const std::string& directory);
    const std::string& directory() const { return directory_; }
    const std::string& title() const { return title_; }
    const std::vector<RealLayer>& layers() const { return layers_; }
    const RealLayer* find(const std::string& layer_name) const;
    // photo: empty for the first one.
    LayerTensors load(const RealLayer& layer, const std::string& photo = {}) const;
    // The scale of each output channel's weights, K of them, as the layer's file has it.
    std::vector<double> weight_scales(const RealLayer& layer) const;
    // All of network.json, for what is read of whole networks alone (network_graph.h, quantised_network.h).
    const nlohmann::json& document() const { return *document_; }
    // The file's name, as messages show it.
    std::string document_name() const;

  private:
    std::string directory_;
    std::string title_;
    std::vector<RealLayer> layers_;
    std::unordered_map<std::string, std::size_t> places_;
    std::shared_ptr<const nlohmann::json> document_;
};

// SHA-256 over the values as little-endian int64, as the data set stores it (lower-case hex).
std::string sha256_of(const Psums& values);
// The same over stored values as little-endian int16.
std::string sha256_of(const Operands& values);

}  // namespace nonzero
