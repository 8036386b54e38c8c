#include "workloads/nearest_name.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

using nonzero::did_you_mean;
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

TEST_CASE("A name is near by few typing errors, by a whole word or by its beginning") {
    const char* source = std::getenv("NONZERO_SOURCE_DIR");
    std::ifstream file(std::string(source == nullptr ? "." : source) + "/tests/workloads/near_names.json");
    REQUIRE(file);
    const auto table = nlohmann::json::parse(file);
    CHECK(table["cases"].size() > 20);
    for (const auto& line : table["cases"]) {
        INFO(line.dump());
        CHECK(nearest_name(line["name"].get<std::string>(), line["known"].get<std::vector<std::string>>()) ==
              line["near"].get<std::string>());
    }
}

TEST_CASE("A name that nobody mistypes is near to nothing, and costs nothing") {
    const std::string name(100000, 'x');
    CHECK(nearest_name(name, {name + "y"}).empty());
    CHECK(nearest_name("conv", {name}).empty());
}

TEST_CASE("What a message says of the nearest name") {
    CHECK(did_you_mean("rnu", {"run", "pack"}, "`--help` lists all") == ", did you mean 'run'? `--help` lists all");
    CHECK(did_you_mean("foo", {"run", "pack"}, "`--help` lists all") == ". `--help` lists all");
    CHECK(did_you_mean("foo", {"run", "pack"}) == ". Known: run, pack");
    CHECK(did_you_mean("foo", std::vector<std::string>(1000, "run")).size() < 300);
}

TEST_CASE("The nearest name agrees with the recursive definition") {
    CHECK(nonzero::test::property_holds("nearest name", [] {
        // Of 4 to 7 letters, so one error is allowed.
        const auto word = rc::gen::mapcat(rc::gen::inRange<std::size_t>(4, 8), [](std::size_t letters) {
            return rc::gen::container<std::string>(letters, rc::gen::elementOf(std::string("abc")));
        });
        const auto name = *word;
        const auto candidates = *rc::gen::container<std::vector<std::string>>(4, word);
        const auto expected = std::min_element(
            candidates.begin(), candidates.end(), [&name](const std::string& left, const std::string& right) {
                return distance_by_definition(name, left) < distance_by_definition(name, right);
            });
        const std::string nearest = nearest_name(name, candidates);
        if (distance_by_definition(name, *expected) <= 1) {
            RC_ASSERT(nearest == *expected);
        } else {
            RC_ASSERT(nearest.empty() || nearest.starts_with(name) || name.starts_with(nearest));
        }
    }));
}
