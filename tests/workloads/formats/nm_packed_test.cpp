#include "workloads/formats/nm_packed.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/workloads/formats/sparse_values.h"

using namespace nonzero;

namespace {

using Values = std::vector<std::int16_t>;
using Counts = std::vector<std::uint16_t>;
using Bytes = std::vector<std::uint8_t>;

// Three rows of five columns.
const Values example = {0, 5, 0, 0, -6,  //
                        0, 0, 0, 0, 0,   //
                        1, 2, 3, 0, 4};
constexpr NmTileFormat two_ports = {2, 8};

MatrixTile tile_of(const Values& dense, std::size_t rows, std::size_t columns) {
    return {dense.data(), rows, columns, columns};
}

NmTileFormat random_format() {
    return {*rc::gen::inRange(1, 10), *rc::gen::element(1, 7, 128, 256, 257, 32768)};
}

}  // namespace

TEST_CASE("Each row takes the slots that it needs, one at least") {
    const auto tile = encode_nm_tile(tile_of(example, 3, 5), two_ports);
    REQUIRE(tile);
    CHECK(tile->row_slots == Counts{1, 1, 2});
    CHECK(tile->values == Values{5, -6, 0, 0, 1, 2, 3, 4});
    CHECK(tile->columns == Counts{1, 4, 0, 0, 0, 1, 2, 4});

    Bytes bytes;
    append_nm_tile(*tile, two_ports, bytes);
    CHECK(bytes == Bytes{3, 0, 0,   0,   4, 0, 0, 0,                          // rows, slots
                         1, 0, 1,   0,   2, 0,                                // slots of each row
                         5, 0, 250, 255, 0, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0,  // values
                         1, 4, 0,   0,   0, 1, 2, 4,                          // columns
                         0, 0});                                              // padding
    CHECK(nm_tile_bytes(3, 4, two_ports) == bytes.size());
    CHECK(nm_tile_bytes(3, 4, {2, 256}) == bytes.size());
    CHECK(nm_tile_bytes(3, 4, {2, 257}) == bytes.size() + 8);
}

TEST_CASE("With a given number of slots every row takes as many") {
    const auto tile = encode_nm_tile(tile_of(example, 3, 5), two_ports, 2);
    REQUIRE(tile);
    CHECK(tile->row_slots == Counts{2, 2, 2});
    CHECK(tile->values == Values{5, -6, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4});
    CHECK_FALSE(encode_nm_tile(tile_of(example, 3, 5), two_ports, 1));
    CHECK(nm_slots(0, 8) == 1);
    CHECK(nm_slots(8, 8) == 1);
    CHECK(nm_slots(9, 8) == 2);
}

TEST_CASE("A tile is cut out of a wider matrix") {
    const auto tile = encode_nm_tile({example.data() + 1, 3, 3, 5}, two_ports);
    REQUIRE(tile);
    CHECK(tile->values == Values{5, 0, 0, 0, 2, 3});
    CHECK(tile->columns == Counts{0, 0, 0, 0, 0, 1});
    CHECK_THROWS_AS(encode_nm_tile(tile_of(example, 1, 9), two_ports), std::invalid_argument);
    CHECK_THROWS_AS(encode_nm_tile(tile_of(example, 3, 5), {0, 8}), std::invalid_argument);
    CHECK_THROWS_AS(encode_nm_tile(tile_of(example, 3, 5), {1, 32769}), std::invalid_argument);
    CHECK_THROWS_AS(encode_nm_tile(tile_of(example, 3, 5), two_ports, 65536), std::invalid_argument);
}

TEST_CASE("Malformed packed tiles are refused") {
    const auto good = *encode_nm_tile(tile_of(example, 3, 5), two_ports);
    Values dense(15, 1);
    CHECK(decode_nm_tile(good, two_ports, 5, dense));
    CHECK(dense == example);

    const auto refused = [&](auto damage) {
        NmPackedTile tile = good;
        damage(tile);
        Values out(15, 1);
        return !decode_nm_tile(tile, two_ports, 5, out) && out == Values(15, 0);
    };
    CHECK(refused([](NmPackedTile& t) { t.columns[1] = 5; }));  // outside
    CHECK(refused([](NmPackedTile& t) { t.columns[1] = 1; }));  // not ascending
    CHECK(refused([](NmPackedTile& t) { std::swap(t.columns[4], t.columns[5]); }));
    CHECK(refused([](NmPackedTile& t) { t.values[0] = 0; }));   // a weight after padding
    CHECK(refused([](NmPackedTile& t) { t.columns[2] = 1; }));  // padding with a column
    CHECK(refused([](NmPackedTile& t) { t.row_slots[1] = 0; }));
    CHECK(refused([](NmPackedTile& t) { t.row_slots = {0, 2, 2}; }));
    CHECK(refused([](NmPackedTile& t) { t.row_slots = {2, 2}; }));  // rows missing
    CHECK(refused([](NmPackedTile& t) { t.row_slots[2] = 3; }));
    CHECK(refused([](NmPackedTile& t) { t.values.pop_back(); }));
    CHECK(refused([](NmPackedTile& t) { t.columns.push_back(0); }));
    CHECK_FALSE(decode_nm_tile(good, {3, 8}, 5, dense));
    CHECK_FALSE(decode_nm_tile(good, {2, 4}, 5, dense));
    CHECK_FALSE(decode_nm_tile(good, two_ports, 4, dense));
    CHECK_FALSE(decode_nm_tile(good, two_ports, 0, dense));
    CHECK(std::ranges::count(dense, 0) == 15);
}

