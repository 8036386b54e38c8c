#pragma once
// What is studied, as plain values: machines, a workload, and how it is run. plan_machine(), plan_workload() and
// plan_run() check and complete them; messages name a field as it is called here, or as its option of the command line
// (workloads/field_name.h). C++17-clean.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platforms/platform_options.h"
#include "study/mask.h"
#include "workloads/layer.h"

namespace nonzero {

struct MachineSpec {
    std::string platform;                                  // "scnn"; platform_kinds() has all
    std::string config;                                    // JSON file of parameters; may be empty
    std::vector<std::pair<std::string, std::string>> set;  // name and value, after the file; later ones win
    // Every size parameter times a power of two, as near to so many multipliers as these come.
    std::optional<std::uint64_t> equal_multipliers;
};

// What becomes of a layer's sums: ReLU, requantisation to 8 bits, pooling, the machine's own format; or the
// accumulators themselves, 64 bits each.
enum class OutputChoice { compressed, raw64 };
const char* to_string(OutputChoice output);

struct WorkloadSpec {
    std::string network;              // built-in name or JSON file; with `tensors` it may be empty
    std::vector<std::string> layers;  // empty: all with weights that every machine runs, without the stem
    std::vector<LayerKind> kinds;     // in place of `layers`; empty: all
    bool stem = false;                // with the layers of the stem

    // Generated data, the default: fractions of non-zeros, else as published.
    std::optional<double> weight_density;
    std::optional<double> activation_density;
    std::optional<double> density_scale;         // 0 .. 1000, multiplies all densities; what passes 1 becomes 1
    std::optional<double> weight_density_scale;  // likewise, and besides, those of one operand
    std::optional<double> activation_density_scale;
    std::optional<std::uint64_t> seed;  // default 1
    // Positions of the non-zeros, one plan of every layer each: uniform (the default) and correlated; with `tensors`
    // also real (then the default), and the generated ones have the densities of the tensors.
    std::vector<Mask> sparsity;
    // Structured weights on dense activations instead: "8:128", or "u30".
    std::string nm;
    std::vector<Mask> matrix;  // same (the default) and natural
    // Real tensors instead: a directory (docs/data_set_format.md), and which input of it, default the first.
    std::string tensors;
    std::string photo;
    // All layers of `tensors` as one network, from the input on: each reads what the layers before it put out.
    bool whole_network = false;

    std::optional<OutputChoice> output;  // default: compressed for generated data, raw64 for real ones
};

struct RunSpec {
    bool values = true;          // false: cycles and counters only
    double dram_bandwidth = 50;  // of the memory behind the DMA engine, GB/s, 0.001 .. 1e6
    double dram_latency = 100;   // ns, 0 .. 1e9, rounded to 0.001
    std::string energy_table;    // JSON file (docs/energy.md); empty: the compiled-in one
    // The results do not depend on these two.
    std::uint64_t jobs = 1;     // 1 .. 1024 layers in parallel processes
    std::uint64_t threads = 1;  // 1 .. 256 in each of them; likewise
    TraceFiles traces;          // of the first machine; with one job only
};

}  // namespace nonzero
