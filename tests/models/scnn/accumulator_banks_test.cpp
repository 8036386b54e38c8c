// Accumulators against sums in integers, with the extremes that doubles have to hold exactly.

#include "models/scnn/accumulator_banks.h"

#include <catch2/catch.hpp>

#include "tests/models/scnn/random_shape.h"

using namespace nonzero;
using namespace nonzero::scnn;

namespace {

constexpr std::int64_t kLargestProduct = std::int64_t{1} << 30;  // (-32768)^2

// Weights as decode_weight_block() gives them: tap by tap, channels ascending.
std::vector<WeightEntry> random_entries(int taps, int channels, int channel_stride) {
    const std::vector<std::int16_t> values = random_values(std::size_t(taps) * std::size_t(channels));
    std::vector<WeightEntry> entries;
    for (int tap = 0; tap < taps; ++tap) {
        for (int k = 0; k < channels; ++k) {
            const std::int16_t value = values[std::size_t(tap * channels + k)];
            // Some zeros stay, as placeholders.
            if (value != 0 || in_range(0, 7) == 0) {
                entries.push_back({value, std::uint16_t(k), std::uint16_t(tap), k - tap * channel_stride});
            }
        }
    }
    return entries;
}

void check_random_blocks() {
    const int channels = in_range(1, 20);
    const int channel_stride = channels >= kChannelLanes / 2 ? (channels + 7) / 8 * 8 : channels;
    const int taps = in_range(1, 9);
    const int places = in_range(1, 8);
    const auto cells = std::size_t((taps + places) * channel_stride);
    AccumulatorBanks banks;
    banks.resize(cells);
    std::vector<std::int64_t> expected[2] = {std::vector<std::int64_t>(cells, 0), std::vector<std::int64_t>(cells, 0)};
    WeightOperands operands;  // storage is reused from block to block
    const int blocks = in_range(1, 6);
    for (int block = 0; block < blocks; ++block) {
        const int buffer = in_range(0, 1);
        if (in_range(0, 5) == 0) {
            banks.clear(buffer);
            std::fill(expected[buffer].begin(), expected[buffer].end(), 0);
        }
        const std::vector<WeightEntry> entries = random_entries(taps, channels, channel_stride);
        operands.assign(entries, channel_stride);
        const std::vector<std::int16_t> values = random_values(std::size_t(in_range(0, 6)));
        std::vector<std::int32_t> origins;
        for (std::size_t n = 0; n < values.size(); ++n) {
            origins.push_back((taps - 1 + in_range(0, places - 1)) * channel_stride);
            for (const WeightEntry& entry : entries) {
                expected[buffer][std::size_t(origins[n] + entry.cell)] += std::int64_t(values[n]) * entry.value;
            }
        }
        banks.accumulate(buffer, values, origins, operands);
        for (int each = 0; each < 2; ++each) {
            for (std::size_t cell = 0; cell < cells; ++cell) {
                RC_ASSERT(banks.read(each, cell) == expected[each][cell]);
            }
        }
    }
}

ConvolutionShape shape_with(int channels_per_convolution_group, int kernel) {
    ConvolutionShape shape;
    shape.groups = 2;
    shape.C = 2 * channels_per_convolution_group;
    shape.KH = shape.KW = kernel;
    return shape;
}

}  // namespace

TEST_CASE("accumulators hold the sums of every product") {
    CHECK(rc::check("sums", [] { check_random_blocks(); }));
}

TEST_CASE("rows of channels and single weights give the same sums") {
    // Dense enough for rows, then too sparse for them.
    WeightOperands dense;
    WeightOperands sparse;
    std::vector<WeightEntry> entries;
    entries.reserve(8);
    for (int k = 0; k < 8; ++k) {
        entries.push_back({std::int16_t(k + 1), std::uint16_t(k), 0, k});
    }
    dense.assign(entries, 8);
    CHECK(dense.rows().size() == 1);
    CHECK(dense.singles().empty());
    sparse.assign({entries.data() + 5, 1}, 8);
    CHECK(sparse.rows().empty());
    CHECK(sparse.singles().size() == 1);
    // Channels that do not fill vector registers are added one by one.
    dense.assign(entries, 9);
    CHECK(dense.rows().empty());
    CHECK(dense.singles().size() == 8);
}

TEST_CASE("the largest sum that a layer may have is exact") {
    // 2^23 - 2 products of the largest size, and one of 1: the last bit shows.
    constexpr std::int64_t kProducts = (std::int64_t{1} << 23) - 2;
    constexpr int kBlock = 2 * 2047;
    static_assert(kProducts % kBlock == 0);
    AccumulatorBanks banks;
    banks.resize(16);
    const std::vector<std::int16_t> values(kBlock, INT16_MIN);
    const std::vector<std::int32_t> cells(kBlock, 8);
    WeightOperands row;
    WeightOperands single;
    std::vector<WeightEntry> entries;
    entries.reserve(8);
    for (int k = 0; k < 8; ++k) {
        entries.push_back({INT16_MIN, std::uint16_t(k), 0, k});
    }
    row.assign(entries, 8);
    single.assign({entries.data() + 1, 1}, 1);
    for (std::int64_t n = 0; n < kProducts / kBlock; ++n) {
        banks.accumulate(0, values, cells, row);
        banks.accumulate(1, values, cells, single);
    }
    CHECK(banks.read(0, 15) == kProducts * kLargestProduct);
    WeightOperands one;
    const std::vector<WeightEntry> unit{{1, 1, 0, 1}};
    one.assign(unit, 1);
    for (const int buffer : {0, 1}) {
        banks.accumulate(buffer, std::vector<std::int16_t>{-1}, std::vector<std::int32_t>{8}, one);
        CHECK(banks.read(buffer, 9) == kProducts * kLargestProduct - 1);
    }
    CHECK(banks.read(1, 8) == 0);
}

TEST_CASE("layers whose sums could leave 53 bits do not fit") {
    CHECK(AccumulatorBanks::fits(shape_with(65535, 11)));
    CHECK_FALSE(AccumulatorBanks::fits(shape_with(65536, 12)));
    CHECK(AccumulatorBanks::fits(shape_with((1 << 23) - 1, 1)));
    CHECK_FALSE(AccumulatorBanks::fits(shape_with(1 << 23, 1)));
}
