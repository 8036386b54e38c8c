#include "workloads/formats/zero_run.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/workloads/formats/sparse_values.h"

using namespace nonzero;

namespace {

using Values = std::vector<std::int16_t>;
using Runs = std::vector<std::uint16_t>;

constexpr RunWidth widths[] = {RunWidth::bits4, RunWidth::bits16};

// `zeros` zeros, then 7.
Values seven_after(std::size_t zeros) {
    Values dense(zeros, 0);
    dense.push_back(7);
    return dense;
}

std::vector<std::uint8_t> packed(const ZeroRunBlock& block, RunWidth width) {
    std::vector<std::uint8_t> bytes;
    append_zero_run(block, width, bytes);
    return bytes;
}

// The rule read backwards, entry by entry: what a dense line the stored entries stand for.
Values expanded(const ZeroRunBlock& block) {
    Values dense;
    for (std::size_t i = 0; i < block.entries(); ++i) {
        dense.insert(dense.end(), block.runs[i], 0);
        dense.push_back(block.values[i]);
    }
    return dense;
}

}  // namespace

TEST_CASE("the 16th zero in a row is a placeholder where a non-zero follows") {
    const auto after15 = encode_zero_run(seven_after(15), RunWidth::bits4);
    CHECK(after15.values == Values{7});
    CHECK(after15.runs == Runs{15});

    const auto after16 = encode_zero_run(seven_after(16), RunWidth::bits4);
    CHECK(after16.values == Values{0, 7});
    CHECK(after16.runs == Runs{15, 0});

    const auto after40 = encode_zero_run(seven_after(40), RunWidth::bits4);
    CHECK(after40.values == Values{0, 0, 7});
    CHECK(after40.runs == Runs{15, 15, 8});

    const Values two_runs = {3, 0, 0, -4, 0};
    const auto block = encode_zero_run(two_runs, RunWidth::bits4);
    CHECK(block.values == Values{3, -4});
    CHECK(block.runs == Runs{0, 2});
}

TEST_CASE("trailing zeros are never stored") {
    for (const RunWidth width : widths) {
        CHECK(encode_zero_run(Values(100, 0), width).entries() == 0);
        Values dense(100, 0);
        dense[3] = 5;
        CHECK(encode_zero_run(dense, width).entries() == 1);
    }
}

TEST_CASE("a 16-bit run needs a placeholder only beyond 65,535 zeros") {
    CHECK(encode_zero_run(seven_after(65535), RunWidth::bits16).runs == Runs{65535});
    const auto block = encode_zero_run(seven_after(65536), RunWidth::bits16);
    CHECK(block.values == Values{0, 7});
    CHECK(block.runs == Runs{65535, 0});
}

TEST_CASE("a packed block has the documented bytes") {
    const ZeroRunBlock block{{1, -2, 0x1234}, {2, 15, 1}};
    CHECK(packed(block, RunWidth::bits4) ==
          std::vector<std::uint8_t>{3, 0, 0, 0, 1, 0, 0xfe, 0xff, 0x34, 0x12, 0xf2, 0x01});
    CHECK(packed(block, RunWidth::bits16) ==
          std::vector<std::uint8_t>{3, 0, 0, 0, 1, 0, 0xfe, 0xff, 0x34, 0x12, 2, 0, 15, 0, 1, 0});
    CHECK(packed({}, RunWidth::bits4) == std::vector<std::uint8_t>{0, 0, 0, 0});
    CHECK(packed({{9}, {4}}, RunWidth::bits4) == std::vector<std::uint8_t>{1, 0, 0, 0, 9, 0, 4, 0});
    CHECK(packed_zero_run_bytes(200, RunWidth::bits4) == 504);
    CHECK(packed_zero_run_bytes(200, RunWidth::bits16) == 804);
}

TEST_CASE("a block that was encoded with another run width is refused") {
    std::vector<std::uint8_t> bytes;
    CHECK_THROWS_AS(append_zero_run({{1}, {16}}, RunWidth::bits4, bytes), std::invalid_argument);
    CHECK_THROWS_AS(append_zero_run({{1, 2}, {3}}, RunWidth::bits4, bytes), std::invalid_argument);
    CHECK(bytes.empty());
}

