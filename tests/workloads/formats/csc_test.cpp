#include "workloads/formats/csc.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/workloads/formats/sparse_values.h"

using namespace nonzero;

using Values = std::vector<std::int16_t>;
using Indices = std::vector<std::uint32_t>;

namespace {

// 3 x 4:  0 5 0 0
//         6 0 0 7
//         0 8 0 0
const Values example = {0, 5, 0, 0, 6, 0, 0, 7, 0, 8, 0, 0};

}  // namespace

TEST_CASE("columns are stored one after the other") {
    const auto matrix = encode_csc(example, 3, 4);
    CHECK(matrix.rows == 3);
    CHECK(matrix.columns == 4);
    CHECK(matrix.values == Values{6, 5, 8, 7});
    CHECK(matrix.row_indices == Indices{1, 0, 2, 1});
    CHECK(matrix.column_pointers == Indices{0, 1, 3, 3, 4});
    CHECK(csc_bytes(4, 4) == 4 * 2 + 4 * 4 + 5 * 4);
    CHECK_THROWS_AS(encode_csc(example, 3, 5), std::invalid_argument);
    CHECK_THROWS_AS(encode_csc(example, 0, 4), std::invalid_argument);
    CHECK(encode_csc({}, 0, 2).column_pointers == Indices{0, 0, 0});
}

TEST_CASE("malformed CSC matrices are refused") {
    const auto good = encode_csc(example, 3, 4);
    Values dense(12, 1);
    CHECK(decode_csc(good, dense));
    CHECK(dense == example);

    const auto refused = [&](auto damage) {
        CscMatrix matrix = good;
        damage(matrix);
        Values out(12, 1);
        return !decode_csc(matrix, out) && out == Values(12, 0);
    };
    CHECK(refused([](CscMatrix& m) { m.row_indices[3] = 3; }));
    CHECK(refused([](CscMatrix& m) { m.row_indices[3] = UINT32_MAX; }));
    CHECK(refused([](CscMatrix& m) { std::swap(m.row_indices[1], m.row_indices[2]); }));
    CHECK(refused([](CscMatrix& m) { m.row_indices[2] = m.row_indices[1]; }));
    CHECK(refused([](CscMatrix& m) { m.row_indices.pop_back(); }));
    CHECK(refused([](CscMatrix& m) { m.values.push_back(1); }));
    CHECK(refused([](CscMatrix& m) { m.column_pointers[0] = 1; }));
    CHECK(refused([](CscMatrix& m) { m.column_pointers[4] = 5; }));
    CHECK(refused([](CscMatrix& m) { m.column_pointers[2] = 100; }));
    CHECK(refused([](CscMatrix& m) { m.column_pointers[1] = 4; }));
    CHECK(refused([](CscMatrix& m) { m.column_pointers.pop_back(); }));
    CHECK(refused([](CscMatrix& m) { m.column_pointers.clear(); }));
    CHECK(refused([](CscMatrix& m) { m.rows = 4; }));
    CHECK(refused([](CscMatrix& m) { m.columns = std::size_t{1} << 63; }));
    CHECK(refused([](CscMatrix& m) { m.rows = (std::size_t{1} << 62) + 3; }));  // rows * columns = 12 modulo 2^64
    CHECK_FALSE(decode_csc(good, std::span(dense).first(11)));
}

TEST_CASE("CSC matrices round trip") {
    CHECK(test::property_holds("round trip", [] {
        const auto rows = *rc::gen::inRange<std::size_t>(0, 20);
        const auto columns = *rc::gen::inRange<std::size_t>(0, 20);
        const Values dense = sparse_values(rows * columns);
        const auto matrix = encode_csc(dense, rows, columns);
        RC_ASSERT(matrix.values.size() == dense.size() - std::size_t(std::ranges::count(dense, 0)));
        RC_ASSERT(matrix.column_pointers.size() == columns + 1);
        Values decoded(dense.size(), 99);
        RC_ASSERT(decode_csc(matrix, decoded));
        RC_ASSERT(decoded == dense);
    }));
    CHECK(test::property_holds("damaged matrices are refused or encode back", [] {
        const auto rows = *rc::gen::inRange<std::size_t>(1, 8);
        const auto columns = *rc::gen::inRange<std::size_t>(1, 8);
        CscMatrix matrix = encode_csc(sparse_values(rows * columns), rows, columns);
        auto& damaged =
            *rc::gen::arbitrary<bool>() && !matrix.row_indices.empty() ? matrix.row_indices : matrix.column_pointers;
        damaged[*rc::gen::inRange<std::size_t>(0, damaged.size())] = *rc::gen::inRange<std::uint32_t>(0, 10);
        Values dense(rows * columns);
        if (decode_csc(matrix, dense)) {
            RC_ASSERT(encode_csc(dense, rows, columns) == matrix);
        }
    }));
}
