// The packed format byte by byte, and that it is read with suspicion.

#include "models/systolic/packed_weights.h"

#include <catch2/catch.hpp>

using namespace nonzero;
using namespace nonzero::systolic;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes packed(ArrayKind kind, const LayerSize& size, const std::vector<std::int16_t>& matrix,
             std::optional<int> uniform_n = {}) {
    Bytes bytes;
    append_packed(make_geometry(default_parameters(kind), int(size.rows)), size, matrix, uniform_n, bytes);
    return bytes;
}

bool is_read(ArrayKind kind, const LayerSize& size, const Bytes& bytes, std::optional<int> uniform_n = {}) {
    return read_packed(make_geometry(default_parameters(kind), int(size.rows)), size, uniform_n, bytes).has_value();
}

bool is_read_with(ArrayKind kind, const LayerSize& size, Bytes bytes, std::size_t place, std::uint8_t value) {
    bytes.at(place) = value;
    return is_read(kind, size, bytes);
}

constexpr LayerSize kTwoRows{1, 2, 6};
const std::vector<std::int16_t> kMatrix{0, 7, 0, 0, -2, 3,  // 1 and 2 of a block of 4
                                        0, 0, 0, 5, 0,  0};

}  // namespace

TEST_CASE("dense weights are stored as they are") {
    const Bytes expected{6,    0,    0, 0, 6, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0,
                         0xFE, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0};
    CHECK(packed(ArrayKind::weight_stationary, kTwoRows, kMatrix) == expected);
    CHECK(packed(ArrayKind::output_stationary, kTwoRows, kMatrix) == expected);
}

TEST_CASE("weights of blocks are stored with their places") {
    // The first row has two slots to a block, the second one.
    const Bytes expected{4, 0, 0, 0, 2,    0,    0, 0,              //
                         7, 0, 0, 0, 0xFE, 0xFF, 3, 0, 5, 0, 0, 0,  //
                         1, 0, 0, 1, 3,    0,    0, 0};
    REQUIRE(packed(ArrayKind::vegeta, kTwoRows, kMatrix).size() == 28);
    CHECK(packed(ArrayKind::vegeta, kTwoRows, kMatrix) == Bytes(expected.begin(), expected.end()));
}

TEST_CASE("skipped columns are stored as a map") {
    // Columns 1, 3, 4 and 5.
    const Bytes expected{4, 0, 0, 0, 4,    0,    0, 0, 0x3A, 0, 0, 0,  //
                         7, 0, 0, 0, 0xFE, 0xFF, 3, 0, 0,    0, 5, 0, 0, 0, 0, 0};
    CHECK(packed(ArrayKind::spots, kTwoRows, kMatrix) == expected);
}

TEST_CASE("S2TA's rows take the slots of the fullest") {
    const LayerSize size{1, 2, 9};
    std::vector<std::int16_t> matrix(18, 0);
    matrix[2] = 4;
    matrix[9] = matrix[10] = matrix[16] = 1;  // three in one block
    const auto geometry = make_geometry(default_parameters(ArrayKind::s2ta), 2);
    CHECK(slots_of_rows(geometry, {matrix, 2, 9}) == std::vector<std::uint32_t>{6, 6});
    CHECK(slots_of_rows(geometry, {matrix, 2, 9}, 4) == std::vector<std::uint32_t>{8, 8});
    CHECK_THROWS_AS(slots_of_rows(geometry, {matrix, 2, 9}, 2), std::invalid_argument);
    CHECK_THROWS_AS(slots_of_rows(geometry, {matrix, 2, 9}, 9), std::invalid_argument);
    CHECK(packed(ArrayKind::s2ta, size, matrix).size() == 8 + 12 * 2 + 12);
}

