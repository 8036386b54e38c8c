#include "workloads/sparsity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/random/bernoulli_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/seed_seq.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include "workloads/error.h"
#include "workloads/gemm.h"
#include "workloads/mersenne_twister.h"
#include "workloads/operand_scan.h"
#include "workloads/output_range.h"
#include "workloads/quoted_name.h"
#include "workloads/sparse_draws.h"
#include "workloads/vector_clones.h"
#include "workloads/zero_tensor.h"

namespace nonzero {

namespace {

using Engine = boost::random::mt19937_64;
using UniformInt = boost::random::uniform_int_distribution<int>;
using Bernoulli = boost::random::bernoulli_distribution<double>;

constexpr ValueRange kWeights{-127, 127};
constexpr ValueRange kActivations{1, 255};

enum class Stream : std::uint32_t { weights = 1, activations = 2 };

boost::random::seed_seq seeds(const Layer& layer, Stream tensor, std::uint64_t seed) {
    std::vector<std::uint32_t> words = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                                        static_cast<std::uint32_t>(tensor)};
    for (const char letter : layer.name) {
        words.push_back(static_cast<unsigned char>(letter));
    }
    return boost::random::seed_seq(words.begin(), words.end());
}

void check_density(const Layer& layer, double density) {
    if (!(density >= 0 && density <= 1)) {
        throw InputError(fmt::format("layer {}: density {} is outside 0..1", quoted_name(layer.name), density));
    }
}

std::int16_t random_weight(Engine& engine) {
    const int value = UniformInt(kWeights.low, kWeights.high - 1)(engine);
    return static_cast<std::int16_t>(value < 0 ? value : value + 1);
}

std::int16_t random_activation(Engine& engine) {
    return static_cast<std::int16_t>(UniformInt(kActivations.low, kActivations.high)(engine));
}

void fill_uniform(Operands& tensor, double density, ValueRange values, boost::random::seed_seq sequence) {
    SparseDraws draws(density, values);
    if (!draws.draws()) {
        return;
    }
    std::array<std::uint32_t, 2 * MersenneTwister::kWords> seed;
    sequence.generate(seed.begin(), seed.end());
    MersenneTwister twister(seed);
    std::span<const std::uint64_t> words;
    for (std::size_t filled = 0; filled < tensor.size();) {
        if (words.empty()) {
            words = twister.next();
        }
        const std::size_t count = std::min(words.size(), tensor.size() - filled);
        filled += draws.take(words.first(count), &tensor.data[filled]);
        words = words.subspan(count);
    }
}

// Correlated patterns use integers and single multiplications only: no rounding that differs between platforms.

// Density factors in units of 1/256, mean exactly 256, between 256 - spread and 256 + spread, in random order.
std::vector<int> density_factors(std::size_t count, int spread, Engine& engine) {
    std::vector<int> factors(count, 256);
    for (std::size_t i = 0; i + 1 < count; i += 2) {
        const int deviation = UniformInt(0, spread)(engine);
        factors[i] += deviation;
        factors[i + 1] -= deviation;
    }
    for (std::size_t i = count; i > 1; --i) {
        std::swap(factors[i - 1], factors[boost::random::uniform_int_distribution<std::size_t>(0, i - 1)(engine)]);
    }
    return factors;
}

void fill_correlated_weights(Operands& weights, double density, Engine& engine) {
    // The product of two factors may reach 1 / density, so that no probability exceeds 1.
    const double room = density > 0 ? 256 * (std::sqrt(1 / density) - 1) : 128;
    const int spread = static_cast<int>(std::min(128.0, room));
    const std::vector<int> of_filter = density_factors(weights.shape[0], spread, engine);
    const std::vector<int> of_channel = density_factors(weights.shape[1], spread, engine);
    auto weight = weights.data.begin();
    for (const int filter : of_filter) {
        for (const int channel : of_channel) {
            const Bernoulli is_non_zero(std::min(1.0, density * (filter * channel) / 65536));
            for (std::size_t tap = 0; tap < weights.shape[2] * weights.shape[3]; ++tap, ++weight) {
                if (is_non_zero(engine)) {
                    *weight = random_weight(engine);
                }
            }
        }
    }
}

// Height of a blob above each element of a plane: 65536 at the centre, half of that at the radius.
std::vector<std::int64_t> random_blob(const Layer& layer, Engine& engine) {
    const int y0 = UniformInt(0, layer.H - 1)(engine);
    const int x0 = UniformInt(0, layer.W - 1)(engine);
    const int extent = std::max(layer.H, layer.W);
    const std::int64_t radius = UniformInt(1 + extent / 16, 1 + extent / 5)(engine);
    std::vector<std::int64_t> height;
    height.reserve(std::size_t(layer.H) * std::size_t(layer.W));
    for (std::int64_t y = 0; y < layer.H; ++y) {
        for (std::int64_t x = 0; x < layer.W; ++x) {
            const std::int64_t distance = (y - y0) * (y - y0) + (x - x0) * (x - x0);
            height.push_back(65536 * radius * radius / (radius * radius + distance));
        }
    }
    return height;
}

void fill_correlated_image(Operands& activations, const Layer& layer, std::size_t image, double density,
                           Engine& engine) {
    constexpr std::size_t shared_blobs = 6;
    constexpr std::int64_t roughness = 65536 * 8;  // highest addition to a sum of blobs of gain 0 .. 64
    std::array<std::vector<std::int64_t>, shared_blobs> blobs;
    for (auto& blob : blobs) {
        blob = random_blob(layer, engine);
    }
    const std::size_t plane = std::size_t(layer.H) * std::size_t(layer.W);
    // Height in the upper bits, element number in the lower: the order of elements has no ties.
    std::vector<std::int64_t> ranked(plane);
    for (std::size_t c = 0; c < std::size_t(layer.C); ++c) {
        std::array<std::int64_t, shared_blobs> gains;
        for (auto& gain : gains) {
            gain = UniformInt(0, 64)(engine);
        }
        for (std::size_t i = 0; i < plane; ++i) {
            std::int64_t height = UniformInt(0, roughness)(engine);
            for (std::size_t blob = 0; blob < shared_blobs; ++blob) {
                height += gains[blob] * blobs[blob][i];
            }
            ranked[i] = height << 32 | static_cast<std::int64_t>(i);
        }
        const double wanted = density * static_cast<double>(plane);
        auto count = static_cast<std::size_t>(wanted);
        count += Bernoulli(wanted - std::floor(wanted))(engine);
        std::nth_element(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count), ranked.end(),
                         std::greater<>());
        const std::span element =
            std::span(activations.data).subspan((c * std::size_t(layer.batch) + image) * plane, plane);
        for (std::size_t rank = 0; rank < count; ++rank) {
            element[static_cast<std::uint32_t>(ranked[rank])] = 1;
        }
        // Values in the order of elements, because nth_element leaves the order of ranks open.
        for (std::int16_t& value : element) {
            if (value != 0) {
                value = random_activation(engine);
            }
        }
    }
}

