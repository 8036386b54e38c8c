#pragma once
// A data set of 8-bit numbers as a whole network: from the first input through all layers, each reading what those
// before it made. What lies between the exact sums of a layer and the input of the next is here: the scales, the zero
// points and the clamps of the data set as the integers that a machine works with (reference.h), the additions and the
// averages.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workloads/import.h"
#include "workloads/network_graph.h"
#include "workloads/reference.h"

namespace nonzero {

// Of a tensor: real = scale * (q - zero_point).
struct Quantisation {
    double scale = 1;
    std::int32_t zero_point = 0;
    friend bool operator==(const Quantisation&, const Quantisation&) = default;
};

class QuantisedNetwork {
  public:
    // Bits of a stored q - zero point, whether the numbers are int8 or uint8.
    static constexpr int kStoredBits = 9;

    // Keeps a reference to the data set. InputError where it does not say all that a whole network needs: scales and
    // zero points of every layer, edges that fit (network_graph.h), tensors of one scale where nothing lies between.
    explicit QuantisedNetwork(const RealNetwork& network);

    const RealNetwork& data() const { return *data_; }
    const NetworkGraph& graph() const { return graph_; }
    const char* element_type() const { return is_signed_ ? "int8" : "uint8"; }
    // What a layer's exact sums become, with the layer's own bias, on a machine of these widths; a width of operands
    // below kStoredBits saturates what the network needs.
    PostProcessing post_processing(std::size_t layer, std::vector<std::int64_t> bias, int accumulator_bits,
                                   int operand_bits) const;
    // Of the step of the graph, an add.
    const Addition& addition(const GraphStep& step) const { return additions_[step.layer]; }

  private:
    struct LayerScales {
        Quantisation input;
        Quantisation output;
        std::vector<Requantisation> requantisation;  // K
        bool relu = false;
        std::optional<std::int32_t> clamp_high;  // of ReLU6
    };

    void read_scales();
    void quantise_tensors();
    Requantisation between(std::size_t layer, double from, double to) const;
    std::int32_t lowest() const { return is_signed_ ? -128 : 0; }
    std::int32_t highest() const { return is_signed_ ? 127 : 255; }

    const RealNetwork* data_;
    NetworkGraph graph_;
    bool is_signed_ = true;
    std::vector<LayerScales> layers_;
    std::vector<Quantisation> tensors_;  // of the graph
    std::vector<Addition> additions_;    // by the layer that reads the sum
};

// What works the additions and the averages: the reference, or a machine's own kernels.
struct GraphArithmetic {
    std::function<Operands(const Operands&, const Operands&, const Addition&)> add;
    std::function<Operands(const Operands&)> average;
};
GraphArithmetic reference_arithmetic();

// The tensors of a network as they come to be. Each is kept as long as a step needs it.
class NetworkTensors {
  public:
    NetworkTensors(const QuantisedNetwork& network, Operands input, GraphArithmetic arithmetic);

    // Of the next layer. The layers' outputs are given in the order of the data set.
    const Operands& input() const { return tensors_[network_.graph().inputs[layer_]]; }
    void put(Operands output);
    bool done() const { return layer_ == network_.graph().inputs.size(); }

  private:
    // Works the steps in front of the next layer.
    void advance();
    // What the current step is the last to read.
    void release();

    const QuantisedNetwork& network_;
    GraphArithmetic arithmetic_;
    std::vector<Operands> tensors_;
    std::vector<std::size_t> last_use_;  // step that is the last to read a tensor
    std::size_t step_ = 0;
    std::size_t layer_ = 0;
};

// What the reference makes of a layer of the network.
struct ReferenceLayer {
    const Operands& input;
    const LayerTensors& tensors;  // the stored ones
    const Psums& sums;            // exact, without bias
    const Operands& output;       // q - zero point
};
// From the photo's first input through all layers in order; the output of the last one. photo: empty for the first.
Operands walk_network(const QuantisedNetwork& network, const std::string& photo,
                      const std::function<void(std::size_t layer, const ReferenceLayer& values)>& each = {});

}  // namespace nonzero
