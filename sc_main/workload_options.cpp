#include "sc_main/workload_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sc_main/trace_options.h"
#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

std::vector<LayerKind> read_kinds(const Options& options) {
    std::vector<LayerKind> all;
    std::copy_if(layer_kinds.begin(), layer_kinds.end(), std::back_inserter(all),
                 [](LayerKind kind) { return has_weights(kind); });
    if (!options.has("kinds")) {
        return {};
    }
    std::vector<LayerKind> kinds;
    for (const std::string& name : split_list(options.text("kinds"))) {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](LayerKind kind) { return to_string(kind) == name; });
        if (found == all.end()) {
            std::vector<std::string> names;
            std::transform(all.begin(), all.end(), std::back_inserter(names),
                           [](LayerKind kind) { return to_string(kind); });
            throw InputError(fmt::format("--kinds: unknown kind {}{}", quoted_name(name), did_you_mean(name, names)));
        }
        kinds.push_back(*found);
    }
    return kinds;
}

// Of one option; empty where it is not given.
std::vector<Mask> read_masks(const Options& options, const std::string& option, const char* what,
                             const std::vector<Mask>& known) {
    std::vector<Mask> masks;
    for (const std::string& name :
         options.has(option) ? split_list(options.text(option)) : std::vector<std::string>()) {
        const auto found = std::find_if(known.begin(), known.end(), [&](Mask mask) { return to_string(mask) == name; });
        if (found == known.end()) {
            std::vector<std::string> names;
            std::transform(known.begin(), known.end(), std::back_inserter(names),
                           [](Mask mask) { return to_string(mask); });
            throw InputError(
                fmt::format("--{}: unknown {} {}{}", option, what, quoted_name(name), did_you_mean(name, names)));
        }
        masks.push_back(*found);
    }
    return masks;
}

}  // namespace

void add_workload_options(Options& options) {
    options.section("Workload");
    options.value("network", "NAME|FILE", "built-in network (see 'nonzero list networks') or JSON file");
    options.value("layers", "A,B,...",
                  "only these layers; else all with weights that the platform runs, without the stem");
    options.value("kinds", "A,B,...", "only layers of these kinds: convolution, depthwise, fully_connected, matmul");
    options.flag("stem", "with the layers of the stem");
    options.value("nm", "N:M",
                  "structured weights, N of every M columns kept, as in 8:128 (or uD: D % anywhere), on dense "
                  "activations; the matrices of docs/models/demm.md");
    options.value(
        "matrix", "LIST",
        "with --nm: same (default) or natural, what each machine would prune to; compare takes both: same,natural");
    options.value("weight-density", "D", "fraction of non-zero weights of every layer, 0 .. 1; else as published");
    options.value("activation-density", "D", "the same of the layers' inputs");
    options.value("density-scale", "S", "multiplies all densities; what passes 1 becomes 1");
    options.value("weight-density-scale", "S", "besides, multiplies those of the weights");
    options.value("activation-density-scale", "S", "the same of the layers' inputs");
    options.value(
        "sparsity", "PATTERN",
        "positions of the non-zeros: uniform (default), correlated, or, default with --tensors, real; uniform "
        "and correlated then have the densities of the tensors");
    options.value("seed", "N", "of the generated data, default 1");
    options.value("tensors", "DIR", "real weights and inputs instead of generated ones; --network may be left out");
    options.value("photo", "NAME", "which input of --tensors, default the first");
    options.value("output", "FORMAT",
                  "compressed: ReLU, 8 bits, pooling, the machine's own format (default for generated data); raw64: "
                  "the accumulators (default with --tensors)");
}

void add_platform_options(Options& options) {
    options.section("Platform");
    options.list("set", "NAME=VALUE", "a parameter (see 'nonzero params PLATFORM'); repeatable");
    options.value("config", "FILE", "parameters from a JSON file; --set comes after it");
}

WorkloadSpec read_workload(const Options& options) {
    WorkloadSpec spec;
    spec.network = options.text("network");
    spec.tensors = options.text("tensors");
    if (options.has("layers")) {
        spec.layers = split_list(options.text("layers"));
    }
    spec.kinds = read_kinds(options);
    spec.stem = options.has("stem");
    spec.weight_density = options.real("weight-density");
    spec.activation_density = options.real("activation-density");
    spec.density_scale = options.real("density-scale");
    spec.weight_density_scale = options.real("weight-density-scale");
    spec.activation_density_scale = options.real("activation-density-scale");
    spec.nm = options.text("nm");
    spec.matrix = read_masks(options, "matrix", "matrix", {Mask::same, Mask::natural});
    spec.sparsity = read_masks(options, "sparsity", "pattern", {Mask::real, Mask::uniform, Mask::correlated});
    spec.seed = options.natural("seed");
    spec.photo = options.text("photo");
    spec.whole_network = options.has("whole-network");
    const std::string output = options.choice("output", {"compressed", "raw64"});
    if (options.has("output")) {
        spec.output = output == "raw64" ? OutputChoice::raw64 : OutputChoice::compressed;
    }
    return spec;
}

MachineSpec read_machine(const Options& options) {
    MachineSpec spec;
    spec.platform = options.positional(0);
    spec.config = options.text("config");
    spec.set = options.assignments("set");
    return spec;
}

void add_run_options(Options& options) {
    options.section("Memory");
    options.value("dram-bandwidth", "GB/s", "of the memory behind the DMA engine, default 50");
    options.value("dram-latency", "NS", "of the memory behind the DMA engine, rounded to 0.001, default 100");
    options.section("Run");
    options.flag("whole-network",
                 "all layers of --tensors as one network: each reads what those before it put out, from the photo on");
    options.value("jobs", "N", "layers in parallel processes, default 1; the results are the same");
    options.value("threads", "N",
                  "that work on a layer, in each process, default 1; the results are the same; of several layers more "
                  "is gained by --jobs");
    options.flag("no-values", "cycles and counters only: faster, computes and compares no outputs");
    options.value("energy-table", "FILE", "energies per event from a JSON file (docs/energy.md)");
}

RunSpec read_run(const Options& options) {
    RunSpec spec;
    options.excludes("no-values", "output", "without values nothing is put out");
    options.excludes("no-values", "whole-network", "without values nothing is put out");
    spec.values = !options.has("no-values");
    spec.energy_table = options.text("energy-table");
    spec.dram_bandwidth = options.real("dram-bandwidth").value_or(spec.dram_bandwidth);
    spec.dram_latency = options.real("dram-latency").value_or(spec.dram_latency);
    spec.jobs = options.natural("jobs").value_or(spec.jobs);
    spec.threads = options.natural("threads").value_or(spec.threads);
    spec.traces = read_trace_options(options);
    return spec;
}

std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (true) {
        const std::size_t comma = text.find(',', begin);
        parts.push_back(text.substr(begin, comma - begin));
        if (parts.back().empty()) {
            throw InputError(fmt::format("{}: a name is missing beside a comma", quoted_name(text)));
        }
        if (comma == std::string::npos) {
            return parts;
        }
        begin = comma + 1;
    }
}

}  // namespace nonzero