NONZERO_VECTOR_CLONES void add_non_zeros(const std::int16_t* __restrict filter, std::size_t taps,
                                         std::uint32_t* __restrict filters_with_tap) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
        filters_with_tap[tap] += filter[tap] != 0 ? 1U : 0U;
    }
}

// Non-zeros of one input plane that a tap meets over all output positions.
std::uint64_t met_by_tap(const Layer& layer, const std::int16_t* plane, int kh, int kw) {
    const int row_offset = kh * layer.dilation_y - layer.pad.top;
    const int column_offset = kw * layer.dilation_x - layer.pad.left;
    const OutputRange rows = outputs_inside(row_offset, layer.stride_y, layer.H, layer.P());
    const OutputRange columns = outputs_inside(column_offset, layer.stride_x, layer.W, layer.Q());
    std::uint64_t met = 0;
    for (int p = rows.begin; p < rows.end; ++p) {
        const std::int16_t* row = plane + std::ptrdiff_t{p * layer.stride_y + row_offset} * layer.W;
        if (layer.stride_x == 1) {
            met += count_non_zeros({row + columns.begin + column_offset, std::size_t(columns.end - columns.begin)});
        } else {
            int in_row = 0;
            for (int q = columns.begin; q < columns.end; ++q) {
                in_row += row[q * layer.stride_x + column_offset] != 0;
            }
            met += static_cast<std::uint64_t>(in_row);
        }
    }
    return met;
}

}  // namespace

