#include "workloads/layer.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <functional>
#include <limits>

#include "tests/common/error_of.h"

using nonzero::InputError;
using nonzero::Layer;
using nonzero::LayerKind;

namespace {

// AlexNet conv2.
Layer grouped_convolution() {
    Layer layer;
    layer.name = "conv2";
    layer.C = 96;
    layer.H = layer.W = 27;
    layer.K = 256;
    layer.KH = layer.KW = 5;
    layer.pad = {2, 2, 2, 2};
    layer.groups = 2;
    return layer;
}

Layer max_pool() {
    Layer layer;
    layer.name = "pool";
    layer.kind = LayerKind::max_pool;
    layer.C = layer.K = 8;
    layer.H = layer.W = 6;
    layer.KH = layer.KW = 3;
    layer.stride_y = layer.stride_x = 2;
    return layer;
}

std::string error_of(const Layer& layer) {
    return nonzero::test::error_of([&] { validate(layer); });
}

std::string error_of(Layer layer, const std::function<void(Layer&)>& change) {
    change(layer);
    return error_of(layer);
}

}  // namespace

TEST_CASE("The shapes and sizes of a grouped convolution") {
    const Layer layer = grouped_convolution();
    CHECK_NOTHROW(validate(layer));
    CHECK(layer.input_shape() == std::vector<std::size_t>{96, 27, 27});
    CHECK(layer.weight_shape() == std::vector<std::size_t>{256, 48, 5, 5});
    CHECK(layer.output_shape() == std::vector<std::size_t>{256, 27, 27});
    CHECK(layer.weights() == 307200);
    CHECK(layer.dense_macs() == 223948800);
}

TEST_CASE("A pool has no weights and counts no multiplications") {
    const Layer layer = max_pool();
    CHECK_NOTHROW(validate(layer));
    CHECK_FALSE(layer.has_weights());
    CHECK(layer.weights() == 0);
    CHECK(layer.dense_macs() == 0);
    CHECK(layer.output_shape() == std::vector<std::size_t>{8, 2, 2});
}

TEST_CASE("Rounding up at the border is padding at the bottom and right") {
    Layer layer = max_pool();  // 6 rows, 3x3, stride 2: floor gives 2, ceil gives 3
    layer.pad = {0, 0, 1, 1};
    CHECK_NOTHROW(validate(layer));
    CHECK(layer.P() == 3);
    CHECK(layer.Q() == 3);
}

TEST_CASE("Output rows and columns count the positions of the kernel") {
    CHECK(nonzero::test::property_holds("P and Q", [] {
        Layer layer;
        layer.name = "random";
        layer.H = *rc::gen::inRange(1, 40);
        layer.W = *rc::gen::inRange(1, 40);
        layer.KH = *rc::gen::inRange(1, 8);
        layer.KW = *rc::gen::inRange(1, 8);
        layer.stride_y = *rc::gen::inRange(1, 6);
        layer.stride_x = *rc::gen::inRange(1, 6);
        layer.dilation_y = *rc::gen::inRange(1, 4);
        layer.dilation_x = *rc::gen::inRange(1, 4);
        layer.pad = {*rc::gen::inRange(0, 4), *rc::gen::inRange(0, 4), *rc::gen::inRange(0, 4),
                     *rc::gen::inRange(0, 4)};
        const auto positions = [](int size, int before, int after, int kernel, int stride, int dilation) {
            int count = 0;
            for (int start = -before; start + dilation * (kernel - 1) < size + after; start += stride) {
                ++count;
            }
            return count;
        };
        const int rows =
            positions(layer.H, layer.pad.top, layer.pad.bottom, layer.KH, layer.stride_y, layer.dilation_y);
        const int columns =
            positions(layer.W, layer.pad.left, layer.pad.right, layer.KW, layer.stride_x, layer.dilation_x);
        if (rows == 0 || columns == 0) {
            RC_ASSERT_THROWS_AS(validate(layer), InputError);
        } else {
            validate(layer);
            RC_ASSERT(layer.P() == rows);
            RC_ASSERT(layer.Q() == columns);
        }
    }));
}

