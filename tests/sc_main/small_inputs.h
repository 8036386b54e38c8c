#pragma once
// Inputs that run in milliseconds: a network file and a directory of tensors, made in a test's own folder.

#include <string>
#include <vector>

#include "tests/common/temporary_directory.h"
#include "tests/workloads/npz_builder.h"
#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::test {

// Three convolutions (one strided, one grouped) and a fully connected layer; all with densities.
inline constexpr const char* kSmallNetwork = R"({
  "schema": 1, "name": "small", "title": "small", "density_source": "made up", "input": [6, 14, 14],
  "layers": [
    {"name": "conv1", "out_channels": 12, "kernel": 3, "pad": 1, "weight_density": 0.6, "activation_density": 0.9},
    {"name": "block/conv2", "out_channels": 10, "kernel": 5, "stride": 2, "pad": 2,
     "weight_density": 0.3, "activation_density": 0.5},
    {"name": "conv3", "out_channels": 4, "kernel": 1, "groups": 2, "weight_density": 0.7, "activation_density": 0.4},
    {"name": "fc", "kind": "fully_connected", "out_channels": 10, "weight_density": 0.5, "activation_density": 0.5}
  ]
})";

struct SmallTensorLayer {
    Layer layer;
    Operands weights;
    Operands input;
    std::string sha256;
    std::uint64_t products = 0;
};

// Writes network.json with `layers` convolutions and their .npz files; returns what is in them. `wrong_sha256` and
// `wrong_products` name layers of which network.json lies.
std::vector<SmallTensorLayer> write_tensors(const std::string& directory, int layers, bool quantised = false,
                                            const std::string& wrong_sha256 = {},
                                            const std::string& wrong_products = {});

}  // namespace nonzero::test
