#include "workloads/formats/operand_series.h"

#include "tests/common/property.h"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/workloads/formats/sparse_values.h"
#include "workloads/formats/bit_stream.h"

using namespace nonzero;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Values = std::vector<std::int16_t>;

constexpr OperandFormat kShortRuns{BlockFormat::zero_run4, 16};
constexpr OperandFormat kDense{BlockFormat::dense, 16};

OperandFormat any_format() {
    return {*rc::gen::element(BlockFormat::zero_run4, BlockFormat::zero_run16, BlockFormat::dense),
            *rc::gen::inRange(2, 17)};
}

// Also blocks without elements, and longer than a run of 4 bits.
SeriesShape any_shape() {
    SeriesShape shape;
    shape.sizes = *rc::gen::container<std::vector<std::size_t>>(
        *rc::gen::inRange<std::size_t>(1, 5),
        rc::gen::element<std::size_t>(0, 0, 1, 2, 8, 9, 15, 16, 17, 40, 255, 300));
    shape.repeats = *rc::gen::inRange<std::size_t>(0, 6);
    return shape;
}

// Of any density, in `bits` bits.
Values any_elements(const SeriesShape& shape, int bits) {
    Values elements = sparse_values(shape.elements());
    for (std::int16_t& value : elements) {
        value = std::int16_t(value >> (16 - bits));
    }
    return elements;
}

Bytes packed(const Values& elements, const SeriesShape& shape, const OperandFormat& format) {
    Bytes bytes;
    append_series(elements, shape, format, bytes);
    return bytes;
}

// The format's text read literally, bit by bit.
class LiteralBits {
  public:
    void put(std::int64_t number, int bits) {
        for (int bit = 0; bit < bits; ++bit) {
            bits_.push_back((number >> bit & 1) != 0);
        }
    }
    Bytes bytes() const {
        Bytes bytes((bits_.size() + 7) / 8, 0);
        for (std::size_t bit = 0; bit < bits_.size(); ++bit) {
            bytes[bit / 8] = std::uint8_t(bytes[bit / 8] | (bits_[bit] ? 1U : 0U) << bit % 8);
        }
        return bytes;
    }

  private:
    std::vector<bool> bits_;
};

std::vector<ZeroRunBlock> encoded(const Values& elements, const SeriesShape& shape, RunWidth width) {
    std::vector<ZeroRunBlock> blocks;
    std::size_t next = 0;
    for (std::size_t repeat = 0; repeat < shape.repeats; ++repeat) {
        for (const std::size_t size : shape.sizes) {
            blocks.push_back(encode_zero_run(std::span(elements).subspan(next, size), width));
            next += size;
        }
    }
    return blocks;
}

Bytes literally_packed(const Values& elements, const SeriesShape& shape, const OperandFormat& format) {
    LiteralBits stream;
    if (format.blocks == BlockFormat::dense) {
        for (const std::int16_t value : elements) {
            stream.put(value, format.bits);
        }
        return stream.bytes();
    }
    if (elements.empty()) {
        return {};
    }
    const RunWidth width = format.blocks == BlockFormat::zero_run4 ? RunWidth::bits4 : RunWidth::bits16;
    const auto blocks = encoded(elements, shape, width);
    std::size_t largest = 1;
    for (const ZeroRunBlock& block : blocks) {
        largest = std::max(largest, block.entries());
    }
    int count_bits = 0;
    while (largest >> count_bits != 0) {
        ++count_bits;
    }
    for (std::size_t n = 0; n < blocks.size(); ++n) {
        if (shape.sizes[n % shape.sizes.size()] != 0) {
            stream.put(std::int64_t(blocks[n].entries()), count_bits);
        }
    }
    for (const ZeroRunBlock& block : blocks) {
        for (const std::int16_t value : block.values) {
            stream.put(value, format.bits);
        }
    }
    for (const ZeroRunBlock& block : blocks) {
        for (const std::uint16_t run : block.runs) {
            stream.put(run, bits_of(width));
        }
    }
    Bytes bytes{std::uint8_t(count_bits)};
    const Bytes rest = stream.bytes();
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    return bytes;
}

}  // namespace