TEST_CASE("A kernel beyond the padded input is refused although the quotient rounds to zero") {
    // (2 - 3) / 2 rounds to 0, which would be one output.
    const std::string error = error_of(max_pool(), [](Layer& layer) { layer.H = 2; });
    CHECK(error ==
          "layer 'pool', field 'kernel': reaches over 3 rows but the padded input has 2; use a smaller kernel "
          "or more padding");
}

TEST_CASE("Groups divide the input and the output channels") {
    CHECK(error_of(grouped_convolution(), [](Layer& layer) { layer.groups = 5; }) ==
          "layer 'conv2', field 'groups': 5 does not divide the 96 input channels; use a common divisor of input and "
          "output channels");
    CHECK(error_of(grouped_convolution(), [](Layer& layer) { layer.groups = 3; }) ==
          "layer 'conv2', field 'groups': 3 does not divide the 256 output channels; use a common divisor of input and "
          "output channels");
    CHECK(error_of(grouped_convolution(), [](Layer& layer) { layer.kind = LayerKind::depthwise; }) ==
          "layer 'conv2', field 'groups': a depthwise layer of 96 channels has 96 groups, not 2");
    CHECK(error_of(max_pool(), [](Layer& layer) { layer.groups = 2; }) ==
          "layer 'pool', field 'groups': max_pool has no groups; leave it out");
}

TEST_CASE("A density is a fraction") {
    CHECK(error_of(grouped_convolution(), [](Layer& layer) { layer.weight_density = 1.7; }) ==
          "layer 'conv2', field 'weight_density': 1.7 is outside 0 .. 1; give the fraction of non-zeros");
    CHECK(error_of(grouped_convolution(), [](Layer& layer) { layer.activation_density = -0.1; }) ==
          "layer 'conv2', field 'activation_density': -0.1 is outside 0 .. 1; give the fraction of non-zeros");
    CHECK(error_of(grouped_convolution(), [](Layer& layer) {
              layer.weight_density = std::numeric_limits<double>::quiet_NaN();
          }).find("field 'weight_density'") != std::string::npos);
    CHECK(error_of(grouped_convolution(), [](Layer& layer) { layer.weight_density = 0.0; }) == "accepted");
    CHECK(error_of(grouped_convolution(), [](Layer& layer) { layer.activation_density = 1.0; }) == "accepted");
}

TEST_CASE("Every size has a range and its error names the field") {
    const std::vector<std::pair<std::string, std::function<void(Layer&)>>> changes = {
        {"in", [](Layer& layer) { layer.C = 0; }},
        {"in", [](Layer& layer) { layer.H = -1; }},
        {"in", [](Layer& layer) { layer.W = nonzero::largest_dimension + 1; }},
        {"out_channels", [](Layer& layer) { layer.K = 0; }},
        {"kernel", [](Layer& layer) { layer.KH = 0; }},
        {"kernel", [](Layer& layer) { layer.KW = 1 << 30; }},
        {"stride", [](Layer& layer) { layer.stride_y = 0; }},
        {"stride", [](Layer& layer) { layer.stride_x = -2; }},
        {"dilation", [](Layer& layer) { layer.dilation_y = 0; }},
        {"dilation", [](Layer& layer) { layer.dilation_x = 1 << 20; }},
        {"pad", [](Layer& layer) { layer.pad.top = -1; }},
        {"pad", [](Layer& layer) { layer.pad.left = -1; }},
        {"pad", [](Layer& layer) { layer.pad.bottom = 1 << 20; }},
        {"pad", [](Layer& layer) { layer.pad.right = -1; }},
        {"groups", [](Layer& layer) { layer.groups = 0; }},
    };
    for (const auto& [field, change] : changes) {
        const std::string error = error_of(grouped_convolution(), change);
        CHECK_THAT(error, Catch::StartsWith("layer 'conv2', field '" + field + "': "));
        CHECK_THAT(error, Catch::Contains(" is outside "));
    }
}

