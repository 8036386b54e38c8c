#include "sc_main/results_file.h"

#include <catch2/catch.hpp>

using namespace nonzero;

TEST_CASE("a file that is written anew after every layer is, of many layers, written in proportion to them") {
    WriteRhythm rhythm;
    std::size_t bytes = 0;  // of files of one byte for each layer
    std::size_t writes = 0;
    constexpr std::size_t kLayers = 100000;
    for (std::size_t layers = 1; layers <= kLayers; ++layers) {
        const bool due = rhythm.due(layers);
        CHECK((due || layers > 64));
        CHECK(rhythm.behind(layers) == !due);
        bytes += due ? layers : 0;
        writes += due ? 1 : 0;
    }
    CHECK(bytes < 70 * kLayers);
    CHECK(writes > 100);
}

TEST_CASE("host times stand beside the results") {
    CHECK(host_times_path("a/r.json") == "a/r.host.json");
    CHECK(host_times_path("a/r") == "a/r.host.json");
}
