#include "workloads/formats/zero_run.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>

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

TEST_CASE("zero-run blocks round trip") {
    CHECK(test::property_holds("dense -> entries -> dense", [] {
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

        Values decoded(dense.size(), 99);
        RC_ASSERT(decode_zero_run(block, decoded));
        RC_ASSERT(decoded == dense);
    }));
}