TEST_CASE("The largest legal kernel and dilation do not overflow") {
    const std::string error = error_of(grouped_convolution(), [](Layer& layer) {
        layer.KH = 65535;
        layer.dilation_y = 65535;
    });
    CHECK_THAT(error, Catch::Contains("reaches over 4294770691 rows"));
}

TEST_CASE("A tensor beyond 2^30 elements is refused") {
    CHECK(error_of(grouped_convolution(), [](Layer& layer) { layer.H = layer.W = 1 << 20; }) ==
          "layer 'conv2', field 'in': an input tensor of 96 x 1048576 x 1048576 has more than 2^30 elements; make the "
          "layer smaller");
    CHECK_THAT(error_of(grouped_convolution(),
                        [](Layer& layer) {
                            layer.K = 1 << 20;
                            layer.H = layer.W = 40;
                        }),
               Catch::StartsWith("layer 'conv2', field 'out_channels': an output tensor of 1048576 x 40 x 40 "));
    CHECK_THAT(error_of(grouped_convolution(),
                        [](Layer& layer) {
                            layer.C = layer.K = 1 << 16;
                            layer.H = layer.W = 5;
                        }),
               Catch::StartsWith("layer 'conv2', field 'kernel': a weight tensor of 65536 x 32768 x 5 x 5 "));
}

TEST_CASE("A fully connected layer is a 1x1 convolution over C x 1 x 1") {
    Layer layer;
    layer.name = "fc";
    layer.kind = LayerKind::fully_connected;
    layer.C = 9216;
    layer.K = 4096;
    CHECK_NOTHROW(validate(layer));
    CHECK(layer.dense_macs() == 37748736);
    CHECK(error_of(layer, [](Layer& changed) { changed.H = 6; }) ==
          "layer 'fc', field 'in': a fully connected layer reads C x 1 x 1, not 9216 x 6 x 1; flatten the input");
    CHECK_THAT(error_of(layer, [](Layer& changed) { changed.stride_x = 2; }), Catch::Contains("field 'stride'"));
    CHECK_THAT(error_of(layer, [](Layer& changed) { changed.pad.top = 1; }), Catch::Contains("field 'pad'"));
    CHECK_THAT(error_of(layer,
                        [](Layer& changed) {
                            changed.KH = 2;
                            changed.pad.top = 1;
                        }),
               Catch::Contains("field 'kernel'"));
}

TEST_CASE("A pooling window must touch the input") {
    CHECK_THAT(error_of(max_pool(), [](Layer& layer) { layer.pad.top = 3; }),
               Catch::StartsWith("layer 'pool', field 'pad': a pooling window covers padding rows only"));
    // Windows start at columns 0, 2, 4 and 6 of 6.
    CHECK_THAT(error_of(max_pool(), [](Layer& layer) { layer.pad.right = 3; }),
               Catch::StartsWith("layer 'pool', field 'pad': a pooling window covers padding columns only"));
    CHECK(error_of(max_pool(), [](Layer& layer) { layer.pad.right = 2; }) == "accepted");
}

TEST_CASE("Layers without weights keep their channels") {
    CHECK(error_of(max_pool(), [](Layer& layer) { layer.K = 4; }) ==
          "layer 'pool', field 'out_channels': max_pool keeps its 8 channels, so it cannot have 4");
    Layer add;
    add.name = "add";
    add.kind = LayerKind::add;
    add.C = add.K = 4;
    add.H = add.W = 3;
    CHECK_NOTHROW(validate(add));
    CHECK_THAT(error_of(add, [](Layer& layer) { layer.stride_y = 2; }), Catch::Contains("field 'stride'"));
}
