#include "workloads/formats/bitmask.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/workloads/formats/sparse_values.h"

using namespace nonzero;

using Values = std::vector<std::int16_t>;
using Mask = std::vector<std::uint8_t>;

TEST_CASE("mask bits stand least significant first") {
    const auto block = encode_bitmask(Values{0, 5, 0, 0, 0, 0, 0, -1, 0, 9});
    CHECK(block.mask == Mask{0x82, 0x02});
    CHECK(block.values == Values{5, -1, 9});
    CHECK(bitmask_bytes(10, 3) == 2 + 6);
    CHECK(bitmask_bytes(16, 0) == 2);
    CHECK(bitmask_bytes(0, 0) == 0);
}

TEST_CASE("malformed bit-mask blocks are refused") {
    Values dense(10, 1);
    CHECK(decode_bitmask({{0x82, 0x02}, {5, -1, 9}}, dense));
    CHECK(dense == Values{0, 5, 0, 0, 0, 0, 0, -1, 0, 9});
    CHECK_FALSE(decode_bitmask({{0x82, 0x02}, {5, -1}}, dense));
    CHECK(dense == Values(10, 0));
    CHECK_FALSE(decode_bitmask({{0x82, 0x02}, {5, -1, 9, 9}}, dense));
    CHECK_FALSE(decode_bitmask({{0x82}, {5, -1}}, dense));
    CHECK_FALSE(decode_bitmask({{0x82, 0x02, 0x00}, {5, -1, 9}}, dense));
    CHECK_FALSE(decode_bitmask({{0x82, 0x04}, {5, -1, 9}}, dense));  // bit of an 11th element
    CHECK_FALSE(decode_bitmask({{1}, {5}}, {}));
    CHECK(decode_bitmask({}, {}));
}

TEST_CASE("bit-mask blocks round trip and damage stays inside") {
    CHECK(test::property_holds("round trip", [] {
        const Values dense = sparse_values();
        const auto block = encode_bitmask(dense);
        RC_ASSERT(block.mask.size() == (dense.size() + 7) / 8);
        RC_ASSERT(block.values.size() == dense.size() - std::size_t(std::ranges::count(dense, 0)));
        Values decoded(dense.size(), 99);
        RC_ASSERT(decode_bitmask(block, decoded));
        RC_ASSERT(decoded == dense);
    }));
    CHECK(test::property_holds("random blocks are refused or encode back", [] {
        BitmaskBlock block;
        block.mask = *rc::gen::arbitrary<Mask>();
        block.values = *rc::gen::container<Values>(rc::gen::inRange<std::int16_t>(1, 100));
        if (*rc::gen::arbitrary<bool>()) {
            std::size_t bits = 0;
            for (const int byte : block.mask) {
                for (int bit = 0; bit < 8; ++bit) {
                    bits += std::size_t(byte >> bit & 1);
                }
            }
            block.values.assign(bits, 3);
        }
        Values dense(*rc::gen::inRange<std::size_t>(0, 8 * block.mask.size() + 9));
        if (decode_bitmask(block, dense)) {
            RC_ASSERT(encode_bitmask(dense) == block);
        } else {
            RC_ASSERT(dense == Values(dense.size(), 0));
        }
    }));
}
