// The kernels of the dot-product core against sums and counts made element by element.

#include <catch2/catch.hpp>

#include "models/dcnn/dot_product_array.h"
#include "models/dcnn/dot_products.h"
#include "models/dcnn/input_tile.h"
#include "models/dcnn/weight_fetch.h"
#include "tests/common/property.h"
#include "tests/models/dcnn/problem.h"

using namespace nonzero;
using namespace nonzero::dcnn;

namespace {

int magnitude(const std::vector<std::int16_t>& values) {
    int largest = 0;
    for (const std::int16_t value : values) {
        largest = std::max(largest, std::abs(int{value}));
    }
    return largest;
}

std::vector<std::int16_t> constant(std::size_t size, int value) {
    return std::vector<std::int16_t>(size, std::int16_t(value));
}

void check_constant(int input, int weight, std::size_t taps) {
    WeightRows rows;
    rows.assign(constant(5 * taps, weight), 5, taps, 1, std::abs(input), false);
    AlignedVector<std::int16_t> patches(kPatchBlock * rows.length(), 0);
    for (std::size_t n = 0; n < kPatchBlock; ++n) {
        std::fill_n(patches.begin() + std::ptrdiff_t(n * rows.length()), taps, std::int16_t(input));
    }
    for (std::size_t count = 1; count <= kPatchBlock; ++count) {
        std::vector<std::int64_t> sums(5 * kPatchBlock, -1);
        dot_products(patches.data(), count, rows, sums.data(), kPatchBlock);
        for (std::size_t row = 0; row < 5; ++row) {
            for (std::size_t n = 0; n < kPatchBlock; ++n) {
                const std::int64_t expected = n < count ? std::int64_t{input} * weight * std::int64_t(taps) : -1;
                CHECK(sums[row * kPatchBlock + n] == expected);
            }
        }
    }
}

}  // namespace

TEST_CASE("dot products are exact for all magnitudes") {
    CHECK(test::property_holds("dot products", [] {
        const auto channels = std::size_t(in_range(1, 60));
        const auto positions = std::size_t(in_range(1, 9));
        const auto count = std::size_t(in_range(1, 9));
        const auto patches = std::size_t(in_range(1, int(kPatchBlock)));
        const std::size_t taps = channels * positions;
        const std::vector<std::int16_t> weights = random_values(count * taps);
        const std::vector<std::int16_t> inputs = random_values(patches * taps);
        WeightRows rows;
        rows.assign(weights, count, channels, positions, magnitude(inputs), false);
        AlignedVector<std::int16_t> patch(kPatchBlock * rows.length(), 0);
        for (std::size_t n = 0; n < patches; ++n) {
            std::copy_n(inputs.begin() + std::ptrdiff_t(n * taps), taps,
                        patch.begin() + std::ptrdiff_t(n * rows.length()));
        }
        const std::size_t pitch = patches + std::size_t(in_range(0, 3));
        std::vector<std::int64_t> sums(count * pitch, 7);
        dot_products(patch.data(), patches, rows, sums.data(), pitch);
        if (rows.narrow()) {
            std::vector<std::int32_t> narrow(count * pitch, 7);
            dot_products(patch.data(), patches, rows, narrow.data(), pitch);
            RC_ASSERT(std::ranges::equal(narrow, sums));
        }
        for (std::size_t row = 0; row < count; ++row) {
            for (std::size_t n = 0; n < pitch; ++n) {
                std::int64_t expected = 7;
                if (n < patches) {
                    expected = 0;
                    for (std::size_t channel = 0; channel < channels; ++channel) {
                        for (std::size_t position = 0; position < positions; ++position) {
                            expected += std::int64_t{inputs[n * taps + position * channels + channel]} *
                                        weights[row * taps + channel * positions + position];
                        }
                    }
                }
                RC_ASSERT(sums[row * pitch + n] == expected);
            }
        }
    }));
}

