#include "workloads/sparsity.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/workloads/random_layer.h"
#include "workloads/error.h"

using namespace nonzero;

namespace {

constexpr SparsityPattern patterns[] = {SparsityPattern::uniform, SparsityPattern::correlated};
constexpr double densities[] = {0.0, 0.07, 0.25, 0.5, 0.8, 1.0};

Layer layer_of(int channels, int size, int filters, int kernel) {
    Layer layer;
    layer.name = "conv";
    layer.C = channels;
    layer.H = layer.W = size;
    layer.K = filters;
    layer.KH = layer.KW = kernel;
    return layer;
}

std::vector<double> densities_of_slices(const Operands& tensor, std::size_t slices) {
    const std::size_t size = tensor.size() / slices;
    std::vector<double> found;
    for (std::size_t slice = 0; slice < slices; ++slice) {
        const auto begin = tensor.data.begin() + std::ptrdiff_t(slice * size);
        const auto zeros = std::count(begin, begin + std::ptrdiff_t(size), 0);
        found.push_back(1 - double(zeros) / double(size));
    }
    return found;
}

double variance(const std::vector<double>& values) {
    double sum = 0;
    double squares = 0;
    for (const double value : values) {
        sum += value;
        squares += value * value;
    }
    const double count = double(values.size());
    return squares / count - sum / count * sum / count;
}

// Densities of the 8 x 8 tiles of the planes, over all channels: the load of each processing element.
std::vector<double> densities_of_tiles(const Operands& activations) {
    std::vector<double> found;
    const std::size_t rows = activations.shape[1], columns = activations.shape[2];
    for (std::size_t tile = 0; tile < 64; ++tile) {
        double non_zero = 0, elements = 0;
        for (std::size_t c = 0; c < activations.shape[0]; ++c) {
            for (std::size_t y = tile / 8 * rows / 8; y < (tile / 8 + 1) * rows / 8; ++y) {
                for (std::size_t x = tile % 8 * columns / 8; x < (tile % 8 + 1) * columns / 8; ++x) {
                    non_zero += activations.at(c, y, x) != 0;
                    ++elements;
                }
            }
        }
        found.push_back(non_zero / elements);
    }
    return found;
}

}  // namespace

TEST_CASE("generated tensors have the asked density, the layer's shape and 8-bit magnitudes") {
    const Layer layer = layer_of(24, 40, 48, 5);
    for (const SparsityPattern pattern : patterns) {
        for (const double asked : densities) {
            const Operands weights = generate_weights(layer, asked, pattern, 3);
            const Operands activations = generate_activations(layer, asked, pattern, 3);
            CHECK(weights.shape == layer.weight_shape());
            CHECK(activations.shape == layer.input_shape());
            CHECK(density(weights) == Approx(asked).margin(asked == 0 || asked == 1 ? 0 : 0.01));
            CHECK(density(activations) == Approx(asked).margin(asked == 0 || asked == 1 ? 0 : 0.01));
            if (asked >= 0.25) {
                CHECK(*std::ranges::min_element(weights.data) == -127);
                CHECK(*std::ranges::max_element(weights.data) == 127);
                CHECK(*std::ranges::max_element(activations.data) == 255);
            }
            CHECK((asked == 1 || *std::ranges::min_element(activations.data) == 0));
            CHECK(*std::ranges::min_element(activations.data) >= 0);
        }
    }
}

TEST_CASE("correlated planes meet the density each") {
    for (const int size : {32, 55}) {
        const Layer layer = layer_of(16, size, 1, 1);
        for (const double asked : densities) {
            const auto planes = generate_activations(layer, asked, SparsityPattern::correlated, 11);
            for (const double found : densities_of_slices(planes, 16)) {
                CHECK(found == Approx(asked).margin(0.001));
            }
        }
    }
    // Planes of few elements meet it on average: here one element each.
    const Layer flat = layer_of(20000, 1, 1, 1);
    CHECK(density(generate_activations(flat, 0.3, SparsityPattern::correlated, 11)) == Approx(0.3).margin(0.01));
}

TEST_CASE("correlated activations cluster in space, alike but not the same in all channels") {
    const Layer layer = layer_of(32, 56, 1, 1);
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const auto uniform = generate_activations(layer, 0.4, SparsityPattern::uniform, seed);
        const auto blobs = generate_activations(layer, 0.4, SparsityPattern::correlated, seed);
        CHECK(variance(densities_of_tiles(blobs)) > 50 * variance(densities_of_tiles(uniform)));

        // Chance that an element is non-zero where the other channel is: 0.4 if channels were independent.
        double both = 0, first = 0;
        bool equal_planes = false;
        const std::size_t plane = 56 * 56;
        for (std::size_t c = 0; c + 1 < 32; ++c) {
            std::size_t different = 0;
            for (std::size_t i = 0; i < plane; ++i) {
                const bool here = blobs.data[c * plane + i] != 0;
                const bool next = blobs.data[(c + 1) * plane + i] != 0;
                first += here;
                both += here && next;
                different += here != next;
            }
            equal_planes = equal_planes || different < plane / 50;
        }
        CHECK(both / first > 0.55);
        CHECK(both / first < 0.95);
        CHECK_FALSE(equal_planes);
    }
}

