// Accumulators against sums in integers, with the extremes that 32 bits and doubles have to hold exactly.

#include "models/scnn/accumulator_banks.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <limits>
#include <span>

#include "tests/common/property.h"
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

std::int32_t largest_of(std::span<const std::int16_t> values) {
    std::int32_t largest = 0;
    for (const std::int16_t value : values) {
        largest = std::max(largest, std::abs(int(value)));
    }
    return largest;
}

// Sums of operands of 16 bits soon leave 32 bits, those of small ones stay.
void check_random_blocks(int divisor) {
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
        std::vector<WeightEntry> entries = random_entries(taps, channels, channel_stride);
        for (WeightEntry& entry : entries) {
            entry.value = std::int16_t(entry.value / divisor);
        }
        operands.assign(entries, channel_stride);
        // Places of a block are different.
        const std::vector<std::int16_t> values = random_values(std::size_t(in_range(0, places)));
        std::vector<std::int32_t> origins;
        for (std::size_t n = 0; n < values.size(); ++n) {
            origins.push_back((taps - 1 + int(n)) * channel_stride);
            for (const WeightEntry& entry : entries) {
                expected[buffer][std::size_t(origins[n] + entry.cell)] += std::int64_t(values[n]) * entry.value;
            }
        }
        banks.accumulate(buffer, {values, origins, largest_of(values)}, operands);
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
    CHECK(test::property_holds("wide sums", [] { check_random_blocks(1); }));
    CHECK(test::property_holds("narrow sums", [] { check_random_blocks(4096); }));
}

TEST_CASE("channels that fill vector registers are added side by side, others one by one") {
    WeightOperands operands;
    std::vector<WeightEntry> entries;
    entries.reserve(8);
    for (int k = 0; k < 8; ++k) {
        entries.push_back({std::int16_t(k % 2 == 0 ? k + 1 : -k - 1), std::uint16_t(k), 0, k});
    }
    operands.assign(entries, 8);
    CHECK(operands.rows().size() == 1);
    CHECK(operands.singles().empty());
    CHECK(operands.largest_sum() == 8);
    operands.assign(entries, 9);
    CHECK(operands.rows().empty());
    CHECK(operands.singles().size() == 8);
    CHECK(operands.largest_sum() == 8);
}

TEST_CASE("sums stay exact where they pass 32 bits") {
    // The last sum that 32 bits hold, one product more, and back; in rows and one by one.
    constexpr std::int64_t kLast = std::numeric_limits<std::int32_t>::max();
    AccumulatorBanks banks;
    banks.resize(16);
    const std::vector<WeightEntry> large{{32767, 1, 0, 1}};
    const std::vector<WeightEntry> unit{{1, 1, 0, 1}};
    WeightOperands weights;
    for (const int stride : {8, 1}) {
        const int buffer = stride == 8 ? 0 : 1;
        std::int64_t sum = 0;
        const auto accumulate = [&](std::int16_t value, const std::vector<WeightEntry>& entries) {
            weights.assign(entries, stride);
            const std::vector<std::int16_t> values{value};
            const std::vector<std::int32_t> cells{8};
            banks.accumulate(buffer, {values, cells, largest_of(values)}, weights);
            sum += std::int64_t(value) * entries.front().value;
            CHECK(banks.read(buffer, 9) == sum);
        };
        accumulate(32767, large);
        accumulate(32767, large);
        accumulate(3, large);
        for (const std::int16_t rest : {std::int16_t(32767), std::int16_t(1)}) {
            accumulate(rest, unit);
        }
        accumulate(std::int16_t(kLast - sum), unit);
        CHECK(sum == kLast);
        accumulate(1, unit);
        accumulate(-32768, large);
        accumulate(32767, large);
        accumulate(32767, large);
        CHECK(sum > kLast);
        // A cleared buffer begins anew.
        banks.clear(buffer);
        sum = 0;
        accumulate(-5, unit);
    }
    // Product by product, as fully connected layers add.
    banks.clear(0);
    for (int n = 0; n < 5; ++n) {
        banks.add(0, 3, kLargestProduct);
    }
    banks.add(0, 4, -1);
    CHECK(banks.read(0, 3) == 5 * kLargestProduct);
    CHECK(banks.read(0, 4) == -1);
}

TEST_CASE("the largest sum that a layer may have is exact") {
    // 2^23 - 2 products of the largest size, and one of 1: the last bit shows. More of a place in a block than there
    // can be, which wide sums do not mind; the first product makes them so.
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
    for (const int buffer : {0, 1}) {
        banks.add(buffer, 0, std::int64_t{1} << 31);
    }
    for (std::int64_t n = 0; n < kProducts / kBlock; ++n) {
        banks.accumulate(0, {values, cells, 32768}, row);
        banks.accumulate(1, {values, cells, 32768}, single);
    }
    CHECK(banks.read(0, 15) == kProducts * kLargestProduct);
    WeightOperands one;
    const std::vector<WeightEntry> unit{{1, 1, 0, 1}};
    one.assign(unit, 1);
    for (const int buffer : {0, 1}) {
        banks.accumulate(buffer, {std::vector<std::int16_t>{-1}, std::vector<std::int32_t>{8}, 1}, one);
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
