// The last table of phantom_facts.md 9.4.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/oracles/closed_form_layers.h"
#include "tests/oracles/phantom_oracle.h"

namespace {

using namespace nonzero;
using oracle::PhantomConfig;
using Row = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("all closed-form layers over the other switches") {
    struct Golden {
        void (*change)(PhantomConfig&);
        Row cycles;
    };
    const std::vector<std::string> layers = {"U1", "U2", "U3", "U4", "U5", "U6", "U7",
                                             "V1", "V2", "V3", "V4", "V5", "V6"};
    const std::vector<Golden> rows = {
        {[](PhantomConfig&) {}, {65, 24, 99, 27, 10, 8, 63, 2816, 935, 62, 137, 440, 680}},
        {[](PhantomConfig& c) { c.drop_empty = false; }, {65, 24, 113, 27, 18, 8, 63, 2874, 1055, 62, 137, 484, 672}},
        {[](PhantomConfig& c) { c.run_on = false; }, {67, 26, 108, 27, 11, 10, 69, 3206, 1003, 79, 137, 456, 784}},
        {[](PhantomConfig& c) { c.sort_filters = false; }, {78, 26, 116, 27, 20, 8, 63, 3140, 1375, 61, 137, 516, 744}},
        {[](PhantomConfig& c) { c.output_buffer_depth = 54; },
         {65, 24, 100, 27, 10, 8, 63, 2846, 935, 62, 137, 460, 680}},
        {[](PhantomConfig& c) { c.output_buffer_depth = 8; },
         {88, 28, 151, 32, 10, 8, 70, 4814, 935, 97, 157, 660, 848}},
        {[](PhantomConfig& c) {
             c.output_buffer_depth = 8;
             c.selector = PhantomConfig::in_order;
         },
         {89, 29, 157, 32, 10, 8, 72, 5012, 935, 97, 157, 660, 864}},
        {[](PhantomConfig& c) { c.map = PhantomConfig::rotate; },
         {82, 29, 117, 27, 11, 8, 63, 4300, 918, 61, 137, 540, 920}},
        {[](PhantomConfig& c) { c.dynamic_mesh = true; }, {35, 20, 52, 23, 10, 8, 41, 1635, 732, 62, 92, 334, 348}},
        {[](PhantomConfig& c) {
             c.mesh_rows = 4;
             c.mesh_columns = 7;
         },
         {54, 24, 83, 14, 12, 8, 92, 2352, 730, 62, 84, 458, 402}},
        {[](PhantomConfig& c) { c.l2_rate = 6; }, {68, 25, 112, 27, 11, 8, 70, 3416, 1326, 82, 137, 552, 776}},
        {[](PhantomConfig& c) {
             c.refill = PhantomConfig::sliding;
             c.lookahead = 9;
         },
         {63, 24, 97, 27, 10, 8, 63, 2712, 901, 75, 137, 428, 664}},
        {[](PhantomConfig& c) {
             c.selector = PhantomConfig::best_fit;
             c.lookahead = 9;
         },
         {67, 26, 107, 27, 10, 8, 69, 3188, 1037, 80, 137, 484, 728}},
        {[](PhantomConfig& c) {
             c.entry_split = true;
             c.lookahead = 9;
         },
         {65, 26, 106, 26, 10, 8, 68, 3132, 1037, 80, 130, 484, 720}},
        {[](PhantomConfig& c) {
             c.one_pe_of_nine = true;
             c.lookahead = 9;
         },
         {61, 25, 113, 22, 10, 8, 53, 3224, 1071, 72, 110, 552, 704}},
        {[](PhantomConfig& c) { c.dense = true; }, {208, 64, 640, 50, 38, 13, 136, 14680, 5275, 403, 250, 2268, 2472}},
    };
    for (const Golden& golden : rows) {
        INFO(&golden - rows.data());
        PhantomConfig config;
        golden.change(config);
        Row cycles;
        cycles.reserve(layers.size());
        for (const std::string& name : layers) {
            const test::ClosedFormLayer l = test::closed_form_layer(name);
            cycles.push_back(oracle::simulate_phantom(l.layer, l.input, l.weights, config).cycles);
        }
        CHECK(cycles == golden.cycles);
    }
}
