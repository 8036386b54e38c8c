#include "workloads/nm.h"

#include "tests/common/property.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <vector>

#include "tests/common/error_of.h"
#include "tests/workloads/random_layer.h"

using namespace nonzero;

namespace {

using Values = std::vector<std::int16_t>;

std::string error_of(const std::string& text) {
    return test::error_of([&] { parse_nm_pattern(text); });
}

// Non-zeros of each window, window by window.
std::vector<int> window_counts(const Values& row, int m) {
    std::vector<int> counts((row.size() + std::size_t(m) - 1) / std::size_t(m), 0);
    for (std::size_t column = 0; column < row.size(); ++column) {
        counts[column / std::size_t(m)] += row[column] != 0;
    }
    return counts;
}

NmPattern random_pattern() {
    const int m = *rc::gen::element(1, 2, 4, 5, 8, 16, 128, 256);
    return {in_range(1, m), m};
}

}  // namespace

TEST_CASE("Patterns are written N:M") {
    CHECK(parse_nm_pattern("8:128") == NmPattern{8, 128});
    CHECK(parse_nm_pattern("1:1") == NmPattern{1, 1});
    CHECK(parse_nm_pattern("16:65535") == NmPattern{16, 65535});
    CHECK(to_string(NmPattern{16, 256}) == "16:256");
    for (const char* text : {"", ":", "8", "8:", ":8", "8:x", "8:128 ", " 8:128", "8:128:1", "-1:4", "2:4.0", "+2:4",
                             "99999999999:4", "a:b"}) {
        INFO(text);
        const bool refused = error_of(text) == "'" + std::string(text) +
                                                   "' is no N:M pattern; give two whole numbers with a colon, as in "
                                                   "8:128" ||
                             error_of(text).find("is not possible") != std::string::npos;
        CHECK(refused);
    }
    CHECK(error_of("0:4") == "pattern '0:4' is not possible; N:M keeps N of M columns with 1 <= N <= M <= 65535");
    CHECK(error_of("5:4").find("is not possible") != std::string::npos);
    CHECK(error_of("8:65536").find("is not possible") != std::string::npos);
}

TEST_CASE("The fullest window tells which patterns a row keeps") {
    const Values row = {0, 1, 2, 0, 0, 0, 0, 3, 4, 5};  // windows of 4: 2, 1 and a short one of 2
    CHECK(fullest_window(row, 4) == 2);
    CHECK(fullest_window(row, 3) == 2);
    CHECK(fullest_window(row, 8) == 3);
    CHECK(fullest_window(row, 100) == 5);
    CHECK(fullest_window(row, 1) == 1);
    CHECK(fullest_window(Values(7, 0), 4) == 0);

    Operands matrix({2, 5});
    matrix.data = {1, 0, 0, 0, 1, 1, 1, 0, 0, 1};
    CHECK_FALSE(find_violation(matrix, {2, 4}));
    const auto violation = find_violation(matrix, {1, 4});
    REQUIRE(violation);
    CHECK(violation->row == 1);
    CHECK(violation->first_column == 0);
    CHECK(violation->non_zeros == 2);
    CHECK_FALSE(find_violation(matrix, {3, 5}));
    CHECK(find_violation(matrix, {2, 5})->row == 1);
}

TEST_CASE("Pruning keeps the largest magnitudes of each window") {
    const auto pruned = [](Values row, const NmPattern& pattern) {
        prune_to_largest(row, pattern);
        return row;
    };
    CHECK(pruned({3, -5, 4, 1, 7, 0, 2, 6, -1}, {2, 4}) == Values{0, -5, 4, 0, 7, 0, 0, 6, -1});
    CHECK(pruned({2, -2, 2, -2}, {3, 4}) == Values{2, -2, 2, 0});  // the lower column stays
    CHECK(pruned({INT16_MAX, INT16_MIN, 1}, {1, 3}) == Values{0, INT16_MIN, 0});
    CHECK(pruned({0, 0, 0, 5}, {1, 2}) == Values{0, 0, 0, 5});
    CHECK(pruned({}, {1, 2}).empty());

    CHECK(test::property_holds("any N:M", [] {
        const NmPattern pattern = random_pattern();
        Operands matrix = random_operands({std::size_t(in_range(1, 4)), std::size_t(in_range(1, 300))});
        const Operands original = matrix;
        prune_to_largest(matrix, pattern);
        const auto columns = matrix.shape[1];
        const auto m = std::size_t(pattern.m);
        for (std::size_t i = 0; i < matrix.size(); ++i) {
            // Stays exactly when fewer than n of its window are larger, or equal and before it.
            const std::size_t row = i / columns, begin = i % columns / m * m;
            int before = 0;
            for (std::size_t c = begin; c < std::min(columns, begin + m); ++c) {
                const int own = std::abs(int(original.data[i]));
                const int other = std::abs(int(original.data[row * columns + c]));
                before += other > own || (other == own && c < i % columns);
            }
            RC_ASSERT(matrix.data[i] == (before < pattern.n ? original.data[i] : 0));
        }
        RC_ASSERT(!find_violation(matrix, pattern));
    }));
}

TEST_CASE("Checking agrees with counting") {
    CHECK(test::property_holds("any N:M", [] {
        const NmPattern pattern = random_pattern();
        const auto columns = std::size_t(in_range(1, 300));
        const Operands matrix = random_operands({2, columns});
        std::optional<NmViolation> first;
        for (std::size_t row = 0; row < 2; ++row) {
            const Values values(matrix.data.begin() + std::ptrdiff_t(row * columns),
                                matrix.data.begin() + std::ptrdiff_t((row + 1) * columns));
            const auto counts = window_counts(values, pattern.m);
            RC_ASSERT(fullest_window(values, pattern.m) == *std::ranges::max_element(counts));
            for (std::size_t window = 0; window < counts.size(); ++window) {
                if (!first && counts[window] > pattern.n) {
                    first = NmViolation{row, window * std::size_t(pattern.m), counts[window]};
                }
            }
        }
        const auto found = find_violation(matrix, pattern);
        RC_ASSERT(found.has_value() == first.has_value());
        if (found) {
            RC_ASSERT(found->row == first->row);
            RC_ASSERT(found->first_column == first->first_column);
            RC_ASSERT(found->non_zeros == first->non_zeros);
        }
    }));
}

TEST_CASE("An engine's closest pattern is not sparser than the given one") {
    constexpr std::array vegeta = {1, 2, 4};
    constexpr std::array tensor_core = {2, 4};
    constexpr std::array s2ta = {1, 2, 3, 4, 5, 6, 7, 8};
    CHECK(closest_n({8, 128}, 4, vegeta) == 1);
    CHECK(closest_n({1, 4}, 4, vegeta) == 1);
    CHECK(closest_n({33, 128}, 4, vegeta) == 2);
    CHECK(closest_n({2, 4}, 4, vegeta) == 2);
    CHECK(closest_n({3, 4}, 4, vegeta) == 4);
    CHECK(closest_n({1, 1}, 4, vegeta) == 4);
    CHECK(closest_n({8, 128}, 4, tensor_core) == 2);
    CHECK(closest_n({8, 128}, 8, s2ta) == 1);
    CHECK(closest_n({1, 4}, 8, s2ta) == 2);
    CHECK(closest_n({5, 16}, 8, s2ta) == 3);
    CHECK_THROWS_AS(closest_n({3, 4}, 4, std::array{1, 2}), std::invalid_argument);
}