TEST_CASE("correlated weights spread their density over filters and channels") {
    const Layer layer = layer_of(64, 14, 64, 3);
    const auto uniform = generate_weights(layer, 0.3, SparsityPattern::uniform, 5);
    const auto spread = generate_weights(layer, 0.3, SparsityPattern::correlated, 5);
    CHECK(variance(densities_of_slices(spread, 64)) > 10 * variance(densities_of_slices(uniform, 64)));
    const auto by_channel = [](const Operands& weights) {
        Operands swapped({64, 64, 3, 3});
        for (std::size_t i = 0; i < weights.size(); ++i) {
            swapped.data[(i / 9 % 64 * 64 + i / (9 * 64)) * 9 + i % 9] = weights.data[i];
        }
        return densities_of_slices(swapped, 64);
    };
    CHECK(variance(by_channel(spread)) > 10 * variance(by_channel(uniform)));
    for (const double filter : densities_of_slices(spread, 64)) {
        CHECK(filter > 0.3 * 0.4);
        CHECK(filter < 0.3 * 1.6);
    }
}

TEST_CASE("every tensor has its own reproducible stream") {
    Layer layer = layer_of(4, 8, 4, 3);
    Layer other = layer;
    other.name = "conv2";
    for (const SparsityPattern pattern : patterns) {
        const auto weights = generate_weights(layer, 0.5, pattern, 1);
        CHECK(weights == generate_weights(layer, 0.5, pattern, 1));
        CHECK(weights != generate_weights(layer, 0.5, pattern, 2));
        CHECK(weights != generate_weights(layer, 0.5, pattern, 1ULL << 32 | 1));
        CHECK(weights != generate_weights(other, 0.5, pattern, 1));
        const auto activations = generate_activations(layer, 0.5, pattern, 1);
        CHECK(activations == generate_activations(layer, 0.5, pattern, 1));
        CHECK(activations != generate_activations(layer, 0.5, pattern, 2));
        CHECK(activations != generate_activations(other, 0.5, pattern, 1));
    }
    // Weights and activations of one layer are not the same numbers.
    layer = layer_of(64, 1, 1, 1);
    const auto w = generate_weights(layer, 0.5, SparsityPattern::uniform, 1);
    const auto x = generate_activations(layer, 0.5, SparsityPattern::uniform, 1);
    CHECK_FALSE(std::ranges::equal(w.data, x.data, [](int a, int b) { return (a != 0) == (b != 0); }));
}

TEST_CASE("the numbers are the same on every platform") {
    const Layer layer = layer_of(3, 3, 2, 2);
    using Values = std::vector<std::int16_t>;
    CHECK(generate_weights(layer, 0.5, SparsityPattern::uniform, 42).data ==
          Values{0, -116, 39, 0, 118, 0, -97, 0, 0, 0, -44, -38, 0, -5, 0, 0, 64, 0, 58, 81, -15, 24, 0, 0});
    CHECK(generate_weights(layer, 0.5, SparsityPattern::correlated, 42).data ==
          Values{0, 118, 0, -97, 0, 0, 0, -44, -38, 0, -5, 0, 0, 64, -86, 0, 81, -15, 24, 0, 0, 0, 86, 0});
    CHECK(generate_activations(layer, 0.5, SparsityPattern::uniform, 42).data ==
          Values{0, 0, 0, 0, 146, 167, 0, 0, 0, 146, 0, 0, 0, 103, 0, 0, 0, 39, 0, 0, 0, 53, 0, 31, 131, 28, 241});
    CHECK(generate_activations(layer, 0.5, SparsityPattern::correlated, 42).data ==
          Values{0, 214, 3, 0, 31, 52, 0, 0, 131, 0, 47, 132, 0, 113, 13, 0, 0, 0, 0, 0, 0, 0, 31, 136, 29, 175, 100});
}

TEST_CASE("a density outside of 0..1 is refused with the layer's name") {
    const Layer layer = layer_of(1, 4, 1, 1);
    for (const double wrong : {-0.1, 1.0001, std::numeric_limits<double>::quiet_NaN(), HUGE_VAL}) {
        for (const SparsityPattern pattern : patterns) {
            CHECK_THROWS_AS(generate_weights(layer, wrong, pattern, 1), InputError);
            CHECK_THROWS_AS(generate_activations(layer, wrong, pattern, 1), InputError);
        }
    }
    CHECK_THROWS_WITH(generate_weights(layer, 1.5, SparsityPattern::uniform, 1),
                      "layer 'conv': density 1.5 is outside 0..1");
}

TEST_CASE("useful products are counted exactly") {
    CHECK(test::property_holds("as the seven loops do", [] {
        const Layer layer = random_batch();
        const Operands input = random_operands(layer.input_shape());
        const Operands weights = random_operands(layer.weight_shape());
        std::uint64_t expected = 0;
        for_each_product(layer, input, weights,
                         [&expected](std::size_t, std::size_t, std::size_t, std::int16_t w, std::int16_t x) {
                             expected += w != 0 && x != 0;
                         });
        RC_ASSERT(useful_products(layer, input, weights) == expected);
        std::uint64_t elements = 0;
        for (const std::int16_t value : input.data) {
            elements += value != 0;
        }
        RC_ASSERT(non_zeros(input) == elements);
        RC_ASSERT(std::abs(density(input) * double(input.size()) - double(elements)) < 1e-6);
    }));
    const Layer layer = layer_of(2, 4, 3, 3);
    CHECK_THROWS_AS(useful_products(layer, Operands({2, 4, 3}), Operands(layer.weight_shape())), InputError);
    CHECK_THROWS_AS(useful_products(layer, Operands(layer.input_shape()), Operands({3, 2, 3, 2})), InputError);
    CHECK(density(Operands()) == 0);
}
