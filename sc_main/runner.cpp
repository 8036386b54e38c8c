#include "sc_main/runner.h"

#include <fmt/format.h>

#include <stdexcept>

#include "sc_main/interrupt.h"
#include "sc_main/standard_streams.h"
#include "sc_main/worker_pool.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

// Address space behind the base: more than the images of any layer.
constexpr std::uint64_t kMemoryBytes = std::uint64_t{1} << 40;
constexpr double kLargestBandwidth = 1e6;
constexpr double kSmallestBandwidth = 1e-3;
constexpr double kLargestLatency = 1e9;
constexpr std::uint64_t kMostJobs = 1024;

}  // namespace

void add_simulation_options(Options& options) {
    options.section("Memory");
    options.value("dram-bandwidth", "GB/s", "of the memory behind the DMA engine, default 50");
    options.value("dram-latency", "NS", "of the memory behind the DMA engine, rounded to 0.001, default 100");
    options.section("Run");
    options.value("jobs", "N", "layers in parallel processes, default 1; the results are the same");
    options.flag("no-values", "cycles and counters only: faster, computes and compares no outputs");
    options.value("energy-table", "FILE", "energies per event from a JSON file (docs/energy.md)");
}

SimulationOptions read_simulation_options(const Options& options, const std::vector<PlannedMachine>& machines) {
    SimulationOptions simulation;
    options.excludes("no-values", "output", "without values nothing is put out");
    simulation.values = !options.has("no-values");
    if (options.has("energy-table")) {
        simulation.energy = EnergyTable::load(options.text("energy-table"));
        for (const PlannedMachine& machine : machines) {
            simulation.energy.check(machine.report.energy);
        }
    }
    DramParameters& dram = simulation.dram;
    dram.base = Standalone::kBase;
    dram.size = kMemoryBytes;
    if (const auto bandwidth = options.real("dram-bandwidth", kSmallestBandwidth, kLargestBandwidth)) {
        dram.bytes_per_ns = *bandwidth;  // 1 GB/s is 1 byte/ns
    }
    if (const auto latency = options.real("dram-latency", 0, kLargestLatency)) {
        dram.latency = sc_core::sc_time(*latency, sc_core::SC_NS);
        if (*latency > 0 && dram.latency == sc_core::SC_ZERO_TIME) {
            throw InputError(
                fmt::format("--dram-latency: {} ns is less than the picosecond that time is counted in; "
                            "choose 0.001 or more, or 0",
                            *latency));
        }
    }
    return simulation;
}

std::size_t read_jobs(const Options& options) {
    const std::uint64_t jobs = options.natural("jobs").value_or(1);
    if (jobs == 0 || jobs > kMostJobs) {
        throw InputError(fmt::format("--jobs: {} is outside 1 .. {}", jobs, kMostJobs));
    }
    return jobs;
}

// Layers one after another in this process.
class Runner::Tasks : public LayerTasks {
  public:
    Tasks(Runner& runner, const Observer& observer, const Interrupt& interrupt)
        : runner_(runner), observer_(observer), interrupt_(interrupt) {}

    std::optional<std::size_t> next() override {
        const auto& layers = runner_.workload_.layers;
        if (interrupt_.requested() || next_ == layers.size()) {
            return std::nullopt;
        }
        runner_.progress_.show(next_ + 1, layers.size(), layers[next_].layer.name);
        return next_++;
    }
    void deliver(std::size_t layer, std::vector<LayerResult> results) override {
        runner_.deliver(observer_, layer, std::move(results));
    }

  private:
    Runner& runner_;
    const Observer& observer_;
    const Interrupt& interrupt_;
    std::size_t next_ = 0;
};

Runner::Runner(const Workload& workload, const std::vector<PlannedMachine>& machines, const SimulationOptions& options,
               std::size_t jobs, std::string results_file)
    : workload_(workload),
      machines_(machines),
      options_(options),
      jobs_(std::min(jobs, workload.layers.size())),
      results_file_(std::move(results_file)),
      waiting_(workload.layers.size()) {}

bool Runner::run(const Observer& observer) {
    const bool whole = jobs_ <= 1 ? run_here(observer) : run_in_processes(observer);
    progress_.clear();
    if (!whole) {
        fmt::print(stderr, "{}\n", interruption());
    }
    return whole;
}

bool Runner::run_here(const Observer& observer) {
    Simulation simulation(workload_, machines_, options_);
    const Interrupt interrupt([this] { return interruption(); });
    Tasks tasks(*this, observer, interrupt);
    simulation.run(tasks);
    if (finished_ == workload_.layers.size()) {
        return true;
    }
    if (!interrupt.requested()) {
        throw std::logic_error("the simulation came to rest before the layer was done");
    }
    return false;
}

bool Runner::run_in_processes(const Observer& observer) {
    WorkerPool pool(workload_, machines_, options_, longest_first(workload_), jobs_);
    progress_.show(0, workload_.layers.size(), "");
    return pool.run([&](std::size_t layer, std::vector<LayerResult> results) {
        const std::string name = results.front().name;
        deliver(observer, layer, std::move(results));
        progress_.show(finished_, workload_.layers.size(), name);
    });
}

void Runner::deliver(const Observer& observer, std::size_t layer, std::vector<LayerResult> results) {
    ++finished_;
    observer.finished(layer, results);
    waiting_[layer] = std::move(results);
    progress_.clear();
    while (next_in_order_ < waiting_.size() && !waiting_[next_in_order_].empty()) {
        observer.in_order(next_in_order_, waiting_[next_in_order_]);
        waiting_[next_in_order_] = {};
        ++next_in_order_;
    }
    flush_standard_output();
}

std::string Runner::interruption() const {
    const std::size_t finished = finished_;
    return fmt::format(
        "interrupted: {} of {} layers finished{}", finished, workload_.layers.size(),
        results_file_.empty() || finished == 0 ? std::string() : ", their results are in " + shown_text(results_file_));
}

}  // namespace nonzero
