#include "workloads/nearest_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

// Dynamic programming over prefixes; a swap reaches back two rows, so three rows are kept.
std::size_t alignment_distance(const std::string& a, const std::string& b) {
    const std::size_t columns = b.size() + 1;
    std::vector<std::size_t> two_back(columns);
    std::vector<std::size_t> one_back(columns);
    std::vector<std::size_t> row(columns);
    for (std::size_t j = 0; j < columns; ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        two_back.swap(one_back);
        one_back.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j < columns; ++j) {
            const std::size_t substitution = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({one_back[j] + 1, row[j - 1] + 1, one_back[j - 1] + substitution});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], two_back[j - 2] + 1);
            }
        }
    }
    return row.back();
}

constexpr const char* separators = "_-./ ";
constexpr std::size_t letters_per_error = 4;
constexpr std::size_t telling_letters = 3;
constexpr std::size_t longest_mistyped = 200;  // nobody mistypes more

bool is_separator(char c) {
    return std::string(separators).find(c) != std::string::npos;
}

std::string without_capitals(std::string name) {
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return name;
}

std::string letters_of(std::string name) {
    std::erase_if(name, is_separator);
    return name;
}

std::size_t allowed_errors(std::size_t letters) {
    return letters < telling_letters ? 0 : std::max<std::size_t>(1, letters / letters_per_error);
}

// By a whole word or by enough letters.
bool begins(const std::string& whole, const std::string& part) {
    return whole.size() > part.size() && whole.starts_with(part) && !letters_of(part).empty() &&
           (is_separator(whole[part.size()]) || letters_of(part).size() >= telling_letters);
}

bool ends(const std::string& whole, const std::string& part) {
    return !part.empty() && whole.size() > part.size() && whole.ends_with(part) &&
           is_separator(whole[whole.size() - part.size() - 1]);
}

}  // namespace

std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates) {
    if (name.size() > longest_mistyped) {
        return {};
    }
    const std::string folded = without_capitals(name);
    const std::string letters = letters_of(folded);
    std::string nearest;
    std::string akin;
    std::size_t smallest = std::numeric_limits<std::size_t>::max();
    for (const std::string& candidate : candidates) {
        const std::string folded_candidate = without_capitals(candidate);
        const std::string other = letters_of(folded_candidate);
        const auto [shorter, longer] = std::minmax({letters.size(), other.size()});
        const std::size_t allowed = allowed_errors(longer);
        if (longer - shorter <= allowed) {
            const std::size_t distance = alignment_distance(letters, other);
            if (distance <= allowed && distance < smallest) {
                smallest = distance;
                nearest = candidate;
            }
        }
        if (akin.empty() &&
            (begins(folded_candidate, folded) || ends(folded_candidate, folded) || begins(folded, folded_candidate))) {
            akin = candidate;
        }
    }
    return nearest.empty() ? akin : nearest;
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates,
                         const std::string& way_out) {
    const std::string nearest = nearest_name(name, candidates);
    return nearest.empty() ? ". " + way_out : fmt::format(", did you mean {}? {}", quoted_name(nearest), way_out);
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates) {
    return did_you_mean(name, candidates, "Known: " + listed_names(candidates));
}

}  // namespace nonzero