TEST_CASE("bits lie side by side, the lowest of a byte first") {
    Bytes bytes{0xaa};
    BitWriter writer(bytes);
    writer.put(0b101, 3);
    writer.put(0xffffffff, 32);
    writer.put(0x12, 4);  // its lowest four
    writer.finish();
    CHECK(bytes == Bytes{0xaa, 0xfd, 0xff, 0xff, 0xff, 0x17});
    CHECK(bits_at(bytes, 8, 3) == 0b101);
    CHECK(bits_at(bytes, 11, 32) == 0xffffffff);
    CHECK(bits_at(bytes, 43, 4) == 2);
}

TEST_CASE("a series has the documented bytes") {
    // Counts 1, 1, 1 of one bit each; values 5, 7, -1 and runs 0, 2, 2 behind them.
    const SeriesShape threes{{3}, 3};
    CHECK(packed({5, 0, 0, 0, 0, 7, 0, 0, -1}, threes, kShortRuns) ==
          Bytes{1, 0x2f, 0, 0x38, 0, 0xf8, 0xff, 0x07, 0x11});
    // One block of two entries: a count of two bits.
    CHECK(packed({0, 1, 2}, {{3}}, {BlockFormat::zero_run16, 8}) == Bytes{2, 0x06, 0x08, 0x04, 0, 0, 0, 0});
    CHECK(packed({0, 0, 0}, {{3}}, kShortRuns) == Bytes{1, 0});
    CHECK(packed({}, {{0, 0}, 7}, kShortRuns).empty());
    CHECK(packed({1, 0, -2}, {{3}}, kDense) == Bytes{1, 0, 0, 0, 0xfe, 0xff});
    CHECK(packed({1, 0, -2}, {{3}}, {BlockFormat::dense, 4}) == Bytes{0x01, 0x0e});
}

TEST_CASE("a block costs its entries and the bits of its count") {
    // 1 x 1 weights of eight channels, a third of them not zero: three bits a block, no padding.
    const SeriesShape shape{{8}, 192};
    Values elements;
    for (std::size_t n = 0; n < shape.elements(); ++n) {
        elements.push_back(n % 3 == 0 ? 1 : 0);
    }
    CHECK(packed(elements, shape, kShortRuns).size() == 1 + (192 * 2 + 512 * 20 + 7) / 8);
}

TEST_CASE("elements that do not fit the format or the shape are refused") {
    CHECK_THROWS_AS(packed({1, 2}, {{3}}, kShortRuns), std::invalid_argument);
    CHECK_THROWS_AS(packed({8}, {{1}}, {BlockFormat::zero_run4, 4}), std::invalid_argument);
    CHECK_THROWS_AS(packed({-9}, {{1}}, {BlockFormat::dense, 4}), std::invalid_argument);
    CHECK_NOTHROW(packed({7}, {{1}}, {BlockFormat::zero_run4, 4}));
    CHECK_NOTHROW(packed({-8}, {{1}}, {BlockFormat::dense, 4}));
    Bytes bytes;
    CHECK_THROWS_AS(append_encoded({{1}, {1}, {16}}, kShortRuns, bytes), std::invalid_argument);
    CHECK_THROWS_AS(append_encoded({{2}, {1}, {3}}, kShortRuns, bytes), std::invalid_argument);
    CHECK_THROWS_AS(append_encoded({{1}, {1}, {3, 4}}, kShortRuns, bytes), std::invalid_argument);
}

