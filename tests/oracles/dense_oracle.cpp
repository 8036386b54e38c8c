#include "tests/oracles/dense_oracle.h"

#include "tests/oracles/mapped_layer.h"

namespace nonzero::oracle {
namespace {

constexpr int kLanes = 6;  // of filters, and of rows

}  // namespace

std::uint64_t ideal_cycles(const Layer& layer, int multipliers) {
    const auto width = std::uint64_t(multipliers);
    return (layer.dense_macs() + width - 1) / width;
}

std::uint64_t neuromax_cycles(const Layer& layer) {
    const MappedShape shape(layer);
    std::uint64_t cycles = 0;
    const auto nines = [](int channels) { return std::uint64_t(ceil_div(channels, 9)); };
    if (shape.mapping() == Mapping::fully_connected) {
        for (int neuron = 0; neuron < shape.K(); neuron += kLanes * kLanes)
            cycles += nines(shape.Cg());
        return cycles;
    }
    const bool depthwise = shape.mapping() == Mapping::depthwise;
    const auto tiles = std::uint64_t(ceil_div(shape.R(), 3)) * std::uint64_t(ceil_div(shape.S(), 3));
    const int set = depthwise ? shape.K() : shape.Kg();
    for (int group = 0; group < shape.K(); group += set)
        for (int filter = group; filter < group + set; filter += kLanes) {
            if (shape.mapping() == Mapping::pointwise) {
                for (int pixel = 0; pixel < shape.P() * shape.Q(); pixel += kLanes)
                    cycles += nines(shape.Cg());
                continue;
            }
            for (int row = 0; row < shape.P(); row += kLanes)
                for (int q = 0; q < shape.Q(); ++q)
                    cycles += std::uint64_t(shape.Cg()) * tiles;
        }
    return cycles;
}

}  // namespace nonzero::oracle