TEST_CASE("dot products do not overflow on the way") {
    for (const std::size_t taps : {1U, 31U, 32U, 33U, 4608U, 70000U}) {
        for (const int input : {-32768, 32767, 255, 1}) {
            for (const int weight : {-32768, 32767, -128, 127, 128}) {
                check_constant(input, weight, taps);
            }
        }
    }
}

TEST_CASE("small operands need no splitting, wide ones do") {
    WeightRows rows;
    rows.assign(constant(4608, 127), 1, 4608, 1, 255, false);
    CHECK_FALSE(rows.split());
    CHECK(rows.chunk() == 4608);
    CHECK(rows.narrow());
    // The last length whose sum is known to fit, and the first whose is not.
    rows.assign(constant(66304, 127), 1, 66304, 1, 255, false);
    CHECK(rows.narrow());
    CHECK(std::int64_t{66304} * 127 * 255 <= INT32_MAX);
    rows.assign(constant(66336, 127), 1, 66336, 1, 255, false);
    CHECK_FALSE(rows.narrow());
    CHECK(std::int64_t{66336} * 127 * 255 > INT32_MAX);
    rows.assign(constant(4608, 32767), 1, 4608, 1, 32768, false);
    CHECK(rows.split());
    CHECK(rows.chunk() >= 256);
    CHECK(rows.chunk() % kVectorElements == 0);
}

TEST_CASE("rows count their non-zeros tap by tap, also when only counting") {
    CHECK(test::property_holds("non-zeros", [] {
        const auto channels = std::size_t(in_range(1, 20));
        const auto positions = std::size_t(in_range(1, 9));
        const auto count = std::size_t(in_range(1, 9));
        const std::vector<std::int16_t> weights = random_values(count * channels * positions);
        WeightRows rows;
        rows.assign(weights, count, channels, positions, 5, *rc::gen::arbitrary<bool>());
        RC_ASSERT(rows.rows() == count);
        RC_ASSERT(rows.taps() == channels * positions);
        for (std::size_t channel = 0; channel < channels; ++channel) {
            for (std::size_t position = 0; position < positions; ++position) {
                std::uint32_t expected = 0;
                for (std::size_t row = 0; row < count; ++row) {
                    expected += weights[(row * channels + channel) * positions + position] != 0 ? 1 : 0;
                }
                RC_ASSERT(rows.non_zeros()[position * channels + channel] == expected);
            }
        }
    }));
}

TEST_CASE("patches hold the inputs of an output with zeros outside the plane") {
    CHECK(test::property_holds("patches", [] {
        const Problem problem = random_problem(random_machine());
        const ConvolutionShape& s = problem.shape;
        const Geometry geometry = make_geometry(s, problem.parameters);
        const int pe = in_range(0, problem.pes() - 1);
        InputTile tile;
        tile.assign(geometry, pe, problem.held(pe));
        RC_ASSERT(tile.outputs() == std::size_t(problem.outputs(pe)));
        RC_ASSERT(tile.taps() == geometry.taps());
        const int channels = s.C / s.groups;
        std::uint64_t padding = 0;
        for (int group = 0; group < s.groups; ++group) {
            std::vector<std::uint32_t> non_zeros(tile.taps(), 0);
            std::vector<std::int16_t> patch(tile.taps());
            for (std::size_t output = 0; output < tile.outputs(); ++output) {
                tile.patch(group, output, patch.data());
                const int yo = problem.rows(pe).begin + int(output) / problem.columns(pe).size();
                const int xo = problem.columns(pe).begin + int(output) % problem.columns(pe).size();
                std::size_t tap = 0;
                for (int kh = 0; kh < s.KH; ++kh) {
                    for (int kw = 0; kw < s.KW; ++kw) {
                        const int y = yo * s.stride_y + kh - s.pad_top;
                        const int x = xo * s.stride_x + kw - s.pad_left;
                        for (int c = 0; c < channels; ++c, ++tap) {
                            const bool inside = problem.inside(y, x);
                            const std::int16_t expected = inside ? problem.input.at(std::size_t(group * channels + c),
                                                                                    std::size_t(y), std::size_t(x))
                                                                 : std::int16_t(0);
                            RC_ASSERT(patch[tap] == expected);
                            non_zeros[tap] += expected != 0 ? 1 : 0;
                            padding += group == 0 && !inside ? 1 : 0;
                        }
                    }
                }
            }
            const auto counted = tile.non_zeros(group);
            RC_ASSERT(std::vector<std::uint32_t>(counted.begin(), counted.end()) == non_zeros);
        }
        RC_ASSERT(tile.padding_taps() == padding);
    }));
}