TEST_CASE("series round trip in every format, width and shape") {
    CHECK(test::property_holds("elements -> bytes -> elements", [] {
        const OperandFormat format = any_format();
        const SeriesShape shape = any_shape();
        const Values elements = any_elements(shape, format.bits);
        Bytes bytes{0xaa};
        const StoredEntries stored = append_series(elements, shape, format, bytes);
        const Bytes alone(bytes.begin() + 1, bytes.end());
        RC_ASSERT(alone == literally_packed(elements, shape, format));
        RC_ASSERT(alone.size() <= series_limit(shape, format));

        append_series(elements, shape, format, bytes);
        auto rest = std::span<const std::uint8_t>(bytes).subspan(1);
        OperandSeries series{{1, 2}, {3}, {4}};
        for (int n = 0; n < 2; ++n) {
            RC_ASSERT(take_series(rest, shape, format, series));
            RC_ASSERT(series.ends.size() == shape.blocks());
            RC_ASSERT(series.positions.size() == series.entries());
            RC_ASSERT(series.entries() == stored.all);
            RC_ASSERT(expand(series, shape) == elements);
        }
        RC_ASSERT(rest.empty());
        std::size_t largest = 0;
        for (std::size_t block = 0; block < shape.blocks(); ++block) {
            largest = std::max(largest, series.values_of(block).size());
        }
        RC_ASSERT(largest == (shape.repeats == 0 ? 0 : stored.largest_block));
        if (format.blocks != BlockFormat::dense) {
            const auto blocks =
                encoded(elements, shape, format.blocks == BlockFormat::zero_run4 ? RunWidth::bits4 : RunWidth::bits16);
            for (std::size_t block = 0; block < blocks.size(); ++block) {
                RC_ASSERT(std::ranges::equal(series.values_of(block), blocks[block].values));
            }
        }
    }));
}

TEST_CASE("the fullest series is as long as its limit") {
    CHECK(test::property_holds("no zeros", [] {
        const OperandFormat format = any_format();
        SeriesShape shape = any_shape();
        shape.repeats += 1;
        const Values elements(shape.elements(), 1);
        RC_ASSERT(packed(elements, shape, format).size() == series_limit(shape, format));
    }));
}

// Each parse works on an exact heap copy, so that the address sanitizer sees any read beyond it.
TEST_CASE("the parser fails or gives entries that pack to the bytes it took") {
    const auto parse = [](Bytes bytes, const SeriesShape& shape, const OperandFormat& format) {
        bytes.shrink_to_fit();
        std::span<const std::uint8_t> rest(bytes);
        OperandSeries series;
        if (!take_series(rest, shape, format, series)) {
            RC_ASSERT(rest.size() == bytes.size());
            RC_ASSERT_FALSE(read_series(bytes, shape, format, series));
            return;
        }
        RC_ASSERT(series.ends.size() == shape.blocks());
        for (std::size_t block = 0; block < shape.blocks(); ++block) {
            for (const std::uint32_t position : series.positions_of(block)) {
                RC_ASSERT(position < shape.sizes[block % shape.sizes.size()]);
            }
        }
        if (format.blocks == BlockFormat::dense) {
            const Bytes taken(bytes.begin(), bytes.end() - std::ptrdiff_t(rest.size()));
            RC_ASSERT(packed(expand(series, shape), shape, format) == taken);
            return;
        }
        EncodedBlocks again;
        for (std::size_t block = 0; block < shape.blocks(); ++block) {
            if (shape.sizes[block % shape.sizes.size()] == 0) {
                continue;
            }
            const auto positions = series.positions_of(block);
            again.counts.push_back(std::uint32_t(positions.size()));
            std::size_t next = 0;
            for (const std::uint32_t position : positions) {
                again.runs.push_back(std::uint16_t(position - next));
                next = position + 1;
            }
        }
        again.values = series.values;
        Bytes taken;
        append_encoded(again, format, taken);
        RC_ASSERT(std::ranges::equal(taken, std::span(bytes).first(bytes.size() - rest.size())));
    };
    CHECK(test::property_holds("random bytes", [&parse] {
        auto bytes = *rc::gen::arbitrary<Bytes>();
        if (!bytes.empty() && *rc::gen::arbitrary<bool>()) {
            bytes[0] = *rc::gen::inRange<std::uint8_t>(0, 10);  // a width that may be
        }
        parse(bytes, any_shape(), any_format());
    }));
    CHECK(test::property_holds("mutated series", [&parse] {
        const OperandFormat format = any_format();
        const SeriesShape shape = any_shape();
        Bytes bytes = packed(any_elements(shape, format.bits), shape, format);
        const auto mutations = *rc::gen::inRange(0, 4);
        for (int i = 0; i < mutations && !bytes.empty(); ++i) {
            bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^= *rc::gen::inRange<std::uint8_t>(1, 255);
        }
        bytes.resize(bytes.size() - std::min<std::size_t>(bytes.size(), *rc::gen::element<std::size_t>(0, 0, 0, 1, 4)));
        parse(bytes, *rc::gen::arbitrary<bool>() ? shape : any_shape(), format);
    }));
}

