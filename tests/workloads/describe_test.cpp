#include "workloads/describe.h"

#include <algorithm>
#include <catch2/catch.hpp>

using nonzero::describe;
using nonzero::load_network;
using nonzero::parse_network;

namespace {

constexpr auto small = R"({
  "schema": 1, "name": "small", "title": "A small network", "source": "made up", "input": [3, 9, 8],
  "layers": [
    {"name": "conv", "out_channels": 4, "kernel": [3, 2], "stride": [2, 1], "dilation": [2, 1], "pad": [0, 1, 2, 1],
     "weight_density": 0.125, "density_source": "a paper"},
    {"name": "pool", "kind": "max_pool", "kernel": 2, "stride": 2, "stem": true},
    {"name": "sum", "kind": "add", "inputs": ["pool", "pool"]},
    {"name": "fc", "kind": "fully_connected", "out_channels": 10, "activation_density": 1, "density_source": "a paper"}
  ]
})";

constexpr auto expected = R"(small: A small network
source: made up

layer                  kind              input  output    kernel  stride      pad  groups  dense MACs  weights  weight density  act. density  source
conv                   convolution       3x9x8   4x4x9  3x2 d2x1     2x1  0,1,2,1       1       2,592       72           0.125             -     [1]
pool                   max_pool (stem)   4x4x9   4x2x4       2x2       2        0       -           -        -               -             -       -
sum                    add               4x2x4   4x2x4         -       -        -       -           -        -               -             -       -
fc                     fully_connected  32x1x1  10x1x1         -       -        -       1         320      320               -             1     [1]

total convolution      1 layer                                                                  2,592       72
total fully connected  1 layer                                                                    320      320
total                  2 layers                                                                 2,912      392

Density is the fraction of non-zeros, of the weights and of the layer's input:
[1] a paper
)";

}  // namespace

TEST_CASE("The description of a small network, to the letter") {
    CHECK(describe(parse_network(small, "small.json")) == expected);
}

TEST_CASE("The description of VGG-16 has one line for each layer and the totals") {
    const std::string text = describe(load_network("vgg16"));
    CHECK_THAT(text, Catch::StartsWith("vgg16: VGG-16"));
    CHECK_THAT(text, Catch::Contains("\nconv5_3 "));
    CHECK_THAT(text, Catch::Contains("15,346,630,656"));
    CHECK_THAT(text, Catch::Contains("138,344,128"));
    // Title, source, blank, header, 21 layers, blank, 3 totals, blank, caption, 4 density sources.
    CHECK(std::count(text.begin(), text.end(), '\n') == 35);
}

TEST_CASE("The description marks the stem and numbers the density sources") {
    const std::string text = describe(load_network("googlenet"));
    CHECK_THAT(text, Catch::Contains("\nconv1                    convolution (stem) "));
    CHECK_THAT(text, Catch::Contains("total stem               3 layers"));
    CHECK_THAT(text, Catch::Contains("\n[3] interpolated"));
}

TEST_CASE("The description lists products of activations apart from weights") {
    const std::string text = describe(parse_network(R"({
      "schema": 1, "name": "heads", "input": [6, 1, 5],
      "layers": [
        {"name": "query", "out_channels": 4, "kernel": 1},
        {"name": "scores", "out_channels": 10, "kernel": 1, "groups": 2, "activation_by_activation": true}
      ]
    })",
                                                    "heads.json"));
    CHECK(text ==
          R"(heads

layer              kind                       input  output  kernel  stride  pad  groups  dense MACs  weights  weight density  act. density  source
query              convolution                6x1x5   4x1x5     1x1       1    0       1         120       24               -             -       -
scores             convolution (act. x act.)  4x1x5  10x1x5     1x1       1    0       2         100        -               -             -       -

total convolution  1 layer                                                                       120       24
total act. x act.  1 layer                                                                       100        -
total              2 layers                                                                      220       24
)");
}