TEST_CASE("rows of equal density are gathered at any distance") {
    ArrayParameters parameters = default_parameters(ArrayKind::vegeta);
    parameters.columns = 2;
    const auto panels = make_panels(make_geometry(parameters, 7), std::vector<std::uint32_t>{2, 4, 8, 2, 4, 2, 8}, 5);
    REQUIRE(panels.has_value());
    std::vector<std::vector<std::uint32_t>> rows;
    for (const Panel& panel : *panels) {
        rows.push_back(panel.rows);
    }
    CHECK(rows == std::vector<std::vector<std::uint32_t>>{{0, 3}, {5}, {1, 4}, {2, 6}});
    CHECK_FALSE(make_panels(make_geometry(parameters, 1), std::vector<std::uint32_t>{6}, 5));
    CHECK_FALSE(make_panels(make_geometry(parameters, 1), std::vector<std::uint32_t>{0}, 5));
}

TEST_CASE("malformed weights of blocks are refused") {
    constexpr auto kind = ArrayKind::vegeta;
    const Bytes sound = packed(kind, kTwoRows, kMatrix);
    CHECK(is_read(kind, kTwoRows, sound));
    CHECK_FALSE(is_read(kind, kTwoRows, {}));
    for (std::size_t length = 0; length < sound.size(); ++length) {
        CHECK_FALSE(is_read(kind, kTwoRows, Bytes(sound.begin(), sound.begin() + std::ptrdiff_t(length))));
    }
    Bytes longer = sound;
    longer.resize(longer.size() + 4);
    CHECK_FALSE(is_read(kind, kTwoRows, longer));
    CHECK_FALSE(is_read(kind, {1, 2, 10}, sound));
    CHECK_FALSE(is_read(kind, kTwoRows, sound, 2));          // the second row has one
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 0, 6));  // three slots to a block
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 0, 8));  // more than there are
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 3, 255));
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 20, 4));  // outside of its block
    CHECK(is_read_with(kind, kTwoRows, sound, 20, 3));
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 21, 1));  // a place of no weight
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 23, 0));  // not ascending
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 23, 2));  // beyond the last column
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 8, 0));   // a place without a weight
    Bytes late = sound;
    late[12] = late[13] = 0;
    CHECK_FALSE(is_read(kind, kTwoRows, late));               // a weight behind a missing one
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 26, 1));  // padding
}

TEST_CASE("malformed maps of columns are refused") {
    constexpr auto kind = ArrayKind::spots;
    const Bytes sound = packed(kind, kTwoRows, kMatrix);
    CHECK(is_read(kind, kTwoRows, sound));
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 0, 3));     // rows of a panel disagree
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 8, 0x38));  // fewer columns than slots
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 8, 0x7A));  // more
    CHECK(is_read_with(kind, kTwoRows, sound, 8, 0x2E));        // others
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 8, 0x5A));  // beyond the last column
}

TEST_CASE("malformed dense weights are refused") {
    constexpr auto kind = ArrayKind::input_stationary;
    const Bytes sound = packed(kind, kTwoRows, kMatrix);
    CHECK(is_read(kind, kTwoRows, sound));
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 0, 5));
    CHECK_FALSE(is_read_with(kind, kTwoRows, sound, 1, 1));
}

TEST_CASE("malformed counts are refused") {
    const auto geometry = make_geometry(default_parameters(ArrayKind::vegeta), 2);
    Bytes sound;
    append_counts(geometry, kTwoRows, kMatrix, std::nullopt, sound);
    CHECK(sound == Bytes{4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0});
    const auto read = [&](Bytes bytes, std::size_t place, std::uint8_t value) {
        bytes.at(place) = value;
        return read_counts(geometry, kTwoRows, std::nullopt, bytes).has_value();
    };
    CHECK(read(sound, 0, 4));
    CHECK(read(sound, 4, 4));
    CHECK_FALSE(read(sound, 4, 5));   // of four slots
    CHECK_FALSE(read(sound, 0, 3));   // no such row
    CHECK_FALSE(read(sound, 12, 3));  // of two slots
    sound.push_back(0);
    CHECK_FALSE(read(sound, 0, 4));
}
