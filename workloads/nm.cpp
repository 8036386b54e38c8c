#include "workloads/nm.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "workloads/error.h"
#include "workloads/quoted_name.h"
#include "workloads/vector_clones.h"

namespace nonzero {

namespace {

// Calls visit(begin, end) for every window of a row.
template <class Visit>
void for_each_window(std::size_t columns, int m, Visit visit) {
    const auto window = static_cast<std::size_t>(m);
    for (std::size_t begin = 0; begin < columns; begin += window) {
        visit(begin, std::min(columns, begin + window));
    }
}

int non_zeros_of(std::span<const std::int16_t> values) {
    return static_cast<int>(values.size()) - static_cast<int>(std::ranges::count(values, std::int16_t{0}));
}

std::span<const std::int16_t> row_of(const Operands& matrix, std::size_t row) {
    const std::size_t columns = matrix.shape[1];
    return std::span(matrix.data).subspan(row * columns, columns);
}

std::uint32_t count_up_to(const std::uint32_t* ranks, std::size_t count, std::uint32_t highest) {
    std::uint32_t found = 0;
    for (std::size_t n = 0; n < count; ++n) {
        found += ranks[n] <= highest ? 1U : 0U;
    }
    return found;
}

// The n-th lowest rank between two of which fewer and at least as many ranks lie below, by comparing all ranks at once:
// in turn where it would be were the ranks even, as hashes are, and in the middle.
NONZERO_VECTOR_CLONES void keep_lowest_of_window(const std::uint32_t* ranks, std::size_t count, std::uint32_t n,
                                                 std::uint8_t* keep) {
    std::uint64_t low = 0;  // fewer than n ranks are lower
    std::uint64_t high = 0;
    for (std::size_t i = 0; i < count; ++i) {
        high = std::max(high, std::uint64_t{ranks[i]});
    }
    std::uint32_t lower = 0;
    std::uint32_t kept = static_cast<std::uint32_t>(count);  // ranks up to high
    for (bool even = true; low < high && kept > n; even = !even) {
        const std::uint64_t step = even ? (high - low) * (n - lower) / (kept - lower) : (high - low) / 2;
        const std::uint64_t middle = std::min(low + step, high - 1);
        const std::uint32_t found = count_up_to(ranks, count, static_cast<std::uint32_t>(middle));
        if (found >= n) {
            high = middle;
            kept = found;
        } else {
            low = middle + 1;
            lower = found;
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        keep[i] = ranks[i] <= high ? 1 : 0;
    }
    // Of equal ranks the lower columns.
    for (std::size_t i = count; kept > n && i-- > 0;) {
        if (ranks[i] == high) {
            keep[i] = 0;
            --kept;
        }
    }
}

bool read_number(std::string_view text, int& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

NmPattern parse_nm_pattern(const std::string& text) {
    NmPattern pattern;
    const std::size_t colon = text.find(':');
    const bool numbers = colon != std::string::npos &&
                         read_number(std::string_view(text).substr(0, colon), pattern.n) &&
                         read_number(std::string_view(text).substr(colon + 1), pattern.m);
    if (!numbers) {
        throw InputError(
            fmt::format("{} is no N:M pattern; give two whole numbers with a colon, as in 8:128", quoted_name(text)));
    }
    if (pattern.n < 1 || pattern.n > pattern.m || pattern.m > largest_nm_window) {
        throw InputError(fmt::format("pattern {} is not possible; N:M keeps N of M columns with 1 <= N <= M <= {}",
                                     quoted_name(text), largest_nm_window));
    }
    return pattern;
}

std::string to_string(const NmPattern& pattern) {
    return fmt::format("{}:{}", pattern.n, pattern.m);
}

int fullest_window(std::span<const std::int16_t> row, int m) {
    int fullest = 0;
    for_each_window(row.size(), m, [&](std::size_t begin, std::size_t end) {
        fullest = std::max(fullest, non_zeros_of(row.subspan(begin, end - begin)));
    });
    return fullest;
}

std::optional<NmViolation> find_violation(const Operands& matrix, const NmPattern& pattern) {
    for (std::size_t row = 0; row < matrix.shape[0]; ++row) {
        const auto values = row_of(matrix, row);
        std::optional<NmViolation> violation;
        for_each_window(values.size(), pattern.m, [&](std::size_t begin, std::size_t end) {
            const int found = non_zeros_of(values.subspan(begin, end - begin));
            if (!violation && found > pattern.n) {
                violation = NmViolation{row, begin, found};
            }
        });
        if (violation) {
            return violation;
        }
    }
    return std::nullopt;
}

void keep_lowest(std::span<const std::uint32_t> ranks, const NmPattern& pattern, std::span<std::uint8_t> keep) {
    for_each_window(ranks.size(), pattern.m, [&](std::size_t begin, std::size_t end) {
        keep_lowest_of_window(ranks.data() + begin, end - begin, static_cast<std::uint32_t>(pattern.n),
                              keep.data() + begin);
    });
}

void prune_to_largest(std::span<std::int16_t> row, const NmPattern& pattern) {
    std::vector<std::uint32_t> ranks(row.size());
    std::ranges::transform(row, ranks.begin(),
                           [](std::int16_t value) { return static_cast<std::uint32_t>(32768 - std::abs(value)); });
    std::vector<std::uint8_t> keep(row.size());
    keep_lowest(ranks, pattern, keep);
    for (std::size_t column = 0; column < row.size(); ++column) {
        row[column] = keep[column] != 0 ? row[column] : std::int16_t{0};
    }
}

void prune_to_largest(Operands& matrix, const NmPattern& pattern) {
    const std::size_t columns = matrix.shape[1];
    for (std::size_t row = 0; row < matrix.shape[0]; ++row) {
        prune_to_largest(std::span(matrix.data).subspan(row * columns, columns), pattern);
    }
}

int closest_n(const NmPattern& pattern, int block, std::span<const int> allowed) {
    int closest = 0;
    for (const int n : allowed) {
        const bool dense_enough = std::int64_t(n) * pattern.m >= std::int64_t(pattern.n) * block;
        if (dense_enough && (closest == 0 || n < closest)) {
            closest = n;
        }
    }
    if (closest == 0) {
        throw std::invalid_argument("no allowed n is as dense as pattern " + to_string(pattern));
    }
    return closest;
}

}  // namespace nonzero
