// nonzero run: layers through a simulated platform, one after another in one simulation.

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>

#include "platforms/standalone.h"
#include "sc_main/command.h"
#include "sc_main/interrupt.h"
#include "sc_main/layer_run.h"
#include "sc_main/progress.h"
#include "sc_main/result_table.h"
#include "sc_main/results.h"
#include "sc_main/trace_options.h"
#include "sc_main/workload.h"
#include "workloads/error.h"

namespace nonzero {

namespace {

// Address space behind the base: more than the images of any layer.
constexpr std::uint64_t kMemoryBytes = std::uint64_t{1} << 40;
constexpr double kLargestBandwidth = 1e6;
constexpr double kSmallestBandwidth = 1e-3;
constexpr double kLargestLatency = 1e9;

DramParameters read_dram(const Options& options) {
    DramParameters dram;
    dram.base = Standalone::kBase;
    dram.size = kMemoryBytes;
    if (const auto bandwidth = options.real("dram-bandwidth", kSmallestBandwidth, kLargestBandwidth)) {
        dram.bytes_per_ns = *bandwidth;  // 1 GB/s is 1 byte/ns
    }
    if (const auto latency = options.real("dram-latency", 0, kLargestLatency)) {
        dram.latency = sc_core::sc_time(*latency, sc_core::SC_NS);
    }
    return dram;
}

void check_distinct_files(const Options& options) {
    std::vector<std::pair<std::string, std::filesystem::path>> files;
    const auto add = [&](const char* option, const std::string& path) {
        std::error_code error;
        const auto canonical = std::filesystem::weakly_canonical(path, error);
        for (const auto& [other, file] : files) {
            if (file == canonical) {
                throw InputError(fmt::format("--{} and --{} would both write '{}'", other, option, path));
            }
        }
        files.emplace_back(option, canonical);
    };
    for (const char* option : {"json", "vcd", "timeline"}) {
        if (options.has(option)) {
            add(option, options.text(option));
        }
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
    void print_heading() const;
    void script();
    void finish(const LayerResult& layer);
    std::string interruption() const;

    const PlatformKind& kind_;
    Workload workload_;
    bool values_;
    DramParameters dram_;
    PlatformOptions platform_options_;
    PlatformReport report_;
    std::string json_path_;
    std::optional<ResultsFiles> files_;
    std::optional<ResultTable> table_;
    std::optional<Results> results_;
    Progress progress_;
    std::vector<std::string> problems_;
    std::unique_ptr<Standalone> machine_;
    std::unique_ptr<Interrupt> interrupt_;
    std::atomic<std::size_t> finished_layers_ = 0;
    bool finished_ = false;
};

nlohmann::ordered_json results_header(const PlatformKind& kind, const Standalone& machine, const Workload& workload,
                                      const DramParameters& dram, bool values) {
    nlohmann::ordered_json header;
    header["platform"] = kind.name;
    header["parameters"] = nlohmann::ordered_json::parse(machine.platform.parameters_json());
    header["memory"] = {{"bandwidth_gb_per_s", dram.bytes_per_ns},
                        {"latency_ns", dram.latency / sc_core::sc_time(1, sc_core::SC_NS)}};
    header["workload"] = describe_workload(workload);
    header["workload"]["values"] = values;
    return header;
}

Run::Run(const Options& options)
    : kind_(find_platform(options.positional(0))),
      workload_(plan_workload(options, kind_)),
      values_(!options.has("no-values")),
      dram_(read_dram(options)),
      json_path_(options.text("json")) {
    options.excludes("no-values", "output", "without values nothing is put out");
    const bool all_counters = options.choice("counters", {"sums", "all"}) == "all";
    check_distinct_files(options);
    platform_options_.parameters = workload_.settings;
    platform_options_.config_file = workload_.config_file;
    read_trace_options(options, platform_options_);
    if (!json_path_.empty()) {
        files_.emplace(json_path_);
    }
    machine_ = std::make_unique<Standalone>(
        kind_.name, kind_.name, platform_options_, [this](Host&) { script(); }, dram_);
    report_ = kind_.make_report(*machine_->parameters);
    results_.emplace(results_header(kind_, *machine_, workload_, dram_, values_), report_, all_counters);
    std::vector<std::string> names;
    for (const PlannedLayer& planned : workload_.layers) {
        names.push_back(planned.layer.name);
    }
    table_.emplace(report_, names);
}

void Run::print_heading() const {
    const std::string data = workload_.generated() ? fmt::format("generated data, seed {}", workload_.seed)
                                                   : fmt::format("data of {}", workload_.tensors->directory());
    const std::string output = !values_ ? "no values"
                               : workload_.output == OutputChoice::raw64
                                   ? "output raw64 (the accumulators)"
                                   : "output compressed (ReLU, multiplier 2^30 and a right shift per layer, 8 bits)";
    fmt::print("{} on {}: {}; {}\n", kind_.name, workload_.network, data, output);
    if (!workload_.derived_settings.empty()) {
        fmt::print("for this data: {}\n", workload_.derived_settings);
    }
    fmt::print("\n{}", table_->header());
}

void Run::script() {
    print_heading();
    for (const PlannedLayer& planned : workload_.layers) {
        if (interrupt_->requested()) {
            return;
        }
        progress_.show(finished_layers_ + 1, workload_.layers.size(), planned.layer.name);
        finish(run_layer(*machine_, report_, workload_, planned, values_));
    }
    finished_ = true;
}

void Run::finish(const LayerResult& layer) {
    results_->add(layer);
    const bool last = finished_layers_ + 1 == workload_.layers.size();
    if (files_) {
        files_->write(*results_, last);
    }
    ++finished_layers_;
    progress_.clear();
    fmt::print("{}", table_->row(layer));
    std::fflush(stdout);
    for (const Check& check : layer.checks) {
        if (!check.passed) {
            problems_.push_back(check.problem);
        }
    }
}

std::string Run::interruption() const {
    const std::size_t finished = finished_layers_;
    return fmt::format("interrupted: {} of {} layers finished{}", finished, workload_.layers.size(),
                       json_path_.empty() || finished == 0 ? std::string() : ", their results are in " + json_path_);
}

int Run::execute() {
    interrupt_ = std::make_unique<Interrupt>([this] { return interruption(); });
    sc_core::sc_start();
    progress_.clear();
    machine_->check();
    machine_->platform.finish_traces();
    if (!finished_) {
        if (!interrupt_->requested()) {
            throw std::logic_error("the simulation came to rest before the layer was done");
        }
        fmt::print(stderr, "{}\n", interruption());
        return Interrupt::kExitStatus;
    }
    fmt::print("{}", table_->footer());
    std::fflush(stdout);
    const std::string left_out = left_out_line(workload_, kind_);
    if (!left_out.empty()) {
        fmt::print(stderr, "{}\n", left_out);
    }
    for (const std::string& problem : problems_) {
        fmt::print(stderr, "check failed: {}\n", problem);
    }
    return problems_.empty() ? exit_status::done : exit_status::check_failed;
}

Options run_options() {
    Options options("run", {"PLATFORM"});
    add_workload_options(options);
    options.section("Memory");
    options.value("dram-bandwidth", "GB/s", "of the memory behind the DMA engine, default 50");
    options.value("dram-latency", "NS", "of the memory behind the DMA engine, default 100");
    options.section("Run");
    options.flag("no-values", "cycles and counters only: faster, computes and compares no outputs");
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