TEST_CASE("an entry outside of the dense block is detected") {
    Values dense(8);
    CHECK(decode_zero_run({{1, 2}, {0, 6}}, dense));
    CHECK(dense == Values{1, 0, 0, 0, 0, 0, 0, 2});
    CHECK_FALSE(decode_zero_run({{1, 2}, {0, 7}}, dense));
    CHECK_FALSE(decode_zero_run({{1, 2}, {65535, 65535}}, dense));
    CHECK_FALSE(decode_zero_run({{1, 2}, {0}}, dense));
    CHECK_FALSE(decode_zero_run({{1}, {0}}, {}));
    CHECK(decode_zero_run({}, dense));
    CHECK(dense == Values(8, 0));
}

TEST_CASE("truncated and non-canonical packed blocks are refused without being consumed") {
    const auto whole = packed({{1, 2, 3}, {4, 5, 6}}, RunWidth::bits4);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::span<const std::uint8_t> bytes(whole.data(), size);
        CHECK_FALSE(take_zero_run(bytes, RunWidth::bits4).has_value());
        CHECK(bytes.size() == size);
    }
    auto stray = whole;
    stray.back() = 0x56;  // high nibble of the last run byte: no entry's
    std::span<const std::uint8_t> bytes(stray);
    CHECK_FALSE(take_zero_run(bytes, RunWidth::bits4).has_value());

    stray = packed({{1}, {4}}, RunWidth::bits4);
    stray.back() = 1;
    bytes = stray;
    CHECK_FALSE(take_zero_run(bytes, RunWidth::bits4).has_value());

    const std::vector<std::uint8_t> claims = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0};
    for (const RunWidth width : widths) {
        bytes = claims;
        CHECK_FALSE(take_zero_run(bytes, width).has_value());
    }
}

TEST_CASE("zero-run blocks round trip") {
    CHECK(rc::check("dense -> entries -> bytes -> entries -> dense", [] {
        const Values dense = sparse_values();
        const RunWidth width = *rc::gen::element(RunWidth::bits4, RunWidth::bits16);
        const ZeroRunBlock block = encode_zero_run(dense, width);

        // Against the rule: the entries spell out the line up to its last non-zero, and a placeholder never stands
        // where a longer run would have done.
        Values line = expanded(block);
        RC_ASSERT((line.empty() || line.back() != 0));
        line.resize(dense.size(), 0);
        RC_ASSERT(line == dense);
        for (std::size_t i = 0; i < block.entries(); ++i) {
            RC_ASSERT((block.values[i] != 0 || block.runs[i] == (width == RunWidth::bits4 ? 15 : 65535)));
            RC_ASSERT((width == RunWidth::bits16 || block.runs[i] <= 15));
        }

        ZeroRunBlock reused{{1, 2, 3}, {4, 5, 6}};
        encode_zero_run(dense, width, reused);
        RC_ASSERT(reused == block);

        // Between other bytes, to see that each side of the block stays untouched.
        std::vector<std::uint8_t> bytes = {0xaa};
        append_zero_run(block, width, bytes);
        RC_ASSERT(bytes.size() == 1 + packed_zero_run_bytes(block.entries(), width));
        RC_ASSERT(bytes.size() % 4 == 1U);
        append_zero_run(block, width, bytes);
        auto rest = std::span<const std::uint8_t>(bytes).subspan(1);
        RC_ASSERT(take_zero_run(rest, width) == block);
        RC_ASSERT(take_zero_run(rest, width) == block);
        RC_ASSERT(rest.empty());

        Values decoded(dense.size(), 99);
        RC_ASSERT(decode_zero_run(block, decoded));
        RC_ASSERT(decoded == dense);
    }));
}

// Each parse works on an exact heap copy, so that the address sanitizer sees any read beyond it.
TEST_CASE("the packed-block parser fails or gives a block that packs to the bytes it took") {
    const auto parse = [](std::vector<std::uint8_t> bytes, RunWidth width) {
        bytes.shrink_to_fit();
        std::span<const std::uint8_t> rest(bytes);
        const auto block = take_zero_run(rest, width);
        if (!block) {
            RC_ASSERT(rest.size() == bytes.size());
            return;
        }
        const auto taken = std::vector<std::uint8_t>(bytes.begin(), bytes.end() - std::ptrdiff_t(rest.size()));
        RC_ASSERT(packed(*block, width) == taken);
        const Values line = expanded(*block);
        Values dense(line.size());
        RC_ASSERT(decode_zero_run(*block, dense));
        RC_ASSERT(dense == line);
        Values shorter(line.empty() ? 0 : line.size() - 1);
        RC_ASSERT(decode_zero_run(*block, shorter) == line.empty());
    };
    CHECK(rc::check("random bytes", [&parse] {
        auto bytes = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
        if (bytes.size() >= 4 && *rc::gen::arbitrary<bool>()) {
            bytes[1] = bytes[2] = bytes[3] = 0;  // a count that may fit
        }
        parse(bytes, *rc::gen::element(RunWidth::bits4, RunWidth::bits16));
    }));
    CHECK(rc::check("mutated blocks", [&parse] {
        const RunWidth width = *rc::gen::element(RunWidth::bits4, RunWidth::bits16);
        auto bytes = packed(encode_zero_run(sparse_values(), width), width);
        const auto mutations = *rc::gen::inRange(1, 4);
        for (int i = 0; i < mutations; ++i) {
            bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^= *rc::gen::inRange<std::uint8_t>(1, 255);
        }
        bytes.resize(bytes.size() - *rc::gen::weightedElement<std::size_t>({{6, 0}, {1, 1}, {1, 4}}));
        parse(bytes, width);
    }));
}

