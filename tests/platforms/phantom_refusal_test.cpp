// What Phantom-2D refuses by name before anything runs, and malformed bytes in memory, behind which it goes on.

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "tests/platforms/masked_refusals.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr const char* kPhantom = "phantom2d";

}  // namespace

TEST_CASE("Phantom-2D: switches that have no rule together are refused by name") {
    const std::vector<std::pair<Settings, std::vector<std::string>>> refused{
        {{{"output_buffer.depth", "54"}, {"refill", "sliding"}}, {"output_buffer.depth = 54", "refill = sliding"}},
        {{{"output_buffer.depth", "54"}, {"columns", "barrier_plane"}}, {"output_buffer.depth = 54", "columns"}},
        {{{"output_buffer.depth", "54"}, {"entry.split", "on"}}, {"output_buffer.depth = 54", "entry.split"}},
        {{{"entry.split", "on"}, {"refill", "sliding"}}, {"entry.split", "refill = sliding"}},
        {{{"entry.split", "on"}, {"l2.rate", "8"}}, {"entry.split", "l2.rate = 8"}},
        {{{"core.shape", "1x9"}, {"l2.rate", "3"}}, {"core.shape = 1x9", "l2.rate = 3"}},
        {{{"lookahead.factor", "65"}}, {"lookahead.factor", "64"}},
        {{{"mesh.rows", "0"}}, {"mesh.rows"}},
        {{{"preset", "xl"}}, {"preset", "hp"}}};
    for (const auto& [settings, parts] : refused) {
        const std::string said = refusal_of(kPhantom, settings);
        INFO(said);
        CHECK(said.find('\n') == std::string::npos);
        for (const std::string& part : parts) {
            CHECK(said.find(part) != std::string::npos);
        }
    }
    CHECK(refusal_of(kPhantom, {}).empty());
    CHECK(refusal_of(kPhantom, {{"core.shape", "1x9"}, {"output_buffer.depth", "54"}}).empty());
    CHECK(refusal_of(kPhantom, {{"entry.split", "on"}, {"columns", "barrier_plane"}}).empty());
}

TEST_CASE("Phantom-2D: layers that it does not run are refused by name") {
    check_refused_layers(kPhantom);
}

TEST_CASE("Phantom-2D: malformed operands end the layer with their address, and the machine goes on") {
    check_malformed_operands(kPhantom);
}
