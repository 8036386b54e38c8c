// What SparTen refuses by name before anything runs, and malformed bytes in memory, behind which it goes on.

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/platforms/masked_refusals.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr const char* kSparten = "sparten";

}  // namespace

TEST_CASE("SparTen: parameters that cannot be are refused by name") {
    const std::vector<std::pair<Settings, std::vector<std::string>>> refused{
        {{{"clusters", "0"}}, {"clusters"}},
        {{{"units", "0"}}, {"units"}},
        {{{"chunk.positions", "0"}}, {"chunk.positions"}},
        {{{"start", "-1"}}, {"start"}},
        {{{"balancing", "gb_x"}}, {"balancing", "gb_h"}},
        {{{"barrier", "layer"}}, {"barrier", "cell"}}};
    for (const auto& [settings, parts] : refused) {
        const std::string said = refusal_of(kSparten, settings);
        INFO(said);
        CHECK(said.find('\n') == std::string::npos);
        for (const std::string& part : parts) {
            CHECK(said.find(part) != std::string::npos);
        }
    }
    CHECK(refusal_of(kSparten, {}).empty());
}

TEST_CASE("SparTen: layers that it does not run are refused by name") {
    check_refused_layers(kSparten);
}

TEST_CASE("SparTen: malformed operands end the layer with their address, and the machine goes on") {
    check_malformed_operands(kSparten);
}
