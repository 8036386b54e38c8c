#pragma once
// Finds the shapes of dual-OPU's two cores with the best throughput on a device (docs/models/dual_opu.md). C++17-clean.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "study/device_file.h"
#include "study/json_value.h"
#include "study/spec.h"

namespace nonzero {

struct TuneSpec {
    std::vector<std::string> networks;  // built-in names or JSON files
    std::string device = "xc7k325t";    // built-in name or JSON file
    // memory, timing, operands and clock, as of dual_opu; the platform's name is not read.
    MachineSpec machine;
};

struct TunedShape {
    std::string name;  // "C(256,4)+P(64,9)"
    std::int64_t dsps = 0, luts = 0, bram36 = 0;
    double images_per_second = 0;     // geometric mean over the networks
    std::vector<double> of_networks;  // each network's
    std::vector<double> pair_cycles;  // likewise
};

struct Tuning {
    DeviceFile device;
    JsonValue parameters;
    std::vector<std::string> networks;
    bool shared_dram = false;
    TunedShape best;
    std::size_t shapes = 0;         // of the space
    std::size_t fitting = 0;        // that the device has room for
    std::size_t evaluated = 0;      // on the way to the best; the bound ruled out the other fitting ones
    std::vector<TunedShape> front;  // Pareto set of DSPs and throughput over all that fit, by DSPs
};

// Throws InputError for everything that cannot be searched, as a device without room for any shape.
Tuning tune(const TuneSpec& spec);

nlohmann::ordered_json to_json(const Tuning& tuning);

}  // namespace nonzero
