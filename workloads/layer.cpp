#include "workloads/layer.h"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "workloads/layer_fields.h"

namespace nonzero {

namespace {

constexpr std::int64_t largest_window = 65535;      // 16-bit fields of a descriptor
constexpr std::int64_t largest_tensor = 1LL << 30;  // elements
constexpr std::int64_t largest_batch = 65535;

// The fields go by the names of a network file, see docs/network_format.md.
[[noreturn]] void fail(const Layer& layer, const char* field, const std::string& problem) {
    throw LayerError(layer.name, field, problem);
}

void check_range(const Layer& layer, const char* field, const char* what, std::int64_t value, std::int64_t low,
                 std::int64_t high) {
    if (value < low || value > high) {
        fail(layer, field, fmt::format("{} {} is outside {} .. {}", what, value, low, high));
    }
}

void check_elements(const Layer& layer, const char* field, const char* what, std::vector<std::int64_t> shape,
                    int batch = 1) {
    if (batch > 1) {
        shape.insert(shape.begin(), batch);
    }
    // Every factor is below 2^22, so a running product over the limit is seen before it could overflow.
    std::int64_t product = 1;
    for (const std::int64_t factor : shape) {
        product *= factor;
        if (product > largest_tensor) {
            fail(layer, field,
                 fmt::format("{} tensor of {} has more than 2^30 elements; make the layer smaller", what,
                             fmt::join(shape, " x ")));
        }
    }
}

void check_sizes(const Layer& layer) {
    if (layer.kind == LayerKind::matmul) {
        check_range(layer, "inner", "inner size", layer.C, 1, largest_dimension);
        check_range(layer, "rows", "row count", layer.H, 1, largest_dimension);
        check_range(layer, "rows", "width W", layer.W, 1, 1);
        check_range(layer, "outputs", "output count", layer.K, 1, largest_dimension);
        return;
    }
    check_range(layer, "in", "channel count C", layer.C, 1, largest_dimension);
    check_range(layer, "in", "height H", layer.H, 1, largest_dimension);
    check_range(layer, "in", "width W", layer.W, 1, largest_dimension);
    check_range(layer, "out_channels", "K", layer.K, 1, largest_dimension);
}

void check_ranges(const Layer& layer) {
    check_sizes(layer);
    check_range(layer, "kernel", "height KH", layer.KH, 1, largest_window);
    check_range(layer, "kernel", "width KW", layer.KW, 1, largest_window);
    check_range(layer, "stride", "vertical stride", layer.stride_y, 1, largest_window);
    check_range(layer, "stride", "horizontal stride", layer.stride_x, 1, largest_window);
    check_range(layer, "dilation", "vertical dilation", layer.dilation_y, 1, largest_window);
    check_range(layer, "dilation", "horizontal dilation", layer.dilation_x, 1, largest_window);
    check_range(layer, "pad", "top padding", layer.pad.top, 0, largest_window);
    check_range(layer, "pad", "left padding", layer.pad.left, 0, largest_window);
    check_range(layer, "pad", "bottom padding", layer.pad.bottom, 0, largest_window);
    check_range(layer, "pad", "right padding", layer.pad.right, 0, largest_window);
    check_range(layer, "groups", "group count", layer.groups, 1, largest_dimension);
    check_range(layer, "batch", "batch", layer.batch, 1, largest_batch);
}

void check_density(const Layer& layer, const char* field, const std::optional<double>& density) {
    if (density && !(*density >= 0.0 && *density <= 1.0)) {
        fail(layer, field, fmt::format("{} is outside 0 .. 1; give the fraction of non-zeros", *density));
    }
}

// Without this P() and Q() would round a negative quotient towards zero and report one output.
void check_kernel_fits(const Layer& layer, const char* axis, int size, int pads, int kernel, int dilation) {
    const std::int64_t reach = std::int64_t(dilation) * (kernel - 1) + 1;
    if (reach > std::int64_t(size) + pads) {
        fail(layer, "kernel",
             fmt::format("reaches over {} {} but the padded input has {}; use a smaller kernel or more padding", reach,
                         axis, std::int64_t(size) + pads));
    }
}

// A pooling window that lies in the padding has no maximum.
void check_pool_windows(const Layer& layer, const char* axis, int size, int pad, int kernel, int stride, int outputs) {
    const std::int64_t last_start = std::int64_t(outputs - 1) * stride - pad;
    if (pad >= kernel || last_start >= size) {
        fail(layer, "pad", fmt::format("a pooling window covers padding {} only; use less padding", axis));
    }
}

void check_one_to_one(const Layer& layer) {
    if (layer.KH != 1 || layer.KW != 1) {
        fail(layer, "kernel", fmt::format("{} has a 1x1 kernel; leave it out", to_string(layer.kind)));
    }
    if (layer.stride_y != 1 || layer.stride_x != 1) {
        fail(layer, "stride", fmt::format("{} has stride 1; leave it out", to_string(layer.kind)));
    }
    if (layer.pad != Padding{}) {
        fail(layer, "pad", fmt::format("{} has no padding; leave it out", to_string(layer.kind)));
    }
}

void check_attention(const Layer& layer) {
    const bool convolution = layer.kind == LayerKind::convolution && layer.KH == 1 && layer.KW == 1;
    if (!convolution && layer.kind != LayerKind::matmul) {
        fail(layer, "activation_by_activation",
             fmt::format("only a matmul or a convolution with a 1x1 kernel can multiply activations, not {} of {}x{}; "
                         "leave it out",
                         to_string(layer.kind), layer.KH, layer.KW));
    }
    if (layer.batch != 1) {
        fail(layer, "batch", "activations in place of weights are not shared by a batch; give each image its groups");
    }
    if (layer.weight_density) {
        fail(layer, "weight_density", "a layer that multiplies activations has no weights; leave it out");
    }
}

void check_kind(const Layer& layer) {
    switch (layer.kind) {
        case LayerKind::convolution:
        case LayerKind::depthwise:
            break;
        case LayerKind::fully_connected:
            check_one_to_one(layer);
            if (layer.H != 1 || layer.W != 1) {
                fail(layer, "in",
                     fmt::format("a fully connected layer reads C x 1 x 1, not {} x {} x {}; flatten the input",
                                 layer.C, layer.H, layer.W));
            }
            break;
        case LayerKind::matmul:
            check_one_to_one(layer);
            break;
        case LayerKind::max_pool:
        case LayerKind::average_pool:
            check_pool_windows(layer, "rows", layer.H, layer.pad.top, layer.KH, layer.stride_y, layer.P());
            check_pool_windows(layer, "columns", layer.W, layer.pad.left, layer.KW, layer.stride_x, layer.Q());
            break;
        case LayerKind::add:
        case LayerKind::concat:
            check_one_to_one(layer);
            break;
    }
    if (!layer.has_weights() && layer.batch != 1) {
        fail(layer, "batch", fmt::format("{} has none; leave it out", to_string(layer.kind)));
    }
    if (!layer.has_weights() && layer.K != layer.C) {
        fail(layer, "out_channels",
             fmt::format("{} keeps its {} channels, so it cannot have {}", to_string(layer.kind), layer.C, layer.K));
    }
}

void check_groups(const Layer& layer) {
    if (layer.kind == LayerKind::depthwise && layer.groups != layer.C) {
        fail(layer, "groups",
             fmt::format("a depthwise layer of {} channels has {} groups, not {}", layer.C, layer.C, layer.groups));
    }
    const bool may_group = layer.has_weights() && layer.kind != LayerKind::fully_connected;
    if (!may_group && layer.groups != 1) {
        fail(layer, "groups", fmt::format("{} has no groups; leave it out", to_string(layer.kind)));
    }
    if (layer.C % layer.groups != 0) {
        fail(layer, "groups",
             fmt::format("{} does not divide the {} input channels; use a common divisor of input and output channels",
                         layer.groups, layer.C));
    }
    if (layer.K % layer.groups != 0) {
        fail(layer, "groups",
             fmt::format("{} does not divide the {} output channels; use a common divisor of input and output channels",
                         layer.groups, layer.K));
    }
}

}  // namespace

void validate(const Layer& layer) {
    check_ranges(layer);
    check_density(layer, "weight_density", layer.weight_density);
    check_density(layer, "activation_density", layer.activation_density);
    check_kernel_fits(layer, "rows", layer.H, layer.pad.top + layer.pad.bottom, layer.KH, layer.dilation_y);
    check_kernel_fits(layer, "columns", layer.W, layer.pad.left + layer.pad.right, layer.KW, layer.dilation_x);
    check_kind(layer);
    if (layer.activation_by_activation) {
        check_attention(layer);
    }
    check_groups(layer);
    const bool matmul = layer.kind == LayerKind::matmul;
    check_elements(layer, matmul ? "rows" : "in", "an input", {layer.C, layer.H, layer.W}, layer.batch);
    check_elements(layer, matmul ? "outputs" : "out_channels", "an output", {layer.K, layer.P(), layer.Q()},
                   layer.batch);
    if (layer.has_weights()) {
        check_elements(layer, matmul ? "inner" : "kernel", "a weight",
                       {layer.K, layer.C / layer.groups, layer.KH, layer.KW});
    }
}

const char* to_string(LayerKind kind) {
    switch (kind) {
        case LayerKind::convolution:
            return "convolution";
        case LayerKind::depthwise:
            return "depthwise";
        case LayerKind::fully_connected:
            return "fully_connected";
        case LayerKind::matmul:
            return "matmul";
        case LayerKind::max_pool:
            return "max_pool";
        case LayerKind::average_pool:
            return "average_pool";
        case LayerKind::add:
            return "add";
        case LayerKind::concat:
            return "concat";
    }
    return "unknown";
}

}  // namespace nonzero
