#pragma once
// The edges of a data set (docs/data_set_format.md): what each of its layers reads. A layer reads the layer before it,
// unless the data set says otherwise: in the member "edges" of network.json, or in a file edges.json in the data set's
// folder or the folder above it, under the folder's name.

#include <cstddef>
#include <string>
#include <vector>

#include "workloads/import.h"

namespace nonzero {

// What a layer's input is made of, in the words of the file.
struct LayerEdge {
    std::string layer;
    std::vector<std::string> op;  // "same", "average", "add", or "add" and "average"
    std::vector<std::string> of;  // "y:LAYER", its output, or "x:LAYER", its input
    bool relu = false;            // of an add: clamp below at the zero point
};

// One step of a network. Tensors are numbered as they come to be: 0 is the network's input, n the result of step n - 1.
struct GraphStep {
    enum class Kind { layer, add, average } kind = Kind::layer;
    std::size_t layer = 0;        // that is run; of add and average: the one that reads the result
    std::vector<std::size_t> of;  // tensors; two of an add, else one
    bool relu = false;
};

struct NetworkGraph {
    std::vector<GraphStep> steps;  // in an order in which they can be worked; the layers in the order of the data set
    std::vector<std::size_t> inputs;   // of each layer: the tensor that it reads
    std::vector<std::size_t> outputs;  // of each layer: the tensor that it makes
    std::vector<LayerEdge> edges;      // as the data set says them

    std::size_t tensors() const { return steps.size() + 1; }
};

// InputError for an unknown layer, operation or field, a layer that reads a later one, and shapes that do not fit.
NetworkGraph read_network_graph(const RealNetwork& network);

}  // namespace nonzero
