// The larger real networks through the platform.

#include <catch2/catch.hpp>

#include "tests/platforms/scnn_real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

TEST_CASE("person_detect_tflm: depthwise layers are groups of one channel") {
    int layers = 0;
    int depthwise = 0;
    run_real_network("person_detect_tflm", {}, [&](Standalone& bench, const RealLayer& real, const HostOutcome&) {
        ++layers;
        if (real.layer.kind == LayerKind::depthwise && real.layer.groups > 1) {
            ++depthwise;
            CHECK(bench.platform.statistic("sequencer.groups") == std::uint64_t(real.layer.groups));
        }
    });
    CHECK((layers == 28 || layers == 0));
    CHECK((depthwise == 13 || layers == 0));
}

TEST_CASE("squeezenet_dc: a tile that overflows IARAM is reported") {
    int layers = 0;
    run_real_network("squeezenet_dc", {}, [&](Standalone& bench, const RealLayer& real, const HostOutcome&) {
        ++layers;
        if (real.layer.name == "fire2/conv1x1_1") {  // card 10.9 rule 15
            std::uint64_t largest = 0;
            for (int pe = 0; pe < 64; ++pe) {
                const std::string name = "pe_" + std::to_string(pe / 8) + "_" + std::to_string(pe % 8);
                largest = std::max(largest, bench.platform.statistic(name + ".iaram_stored_entries"));
            }
            CHECK(largest == 4214);
            CHECK(bench.platform.statistic_sum("iaram_excess_entries") >= 4214 - 4096);
        } else {
            CHECK(bench.platform.statistic_sum("iaram_excess_entries") == 0);
        }
    });
    CHECK((layers == 26 || layers == 0));
}
