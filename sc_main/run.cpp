// nonzero run: layers through a simulated platform.

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "sc_main/command.h"
#include "sc_main/energy_text.h"
#include "sc_main/idle_planes.h"
#include "sc_main/interrupt.h"
#include "sc_main/result_table.h"
#include "sc_main/results.h"
#include "sc_main/runner.h"
#include "sc_main/standard_streams.h"
#include "sc_main/terminal.h"
#include "sc_main/trace_options.h"
#include "sc_main/workload.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

void check_distinct_files(const Options& options) {
    std::vector<std::pair<std::string, std::filesystem::path>> files;
    const auto add = [&](const char* option, const std::string& path) {
        std::error_code error;
        auto canonical = std::filesystem::weakly_canonical(path, error);
        if (error) {
            canonical = path;  // refused where it is opened
        }
        for (const auto& [other, file] : files) {
            if (file == canonical) {
                throw InputError(fmt::format("--{} and --{} would both write {}", other, option, quoted_name(path)));
            }
        }
        files.emplace_back(option, canonical);
    };
    for (const char* option : {"json", "timeline"}) {
        if (options.has(option)) {
            add(option, options.text(option));
        }
    }
    if (options.has("vcd")) {
        add("vcd", with_vcd_suffix(options.text("vcd")));
    }
    if (options.has("json")) {
        add("json", host_times_path(options.text("json")));
    }
}

class Run {
  public:
    explicit Run(const Options& options);
    int execute();

  private:
    void print_heading();
    void keep(std::size_t position, const LayerResult& layer);
    void keep_rest();
    void show(const LayerResult& layer);

    std::vector<PlannedMachine> machines_;
    const PlannedMachine& machine_ = machines_.front();
    Workload workload_;
    SimulationOptions simulation_;
    std::size_t jobs_;
    std::string json_path_;
    std::optional<ResultsFiles> files_;
    std::optional<ResultTable> table_;
    std::optional<Results> results_;
    std::size_t kept_ = 0;
    std::vector<std::string> problems_;
};

Run::Run(const Options& options)
    : machines_(plan_single_machine(options)),
      workload_(plan_workload(options, machines_)),
      simulation_(read_simulation_options(options, machines_)),
      jobs_(read_jobs(options)),
      json_path_(options.text("json")) {
    if (workload_.masks.size() > 1) {
        throw InputError(fmt::format("--{}: run takes one; 'nonzero compare' puts several side by side",
                                     workload_.pattern.empty() ? "sparsity" : "matrix"));
    }
    const bool all_counters = options.choice("counters", {"sums", "all"}) == "all";
    check_distinct_files(options);
    read_trace_options(options, simulation_.traces);
    if (jobs_ > 1) {
        options.excludes("jobs", "vcd", "waves need a single process");
        options.excludes("jobs", "timeline", "a timeline needs a single process");
    }
    if (!json_path_.empty()) {
        files_.emplace(json_path_);
    }
    if (files_ || !simulation_.traces.vcd_file.empty() || !simulation_.traces.timeline_file.empty()) {
        outlive_standard_output();
    }
    auto header = results_header(workload_, simulation_);
    header.update(machine_header(machine_));
    results_.emplace(std::move(header), machine_.report, all_counters, workload_.coverage);
    std::vector<std::string> names;
    for (const PlannedLayer& planned : workload_.layers) {
        names.push_back(planned.layer.name);
    }
    table_.emplace(machine_.report, names, workload_.coverage, output_width());
}

void Run::print_heading() {
    std::string heading = fmt::format("{} on {}: {}\n", machine_.kind->name, shown_text(workload_.network),
                                      data_line(workload_, simulation_.values));
    if (!machine_.derived_settings.empty()) {
        heading += fmt::format("for this data: {}\n", machine_.derived_settings);
    }
    fmt::print("{}", fitted(heading));
    fmt::print("\n{}", table_->header());
}

void Run::keep(std::size_t position, const LayerResult& layer) {
    results_->add(position, layer);
    ++kept_;
    if (files_) {
        files_->write(*results_, kept_ == workload_.layers.size());
    }
}

void Run::keep_rest() {
    if (files_) {
        files_->write_rest(*results_);
    }
}

void Run::show(const LayerResult& layer) {
    fmt::print("{}", table_->row(layer));
    for (const Check& check : layer.checks) {
        if (!check.passed) {
            problems_.push_back(check.problem);
        }
    }
}

int Run::execute() {
    print_heading();
    Runner runner(workload_, machines_, simulation_, jobs_, json_path_);
    bool whole = false;
    try {
        whole = runner.run({[this](std::size_t layer, const auto& results) { keep(layer, results.front()); },
                            [this](std::size_t, const auto& results) { show(results.front()); }});
    } catch (...) {
        keep_rest();
        throw;
    }
    if (!whole) {
        keep_rest();
        fmt::print("{}", table_->rest());
        return Interrupt::kExitStatus;
    }
    fmt::print("{}",
               fitted(table_->footer(simulation_.energy) + unknown_outputs_line(machines_, workload_, simulation_)));
    flush_standard_output();
    if (files_) {
        files_->finish(*results_);
    }
    warn_of_idle_planes(workload_, machines_);
    if (!workload_.coverage.left_out.empty()) {
        fmt::print(stderr, "{}\n", workload_.coverage.line());
    }
    for (const std::string& problem : problems_) {
        fmt::print(stderr, "check failed: {}\n", problem);
    }
    return problems_.empty() ? exit_status::done : exit_status::check_failed;
}

Options run_options() {
    Options options("run", {"PLATFORM"});
    add_workload_options(options);
    add_platform_options(options);
    add_simulation_options(options);
    options.value("json", "FILE", "results, rewritten after every layer; host times go to FILE with .host.json");
    options.value("counters", "KIND", "of --json: sums (default) over all instances of a block, or all instances");
    add_trace_options(options);
    return options;
}

}  // namespace

Subcommand run_command() {
    return {"run",
            "PLATFORM --network NAME|FILE [options]",
            "Simulate layers of a network on a platform",
            "run scnn --network alexnet --layers conv3,conv4 --set pe.rows=4 --json results.json",
            run_options(),
            [](const Options& options) { return Run(options).execute(); }};
}

}  // namespace nonzero
