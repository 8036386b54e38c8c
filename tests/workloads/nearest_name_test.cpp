#include "workloads/nearest_name.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>

using nonzero::nearest_name;

namespace {

// The recursive definition of the optimal string alignment distance, over the last letters.
std::size_t distance_by_definition(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) {
        return std::max(a.size(), b.size());
    }
    const std::string a1 = a.substr(0, a.size() - 1);
    const std::string b1 = b.substr(0, b.size() - 1);
    std::size_t best = std::min({distance_by_definition(a1, b) + 1, distance_by_definition(a, b1) + 1,
                                 distance_by_definition(a1, b1) + (a.back() == b.back() ? 0 : 1)});
    if (a.size() > 1 && b.size() > 1 && a.back() == b1.back() && a1.back() == b.back()) {
        best = std::min(best, distance_by_definition(a1.substr(0, a1.size() - 1), b1.substr(0, b1.size() - 1)) + 1);
    }
    return best;
}

}  // namespace

TEST_CASE("The nearest name is the one with the fewest typing errors") {
    const std::vector<std::string> names = {"pe.rows", "pe.columns", "accumulator.banks"};
    CHECK(nearest_name("pe.row", names) == "pe.rows");
    CHECK(nearest_name("columns", names) == "pe.columns");
    CHECK(nearest_name("acumulator.bnaks", names) == "accumulator.banks");
    CHECK(nearest_name("", {"long", "no", "longer"}) == "no");
    CHECK(nearest_name("anything", {}).empty());
}

TEST_CASE("A swap of neighbours is one error, not two") {
    // "ab" for "ba" costs 1 by a swap, "xx" and "bacd" cost 2.
    CHECK(nearest_name("ab", {"xx", "bacd", "ba"}) == "ba");
}

TEST_CASE("The first of equally near names is taken") {
    CHECK(nearest_name("conv", {"conv1", "conv2"}) == "conv1");
    CHECK(nearest_name("conv", {"conv2", "conv1"}) == "conv2");
}

TEST_CASE("The nearest name agrees with the recursive definition") {
    CHECK(rc::check("nearest name", [] {
        const auto word = rc::gen::resize(5, rc::gen::container<std::string>(rc::gen::elementOf(std::string("abc"))));
        const auto name = *word;
        const auto candidates = *rc::gen::container<std::vector<std::string>>(4, word);
        const auto expected = std::min_element(
            candidates.begin(), candidates.end(), [&name](const std::string& left, const std::string& right) {
                return distance_by_definition(name, left) < distance_by_definition(name, right);
            });
        RC_ASSERT(nearest_name(name, candidates) == *expected);
    }));
}
