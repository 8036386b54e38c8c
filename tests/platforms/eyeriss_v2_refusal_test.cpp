// What Eyeriss v2 refuses by name before anything runs, and malformed bytes in memory, behind which it goes on.

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/platforms/masked_refusals.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr const char* kEyeriss = "eyeriss_v2";

}  // namespace

TEST_CASE("Eyeriss v2: parameters that cannot be are refused by name") {
    const std::vector<std::pair<Settings, std::vector<std::string>>> refused{
        {{{"clusters.rows", "0"}}, {"clusters.rows"}},
        {{{"clusters.columns", "65"}}, {"clusters.columns"}},
        {{{"pe.rows", "0"}}, {"pe.rows"}},
        {{{"pe.columns", "0"}}, {"pe.columns"}},
        {{{"pe.simd", "0"}}, {"pe.simd"}},
        {{{"pe.filters", "0"}}, {"pe.filters"}},
        {{{"empty_column", "-1"}}, {"empty_column"}},
        {{{"fill", "-1"}}, {"fill"}}};
    for (const auto& [settings, parts] : refused) {
        const std::string said = refusal_of(kEyeriss, settings);
        INFO(said);
        CHECK(said.find('\n') == std::string::npos);
        for (const std::string& part : parts) {
            CHECK(said.find(part) != std::string::npos);
        }
    }
    CHECK(refusal_of(kEyeriss, {}).empty());
}

TEST_CASE("Eyeriss v2: layers that it does not run are refused by name") {
    check_refused_layers(kEyeriss);
}

TEST_CASE("Eyeriss v2: malformed operands end the layer with their address, and the machine goes on") {
    check_malformed_operands(kEyeriss);
}