TEST_CASE("the array's slots, lanes and sums are those of the rules") {
    CHECK(test::property_holds("array", [] {
        const Problem problem = random_problem(random_machine());
        const ConvolutionShape& s = problem.shape;
        const Geometry geometry = make_geometry(s, problem.parameters);
        const int pe = in_range(0, problem.pes() - 1);
        DotProductArray array(problem.parameters.multipliers);
        array.begin_layer(geometry, pe, problem.held(pe));
        RC_ASSERT(array.outputs() == std::size_t(problem.outputs(pe)));
        for (const pe_array::ChannelGroup& group : geometry.channel_groups) {
            const auto channels = problem.channels(pe, group);
            if (channels.empty()) {
                continue;
            }
            WeightRows rows;
            rows.assign(problem.rows_of(pe, group), channels.size(), std::size_t(s.C / s.groups),
                        std::size_t(s.KH * s.KW), problem.largest_input(), false);
            std::vector<std::int64_t> sums(channels.size() * array.outputs());
            const SlotCounts expected = problem.counts(pe, group);
            RC_ASSERT(same(array.run(group.convolution_group, rows, sums), expected));
            RC_ASSERT(sums == problem.sums(pe, group));
            // Without sums: the same counts.
            RC_ASSERT(same(array.run(group.convolution_group, rows, std::span<std::int64_t>()), expected));
        }
    }));
}

TEST_CASE("weights that come in any order are counted like those that lie in memory") {
    CHECK(test::property_holds("non-zeros", [] {
        const auto taps = std::size_t(in_range(1, 40));
        std::vector<nz_region> blocks;
        std::vector<std::size_t> rows;
        std::size_t all_rows = 0;
        for (int n = in_range(1, 5); n > 0; --n) {
            rows.push_back(std::size_t(in_range(0, 4)));
            blocks.push_back({0x1000 + all_rows * taps * 2, rows.back() * taps * 2});
            all_rows += rows.back();
        }
        const std::vector<std::int16_t> weights = random_values(all_rows * taps);
        const auto* const bytes = reinterpret_cast<const unsigned char*>(weights.data());
        NonZeroCounts counts(blocks, taps);
        std::vector<std::pair<std::size_t, std::size_t>> bursts;  // first weight, weights
        for (std::size_t first = 0; first < weights.size();) {
            const std::size_t count = std::min(weights.size() - first, std::size_t(in_range(1, 70)));
            bursts.insert(bursts.begin() + std::ptrdiff_t(in_range(0, int(bursts.size()))), {first, count});
            first += count;
        }
        for (const auto& [first, count] : bursts) {
            counts.take(first * 2, {bytes + first * 2, count * 2});
        }
        std::size_t row = 0;
        for (std::size_t block = 0; block < blocks.size(); ++block) {
            std::vector<std::uint8_t> expected(taps);
            for (const std::size_t end = row + rows[block]; row < end; ++row) {
                for (std::size_t tap = 0; tap < taps; ++tap) {
                    expected[tap] = std::uint8_t(expected[tap] + (weights[row * taps + tap] != 0 ? 1 : 0));
                }
            }
            RC_ASSERT(std::ranges::equal(counts.of(block), expected));
        }
    }));
}
