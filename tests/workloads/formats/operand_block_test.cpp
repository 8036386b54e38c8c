#include "workloads/formats/operand_block.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/workloads/formats/sparse_values.h"

using namespace nonzero;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Values = std::vector<std::int16_t>;

BlockFormat any_format() {
    return *rc::gen::element(BlockFormat::zero_run4, BlockFormat::zero_run16, BlockFormat::dense);
}

}  // namespace

TEST_CASE("a dense block is its elements") {
    const Values elements{1, 0, -2};
    Bytes bytes{0xaa};
    ZeroRunBlock scratch;
    CHECK(append_block(elements, BlockFormat::dense, scratch, bytes) == 3);
    CHECK(bytes == Bytes{0xaa, 1, 0, 0, 0, 0xfe, 0xff});
    CHECK(packed_block_limit(3, BlockFormat::dense) == 6);
    CHECK(packed_block_limit(3, BlockFormat::zero_run4) == packed_zero_run_bytes(3, RunWidth::bits4));
    auto rest = std::span<const std::uint8_t>(bytes).subspan(1);
    CHECK_FALSE(take_block(rest, 4, BlockFormat::dense, scratch));
    CHECK(rest.size() == 6);
    REQUIRE(take_block(rest, 3, BlockFormat::dense, scratch));
    CHECK(rest.empty());
    CHECK(scratch == ZeroRunBlock{elements, {0, 0, 0}});
    CHECK(take_block(rest, 0, BlockFormat::dense, scratch));
    CHECK(scratch.entries() == 0);
}

TEST_CASE("operand blocks round trip in every format") {
    CHECK(rc::check("elements -> bytes -> elements", [] {
        const Values elements = sparse_values();
        const BlockFormat format = any_format();
        Bytes bytes;
        ZeroRunBlock scratch;
        const std::size_t entries = append_block(elements, format, scratch, bytes);
        RC_ASSERT(bytes.size() <= packed_block_limit(elements.size(), format));
        append_block(elements, format, scratch, bytes);
        std::span<const std::uint8_t> rest(bytes);
        for (int n = 0; n < 2; ++n) {
            ZeroRunBlock block{{1, 2}, {3, 4}};
            RC_ASSERT(take_block(rest, elements.size(), format, block));
            RC_ASSERT(block.entries() == entries);
            Values decoded(elements.size(), 99);
            RC_ASSERT(decode_zero_run(block, decoded));
            RC_ASSERT(decoded == elements);
        }
        RC_ASSERT(rest.empty());
        RC_ASSERT((format != BlockFormat::dense || entries == elements.size()));
    }));
    CHECK(rc::check("series", [] {
        const auto length = *rc::gen::inRange<std::size_t>(0, 20);
        const auto blocks = *rc::gen::inRange<std::size_t>(0, 10);
        const BlockFormat format = any_format();
        Values elements;
        for (std::size_t n = 0; n < blocks; ++n) {
            Values block = sparse_values();
            block.resize(length, 0);
            elements.insert(elements.end(), block.begin(), block.end());
        }
        Bytes bytes;
        append_series(elements, length, format, bytes);
        RC_ASSERT(bytes.size() <= packed_series_limit(blocks, length, format));
        ZeroRunSeries series;
        RC_ASSERT(read_series(bytes, blocks, length, format, series));
        RC_ASSERT(series.ends.size() == blocks);
        Values decoded(elements.size(), 0);
        std::size_t entry = 0;
        for (std::size_t n = 0; n < blocks; ++n) {
            for (; entry < series.ends[n]; ++entry) {
                decoded.at(n * length + series.positions[entry]) = series.values[entry];
            }
        }
        RC_ASSERT(entry == series.values.size());
        RC_ASSERT(decoded == elements);
        RC_ASSERT((format != BlockFormat::dense || entry == elements.size()));
        bytes.push_back(0);
        RC_ASSERT_FALSE(read_series(bytes, blocks, length, format, series));
    }));
}