TEST_CASE("every field of a series may lie") {
    const SeriesShape shape{{9}, 2};
    const Values elements(18, 5);
    const Bytes good = packed(elements, shape, kShortRuns);
    OperandSeries series;
    REQUIRE(read_series(good, shape, kShortRuns, series));
    const auto refused = [&](Bytes bytes) {
        bytes.shrink_to_fit();
        return !read_series(bytes, shape, kShortRuns, series);
    };
    REQUIRE(good.front() == 4);
    for (const int width : {0, 1, 3, 5, 16, 32, 64, 255}) {
        Bytes bytes = good;
        bytes[0] = std::uint8_t(width);
        INFO("a width of " << width);
        CHECK(refused(bytes));
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        CHECK(refused({good.begin(), good.begin() + std::ptrdiff_t(size)}));
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK(refused(longer));
    Bytes count = good;
    count[1] = 0x9a;  // ten entries of nine elements
    CHECK(refused(count));
    Bytes run = good;
    run[1 + (8 + 18 * 16) / 8] = 0x01;  // the last entry of the first block leaves it
    CHECK(refused(run));
    // A count that needs fewer bits than it has.
    CHECK(refused({2, 0x05, 0, 0}));
    // 2^32 entries in all would be none.
    const SeriesShape wide{{std::size_t{1} << 28}, 16};
    Bytes counts{29};
    BitWriter writer(counts);
    for (int n = 0; n < 16; ++n) {
        writer.put(1U << 28, 29);
    }
    writer.finish();
    CHECK_FALSE(read_series(counts, wide, kShortRuns, series));
    // Bits behind the end.
    const SeriesShape one{{1}};
    Bytes stray = packed({5}, one, kShortRuns);
    REQUIRE(read_series(stray, one, kShortRuns, series));
    stray.back() = std::uint8_t(stray.back() | 0x80);
    CHECK_FALSE(read_series(stray, one, kShortRuns, series));
    Bytes dense = packed({5}, one, {BlockFormat::dense, 5});
    dense.back() = std::uint8_t(dense.back() | 0x80);
    CHECK_FALSE(read_series(dense, one, {BlockFormat::dense, 5}, series));
}

TEST_CASE("dense elements are those of the series, at every width") {
    CHECK(test::property_holds("dense", [] {
        const OperandFormat format{BlockFormat::dense, *rc::gen::inRange(2, 17)};
        const SeriesShape shape = any_shape();
        const Values elements = any_elements(shape, format.bits);
        Bytes bytes = packed(elements, shape, format);
        Values storage;
        const auto read = dense_elements(bytes, elements.size(), format.bits, storage);
        RC_ASSERT(read.has_value());
        RC_ASSERT(std::ranges::equal(*read, elements));
        RC_ASSERT(!dense_elements(bytes, elements.size() + 8, format.bits, storage));
        bytes.push_back(0);
        RC_ASSERT(!dense_elements(bytes, elements.size(), format.bits, storage));
    }));
    Values storage;
    const Bytes stray{0x05 | 0x80};
    CHECK_FALSE(dense_elements(stray, 1, 5, storage));
}
