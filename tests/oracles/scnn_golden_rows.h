#pragma once
// Golden rows of scnn_facts.md 10.11: the convolutions of two real networks on the published machine.

#include <cstdint>
#include <vector>

namespace nonzero::test {

struct GoldenRow {
    const char* layer;
    std::uint64_t cycles;
    std::uint64_t equations;  // (1)-(3): without the drain
};

struct GoldenNetwork {
    const char* network;
    std::vector<GoldenRow> rows;
    // Of all rows.
    std::uint64_t kept;
    std::uint64_t dropped;
    std::uint64_t conflict;
};

inline const GoldenNetwork kGoldenLenet{"lenet5_dns", {{"conv1", 710, 80}, {"conv2", 1268, 246}}, 50562, 38315, 98};

inline const GoldenNetwork kGoldenResnet{"resnet8_cifar_mlperf",
                                         {{"00_conv", 612, 432},
                                          {"01_conv", 2016, 1836},
                                          {"02_conv", 1800, 1620},
                                          {"03_conv", 1212, 1152},
                                          {"04_conv", 2301, 2231},
                                          {"05_conv", 164, 128},
                                          {"06_conv", 3264, 3232},
                                          {"07_conv", 3929, 3887},
                                          {"08_conv", 384, 368}},
                                         6206746,
                                         416510,
                                         0};

}  // namespace nonzero::test