TEST_CASE("a series has its counts first") {
    const Values dense{5, 0, 0, 0, 0, 7, 0, 0, -1};
    std::vector<std::uint8_t> bytes{0xaa};
    append_zero_run_series(dense, 3, RunWidth::bits4, bytes);
    CHECK(bytes == std::vector<std::uint8_t>{0xaa, 1, 1, 1, 0, 5, 0, 7, 0, 0xff, 0xff, 0x20, 2});
    CHECK(packed_series_bytes(3, 3, 3, RunWidth::bits4) == 12);
    CHECK(packed_series_bytes(3, 256, 3, RunWidth::bits16) == 8 + 12);
    CHECK_THROWS_AS(append_zero_run_series(dense, 2, RunWidth::bits4, bytes), std::invalid_argument);
    CHECK_THROWS_AS(append_zero_run_series(dense, 0, RunWidth::bits4, bytes), std::invalid_argument);
}

TEST_CASE("series of zero-run blocks") {
    CHECK(rc::check("entries are those of the blocks one by one", [] {
        const auto length = *rc::gen::element<std::size_t>(1, 3, 8, 16, 17, 40, 255, 256, 300);
        const auto blocks = *rc::gen::inRange<std::size_t>(0, 12);
        const RunWidth width = *rc::gen::element(RunWidth::bits4, RunWidth::bits16);
        Values dense;
        std::vector<ZeroRunBlock> expected;
        for (std::size_t n = 0; n < blocks; ++n) {
            Values block = sparse_values();
            block.resize(length, 0);
            expected.push_back(encode_zero_run(block, width));
            dense.insert(dense.end(), block.begin(), block.end());
        }
        std::vector<std::uint8_t> bytes;
        append_zero_run_series(dense, length, width, bytes);
        ZeroRunSeries series{{1, 2}, {3}, {4}};
        RC_ASSERT(read_zero_run_series(bytes, blocks, length, width, series));
        RC_ASSERT(series.ends.size() == blocks);
        RC_ASSERT(series.positions.size() == series.values.size());
        RC_ASSERT(bytes.size() == packed_series_bytes(blocks, length, series.values.size(), width));
        std::size_t entry = 0;
        for (std::size_t n = 0; n < blocks; ++n) {
            std::size_t position = 0;
            for (std::size_t i = 0; i < expected[n].entries(); ++i, ++entry, ++position) {
                position += expected[n].runs[i];
                RC_ASSERT(series.values.at(entry) == expected[n].values[i]);
                RC_ASSERT(series.positions.at(entry) == position);
            }
            RC_ASSERT(series.ends[n] == entry);
        }
        RC_ASSERT(series.values.size() == entry);

        // Anything else is refused or stays inside; exact copies for the address sanitizer.
        if (!bytes.empty()) {
            auto cut = bytes;
            cut.pop_back();
            cut.shrink_to_fit();
            RC_ASSERT_FALSE(read_zero_run_series(cut, blocks, length, width, series));
            auto longer = bytes;
            longer.push_back(0);
            RC_ASSERT_FALSE(read_zero_run_series(longer, blocks, length, width, series));
            auto changed = bytes;
            changed[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^= *rc::gen::inRange<std::uint8_t>(1, 255);
            changed.shrink_to_fit();
            if (read_zero_run_series(changed, blocks, length, width, series)) {
                for (const std::uint16_t position : series.positions) {
                    RC_ASSERT(position < length);
                }
            }
        }
    }));
}
