// nonzero tune: the shapes of dual-OPU's cores with the best throughput on a device.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "sc_main/command.h"
#include "sc_main/plan_output.h"
#include "sc_main/workload_options.h"
#include "study/tune.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

using Align = TextTable::Align;

std::string front_table(const Tuning& tuning) {
    std::vector<std::string> header{"shape", "DSPs", "LUTs", "BRAM36", "fps"};
    std::vector<Align> columns{Align::left, Align::right, Align::right, Align::right, Align::right};
    for (const std::string& network : tuning.networks) {
        header.push_back(shown_text(network));
        columns.push_back(Align::right);
    }
    std::vector<std::vector<std::string>> rows{header};
    for (const TunedShape& shape : tuning.front) {
        std::vector<std::string> row{shape.name, fmt::format("{}", shape.dsps), fmt::format("{}", shape.luts),
                                     fmt::format("{}", shape.bram36), fmt::format("{:.2f}", shape.images_per_second)};
        for (const double rate : shape.of_networks) {
            row.push_back(fmt::format("{:.2f}", rate));
        }
        rows.push_back(std::move(row));
    }
    return table_of(rows, columns);
}

std::string heading_of(const Tuning& tuning) {
    std::vector<std::string> networks;
    for (const std::string& network : tuning.networks) {
        networks.push_back(shown_text(network));
    }
    const opu::Device& device = tuning.device.device;
    std::string text =
        fmt::format("dual_opu for {} on {}: {} DSPs, {} LUTs, {} BRAM36; {}; closed forms, estimates of area\n\n",
                    fmt::join(networks, ", "), shown_text(tuning.device.title), device.dsps, device.luts, device.bram36,
                    tuning.shared_dram ? "one DRAM" : "a DRAM each");
    const TunedShape& best = tuning.best;
    text += fmt::format("best         {}: {:.2f} fps, {} DSPs, {} LUTs, {} BRAM36{}\n", best.name,
                        best.images_per_second, best.dsps, best.luts, best.bram36,
                        best.bram36 > device.bram36 ? " (more than the device has; memory rules out nothing)" : "");
    text += fmt::format("search       {} shapes, {} fit, {} evaluated; the bound ruled out {} ({:.1f} %)\n",
                        tuning.shapes, tuning.fitting, tuning.evaluated, tuning.fitting - tuning.evaluated,
                        100.0 * double(tuning.fitting - tuning.evaluated) / double(tuning.fitting));
    text += fmt::format("Pareto set   {} of DSPs and throughput, over all that fit\n\n", tuning.front.size());
    return text;
}

int tune_shapes(const Options& options) {
    TuneSpec spec;
    if (!options.has("networks")) {
        throw InputError("tune: which networks? --networks mobilenet_v1,mobilenet_v2 names some");
    }
    spec.networks = split_list(options.text("networks"));
    spec.device = options.has("device") ? options.text("device") : spec.device;
    spec.machine.config = options.text("config");
    spec.machine.set = options.assignments("set");
    PlanOutput output(options);
    const Tuning found = tune(spec);
    output.write(
        heading_of(found),
        front_table(found) + (found.networks.size() > 1 ? "\nfps is the geometric mean of the networks'.\n" : ""),
        [&] { return to_json(found); });
    return exit_status::done;
}

Options tune_options() {
    Options options("tune", {});
    options.section("Workload");
    options.value("networks", "A,B,...", "built-in networks (see 'nonzero list networks') or JSON files");
    options.section("Machine");
    options.value("device", "NAME|FILE",
                  "the FPGA and what cores take of it: xc7k325t (default) or a JSON file (docs/models/dual_opu.md)");
    options.list("set", "NAME=VALUE",
                 "a parameter of memory, timing, operands or clock (see 'nonzero params dual_opu'); repeatable");
    options.value("config", "FILE", "such parameters from a JSON file; --set comes after it");
    options.section("Search");
    options.value("json", "FILE", "the best shape, the Pareto set, the device and the search as JSON");
    return options;
}

}  // namespace

Subcommand tune_command() {
    return {"tune",
            "--networks A,B,... [options]",
            "Find the shapes of dual-OPU's cores with the best throughput",
            "tune --networks mobilenet_v1,mobilenet_v2,squeezenet_1_1_224 --json shapes.json",
            tune_options(),
            tune_shapes};
}

}  // namespace nonzero
