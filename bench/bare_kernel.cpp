#include "bench/bare_kernel.h"

#include <algorithm>

namespace nonzero::bench {

BareKernel::BareKernel(const Layer& layer, const Operands& input, const Operands& weights, int kc) {
    // Sums of the full correlation, so that no product needs a test.
    const int columns = layer.W + layer.KW - 1;
    const int rows = layer.H + layer.KH - 1;
    sums_.resize(std::size_t(rows) * std::size_t(columns) * std::size_t(kc));
    for (int c = 0; c < layer.C; ++c) {
        auto& list = activations_.emplace_back();
        for (int y = 0; y < layer.H; ++y) {
            for (int x = 0; x < layer.W; ++x) {
                if (const std::int16_t value = input.at(std::size_t(c), std::size_t(y), std::size_t(x)); value != 0) {
                    list.push_back({((y + layer.KH - 1) * columns + x + layer.KW - 1) * kc, value});
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
            for (const Operand& activation : activations_[c]) {
                std::int64_t* const origin = sums_.data() + activation.address;
                for (const Operand& weight : group[c]) {
                    origin[weight.address] += std::int64_t(activation.value) * weight.value;
                }
            }
            products += std::uint64_t(activations_[c].size()) * group[c].size();
        }
    }
    return products;
}

}  // namespace nonzero::bench
