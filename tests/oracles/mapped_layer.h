#pragma once
// A layer with its tensors as the mask machines see it: which of four mappings it takes (phantom_facts.md 9 rule 1),
// and its operands by channel, row and column, where the padding ring is zeros.

#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::oracle {

enum class Mapping { convolution, depthwise, pointwise, fully_connected };

// The layer's shape. A fully connected layer may have any plane that flattens to its inputs.
class MappedShape {
  public:
    explicit MappedShape(const Layer& layer) : layer_(layer) {
        if (layer.kind == LayerKind::fully_connected) {
            layer_.C *= layer.H * layer.W;
            layer_.H = layer_.W = layer_.KH = layer_.KW = 1;
        }
        if (layer.batch != 1)
            throw std::invalid_argument("the layer " + layer.name + " has a batch");
    }

    Mapping mapping() const {
        if (R() == 1 && S() == 1)
            return layer_.H == 1 && layer_.W == 1 && layer_.pad == Padding{} && groups() == 1 ? Mapping::fully_connected
                                                                                              : Mapping::pointwise;
        return groups() > 1 && Cg() == 1 ? Mapping::depthwise : Mapping::convolution;
    }

    int K() const { return layer_.K; }
    int groups() const { return layer_.groups; }
    int Kg() const { return layer_.K / layer_.groups; }  // filters of a group
    int Cg() const { return layer_.C / layer_.groups; }  // channels of a group
    int R() const { return layer_.KH; }
    int S() const { return layer_.KW; }
    int P() const { return layer_.P(); }
    int Q() const { return layer_.Q(); }

  protected:
    Layer layer_;
};

// With its tensors, to which it keeps references.
class MappedLayer : public MappedShape {
  public:
    // input: C x H x W. weights: K x C/groups x KH x KW. std::invalid_argument for other sizes.
    MappedLayer(const Layer& layer, const Operands& input, const Operands& weights)
        : MappedShape(layer), input_(input), weights_(weights) {
        if (weights.size() != layer_.weight_elements() ||
            input.size() != std::size_t(layer_.C) * std::size_t(layer_.H) * std::size_t(layer_.W))
            throw std::invalid_argument("tensors do not fit the layer " + layer.name);
    }

    // c counts inside the group of filter k.
    int weight(int k, int c, int r, int s) const {
        const auto taps = std::size_t(R() * S());
        return weights_.data[(std::size_t(k) * std::size_t(Cg()) + std::size_t(c)) * taps + std::size_t(r * S() + s)];
    }
    // What filter k's output (y, q) multiplies with weight (c, r, s).
    int activation(int k, int c, int y, int q, int r, int s) const {
        const int row = y * layer_.stride_y + r * layer_.dilation_y - layer_.pad.top;
        const int column = q * layer_.stride_x + s * layer_.dilation_x - layer_.pad.left;
        if (row < 0 || row >= layer_.H || column < 0 || column >= layer_.W)
            return 0;
        const int channel = k / Kg() * Cg() + c;
        return input_.data[(std::size_t(channel) * std::size_t(layer_.H) + std::size_t(row)) * std::size_t(layer_.W) +
                           std::size_t(column)];
    }
    std::uint64_t non_zero_weights(int k) const {
        std::uint64_t count = 0;
        for (int c = 0; c < Cg(); ++c)
            for (int r = 0; r < R(); ++r)
                for (int s = 0; s < S(); ++s)
                    count += weight(k, c, r, s) != 0;
        return count;
    }

  private:
    const Operands& input_;
    const Operands& weights_;
};

inline int ceil_div(int a, int b) {
    return (a + b - 1) / b;
}

}  // namespace nonzero::oracle