Operands generate_weights(const Layer& layer, double density, SparsityPattern pattern, std::uint64_t seed) {
    check_density(layer, density);
    boost::random::seed_seq sequence = seeds(layer, Stream::weights, seed);
    auto weights = zero_tensor<std::int16_t>(layer.weight_shape());
    if (pattern == SparsityPattern::uniform) {
        fill_uniform(weights, density, kWeights, sequence);
    } else {
        Engine engine(sequence);
        fill_correlated_weights(weights, density, engine);
    }
    return weights;
}

Operands generate_activations(const Layer& layer, double density, SparsityPattern pattern, std::uint64_t seed) {
    check_density(layer, density);
    boost::random::seed_seq sequence = seeds(layer, Stream::activations, seed);
    auto activations = zero_tensor<std::int16_t>(layer.input_shape());
    if (pattern == SparsityPattern::uniform) {
        fill_uniform(activations, density, kActivations, sequence);
    } else {
        Engine engine(sequence);
        for (std::size_t image = 0; image < std::size_t(layer.batch); ++image) {
            fill_correlated_image(activations, layer, image, density, engine);
        }
    }
    return activations;
}

std::uint64_t non_zeros(const Operands& tensor) {
    return count_non_zeros(tensor.data);
}

double density(const Operands& tensor) {
    return tensor.size() == 0 ? 0 : static_cast<double>(non_zeros(tensor)) / static_cast<double>(tensor.size());
}

// For every input channel and tap: the filters with a non-zero weight there, times the non-zero inputs that it meets.
std::uint64_t useful_products(const Layer& asked, const Operands& input, const Operands& weights) {
    const Layer layer = product_as_convolution(asked);
    const auto channels = std::size_t(layer.C / layer.groups);
    const auto filters = std::size_t(layer.K / layer.groups);
    const std::size_t taps_of_filter = channels * std::size_t(layer.KH) * std::size_t(layer.KW);
    const std::size_t plane = std::size_t(layer.H) * std::size_t(layer.W);
    const auto images = std::size_t(layer.batch);
    if (input.size() != std::size_t(layer.C) * images * plane ||
        weights.size() != std::size_t(layer.K) * taps_of_filter) {
        throw InputError(fmt::format("layer {}: {} activations and {} weights are not those of the layer",
                                     quoted_name(layer.name), input.size(), weights.size()));
    }
    std::uint64_t products = 0;
    std::vector<std::uint32_t> filters_with_tap(taps_of_filter);
    for (std::size_t group = 0; group < std::size_t(layer.groups); ++group) {
        std::ranges::fill(filters_with_tap, 0U);
        for (std::size_t k = group * filters; k < (group + 1) * filters; ++k) {
            add_non_zeros(weights.data.data() + k * taps_of_filter, taps_of_filter, filters_with_tap.data());
        }
        auto with_tap = filters_with_tap.begin();
        for (std::size_t c = group * channels; c < (group + 1) * channels; ++c) {
            for (int kh = 0; kh < layer.KH; ++kh) {
                for (int kw = 0; kw < layer.KW; ++kw, ++with_tap) {
                    for (std::size_t image = 0; image < images; ++image) {
                        const std::int16_t* const first = input.data.data() + (c * images + image) * plane;
                        products += *with_tap * met_by_tap(layer, first, kh, kw);
                    }
                }
            }
        }
    }
    return products;
}

}  // namespace nonzero