TEST_CASE("Truncated and dirty bytes of a packed tile are refused") {
    Bytes bytes;
    append_nm_tile(*encode_nm_tile(tile_of(example, 3, 5), two_ports), two_ports, bytes);
    const auto taken = [](const Bytes& from) {
        std::span<const std::uint8_t> rest(from);
        const bool some = take_nm_tile(rest, two_ports).has_value();
        CHECK(rest.size() == (some ? 0 : from.size()));
        return some;
    };
    CHECK(taken(bytes));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        CHECK_FALSE(taken(Bytes(bytes.begin(), bytes.begin() + std::ptrdiff_t(length))));
    }
    for (const std::size_t place : {0U, 4U, 8U, 12U, 39U}) {  // rows, slots, slots of the first and last row, padding
        INFO(place);
        Bytes damaged = bytes;
        ++damaged[place];
        CHECK_FALSE(taken(damaged));
    }
    Bytes endless = bytes;
    std::fill_n(endless.begin(), 8, std::uint8_t{255});
    CHECK_FALSE(taken(endless));

    NmPackedTile deep = *encode_nm_tile(tile_of(example, 3, 5), two_ports);
    deep.columns[1] = 8;
    CHECK_THROWS_AS(append_nm_tile(deep, two_ports, bytes), std::invalid_argument);
    deep = *encode_nm_tile(tile_of(example, 3, 5), two_ports);
    deep.values.pop_back();
    CHECK_THROWS_AS(append_nm_tile(deep, two_ports, bytes), std::invalid_argument);
}

TEST_CASE("Packed tiles round trip") {
    CHECK(test::property_holds("through entries and bytes", [] {
        const NmTileFormat format = random_format();
        const auto rows = *rc::gen::inRange<std::size_t>(0, 6);
        const auto columns = *rc::gen::inRange<std::size_t>(1, std::size_t(std::min(format.depth, 300)) + 1);
        const Values dense = sparse_values(rows * columns);
        const auto per_row = encode_nm_tile(tile_of(dense, rows, columns), format);
        RC_ASSERT(per_row.has_value());
        std::uint16_t most = 1;
        for (std::size_t row = 0; row < rows; ++row) {
            const auto begin = dense.begin() + std::ptrdiff_t(row * columns);
            const auto zeros = std::count(begin, begin + std::ptrdiff_t(columns), 0);
            const auto weights = columns - std::size_t(zeros);
            const auto ports = std::size_t(format.ports);
            RC_ASSERT(per_row->row_slots[row] == std::max<std::size_t>(1, (weights + ports - 1) / ports));
            most = std::max(most, per_row->row_slots[row]);
        }
        const auto uniform = encode_nm_tile(tile_of(dense, rows, columns), format, most);
        RC_ASSERT(uniform.has_value());
        RC_ASSERT((most == 1 || !encode_nm_tile(tile_of(dense, rows, columns), format, most - 1u)));

        Bytes bytes;
        append_nm_tile(*per_row, format, bytes);
        const std::size_t first = bytes.size();
        append_nm_tile(*uniform, format, bytes);
        RC_ASSERT(bytes.size() == first + nm_tile_bytes(rows, rows * most, format));
        std::span<const std::uint8_t> rest(bytes);
        RC_ASSERT(take_nm_tile(rest, format) == per_row);
        RC_ASSERT(take_nm_tile(rest, format) == uniform);
        RC_ASSERT(rest.empty());
        for (const auto& tile : {per_row, uniform}) {
            Values decoded(dense.size(), 99);
            RC_ASSERT(decode_nm_tile(*tile, format, columns, decoded));
            RC_ASSERT(decoded == dense);
        }
    }));
    CHECK(test::property_holds("what decodes after damage encodes back", [] {
        const NmTileFormat format{*rc::gen::inRange(1, 4), 8};
        const auto rows = *rc::gen::inRange<std::size_t>(1, 5);
        NmPackedTile tile = *encode_nm_tile(tile_of(sparse_values(rows * 8), rows, 8), format);
        const auto entry = *rc::gen::inRange<std::size_t>(0, tile.values.size());
        if (*rc::gen::arbitrary<bool>()) {
            tile.columns[entry] = *rc::gen::inRange<std::uint16_t>(0, 9);
        } else {
            tile.values[entry] = *rc::gen::inRange<std::int16_t>(-1, 2);
        }
        Values dense(rows * 8);
        if (decode_nm_tile(tile, format, 8, dense)) {
            NmPackedTile again = *encode_nm_tile(tile_of(dense, rows, 8), format);
            // A weight that became padding may have left a slot more than the row needs.
            if (again.row_slots == tile.row_slots) {
                RC_ASSERT(again == tile);
            }
        }
    }));
}
