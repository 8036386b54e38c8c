#pragma once
// Takes the layers of a workload through the machines, here or in parallel processes, with progress and Ctrl-C.

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "sc_main/options.h"
#include "sc_main/progress.h"
#include "sc_main/simulation.h"

namespace nonzero {

// --no-values, --dram-…, --energy-table, --jobs.
void add_simulation_options(Options& options);
SimulationOptions read_simulation_options(const Options& options, const std::vector<PlannedMachine>& machines);
std::size_t read_jobs(const Options& options);

class Runner {
  public:
    // results_file: where finished layers are kept, or empty; told when the run is interrupted.
    Runner(const Workload& workload, const std::vector<PlannedMachine>& machines, const SimulationOptions& options,
           std::size_t jobs, std::string results_file);

    // Calls `finished` for each layer as it ends, in any order, and `in_order` for each as soon as all before it have
    // ended. False when it was interrupted; a line has said so.
    struct Observer {
        std::function<void(std::size_t layer, const std::vector<LayerResult>& results)> finished;
        std::function<void(std::size_t layer, const std::vector<LayerResult>& results)> in_order;
    };
    bool run(const Observer& observer);

  private:
    class Tasks;
    bool run_here(const Observer& observer);
    bool run_in_processes(const Observer& observer);
    void deliver(const Observer& observer, std::size_t layer, std::vector<LayerResult> results);
    std::string interruption() const;

    const Workload& workload_;
    const std::vector<PlannedMachine>& machines_;
    const SimulationOptions& options_;
    std::size_t jobs_;
    std::string results_file_;
    Progress progress_;
    std::vector<std::vector<LayerResult>> waiting_;  // ended before a layer in front of them
    std::size_t next_in_order_ = 0;
    std::atomic<std::size_t> finished_ = 0;
};

}  // namespace nonzero
