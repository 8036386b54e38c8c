#pragma once
// One operation of a network. Names follow the field: C x H x W input, K x P x Q output, KH x KW kernel. (The letters R
// and S are avoided: the sources disagree on which of them is the row.)

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nonzero {

// Of C, H, W and K; validate() also keeps every tensor of a layer to 2^30 elements.
inline constexpr int largest_dimension = 1 << 20;

enum class LayerKind { convolution, depthwise, fully_connected, matmul, max_pool, average_pool, add, concat };
inline constexpr std::array layer_kinds{LayerKind::convolution, LayerKind::depthwise, LayerKind::fully_connected,
                                        LayerKind::matmul,      LayerKind::max_pool,  LayerKind::average_pool,
                                        LayerKind::add,         LayerKind::concat};

constexpr bool has_weights(LayerKind kind) {
    return kind == LayerKind::convolution || kind == LayerKind::depthwise || kind == LayerKind::fully_connected ||
           kind == LayerKind::matmul;
}
// Matrix products: rows that lie on no plane. A matmul has C inner sizes, K outputs, H rows and W = 1.
constexpr bool is_product(LayerKind kind) {
    return kind == LayerKind::fully_connected || kind == LayerKind::matmul;
}

struct Padding {
    int top = 0;
    int left = 0;
    int bottom = 0;
    int right = 0;
    friend bool operator==(const Padding& a, const Padding& b) {
        return a.top == b.top && a.left == b.left && a.bottom == b.bottom && a.right == b.right;
    }
};

struct Layer {
    std::string name;
    LayerKind kind = LayerKind::convolution;
    // Names of the producing layers; "input" is the network's input. add and concat have several.
    std::vector<std::string> inputs;

    int C = 1, H = 1, W = 1;
    int K = 1;
    int KH = 1, KW = 1;
    int stride_y = 1, stride_x = 1;
    int dilation_y = 1, dilation_x = 1;
    Padding pad;
    int groups = 1;  // C for a depthwise layer
    // Images, or inputs of a product, that meet the same weights. All other sizes are those of one of them.
    int batch = 1;

    // A product whose weights are activations too: the matrix products of attention (scores, context), one group
    // for each head. Their operand is dense and no pattern applies to it, so such layers are listed apart from weights.
    bool activation_by_activation = false;

    // Part of the graph but not of the published layer set (GoogLeNet's stem).
    bool stem = false;
    // Fraction of non-zeros, 0..1, where a source publishes it; density_source says which.
    std::optional<double> weight_density;
    std::optional<double> activation_density;
    std::string density_source;

    // Output rows and columns: floor((n + pads - dilation*(kernel-1) - 1) / stride) + 1.
    int P() const { return (H + pad.top + pad.bottom - dilation_y * (KH - 1) - 1) / stride_y + 1; }
    int Q() const { return (W + pad.left + pad.right - dilation_x * (KW - 1) - 1) / stride_x + 1; }
    bool has_weights() const { return nonzero::has_weights(kind); }
    bool is_product() const { return nonzero::is_product(kind); }
    // Outputs of an output channel, of the whole batch.
    std::uint64_t positions() const { return std::uint64_t(batch) * std::uint64_t(P()) * std::uint64_t(Q()); }
    // Elements of the weight tensor, and how many of them are stored weights rather than activations in their place.
    std::uint64_t weight_elements() const {
        return has_weights() ? std::uint64_t(K) * std::uint64_t(C / groups) * std::uint64_t(KH) * std::uint64_t(KW) : 0;
    }
    std::uint64_t weights() const { return activation_by_activation ? 0 : weight_elements(); }
    // Multiply-accumulates of the dense layer, padding taps counted.
    std::uint64_t dense_macs() const { return weight_elements() * positions(); }
    // The planes of a batch stand below each other: C x (batch * H) x W and K x (batch * P) x Q.
    std::vector<std::size_t> input_shape() const {
        return {std::size_t(C), std::size_t(batch) * std::size_t(H), std::size_t(W)};
    }
    std::vector<std::size_t> weight_shape() const {
        return {std::size_t(K), std::size_t(C / groups), std::size_t(KH), std::size_t(KW)};
    }
    std::vector<std::size_t> output_shape() const {
        return {std::size_t(K), std::size_t(batch) * std::size_t(P()), std::size_t(Q())};
    }
};

// Throws InputError naming the layer when a dimension, stride, padding, group count, batch or density cannot be.
void validate(const Layer& layer);

const char* to_string(LayerKind kind);

}  // namespace nonzero
