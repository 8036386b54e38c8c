#include "bench/bare_kernel.h"

#include <algorithm>

namespace nonzero::bench {

BareKernel::BareKernel(const Layer& layer, const Operands& input, const Operands& weights, int kc, int grid)
    : tiles_(std::size_t(grid) * std::size_t(grid)) {
    // A tile's sums are those of its full correlation, so that no product needs a test.
    const int columns = (layer.W + grid - 1) / grid + layer.KW - 1;
    const int rows = (layer.H + grid - 1) / grid + layer.KH - 1;
    const int cells = rows * columns * kc;
    sums_.resize(tiles_ * std::size_t(cells));
    activations_.resize(std::size_t(layer.C) * tiles_);
    for (int c = 0; c < layer.C; ++c) {
        for (int tile = 0; tile < grid * grid; ++tile) {
            const int y0 = tile / grid * layer.H / grid;
            const int y1 = (tile / grid + 1) * layer.H / grid;
            const int x0 = tile % grid * layer.W / grid;
            const int x1 = (tile % grid + 1) * layer.W / grid;
            auto& list = activations_[std::size_t(c) * tiles_ + std::size_t(tile)];
            for (int y = y0; y < y1; ++y) {
                for (int x = x0; x < x1; ++x) {
                    const std::int16_t value = input.at(std::size_t(c), std::size_t(y), std::size_t(x));
                    if (value != 0) {
                        const int place = (y - y0 + layer.KH - 1) * columns + x - x0 + layer.KW - 1;
                        list.push_back({tile * cells + place * kc, value});
                    }
                }
            }
        }
    }
    for (int k_begin = 0; k_begin < layer.K; k_begin += kc) {
        auto& group = weights_.emplace_back();
        for (int c = 0; c < layer.C; ++c) {
            auto& list = group.emplace_back();
            for (int kh = 0; kh < layer.KH; ++kh) {
                for (int kw = 0; kw < layer.KW; ++kw) {
                    for (int k = k_begin; k < std::min(k_begin + kc, layer.K); ++k) {
                        const std::int16_t value =
                            weights.at(std::size_t(k), std::size_t(c), std::size_t(kh), std::size_t(kw));
                        if (value != 0) {
                            list.push_back({k - k_begin - (kh * columns + kw) * kc, value});
                        }
                    }
                }
            }
        }
    }
}

std::uint64_t BareKernel::run() {
    std::uint64_t products = 0;
    for (const auto& group : weights_) {
        std::fill(sums_.begin(), sums_.end(), 0);
        for (std::size_t c = 0; c < group.size(); ++c) {
            for (std::size_t tile = 0; tile < tiles_; ++tile) {
                const auto& activations = activations_[c * tiles_ + tile];
                for (const Operand& activation : activations) {
                    std::int64_t* const origin = sums_.data() + activation.address;
                    for (const Operand& weight : group[c]) {
                        origin[weight.address] += std::int64_t(activation.value) * weight.value;
                    }
                }
                products += std::uint64_t(activations.size()) * group[c].size();
            }
        }
    }
    return products;
}

}  // namespace nonzero::bench
