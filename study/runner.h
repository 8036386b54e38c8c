#pragma once
// Takes the layers of a workload through the machines, in this process or in several, and hands their results on as
// they come and in order.

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "study/simulation.h"
#include "study/worker_pool.h"

namespace nonzero {

// Called in the thread that runs. One result per machine.
class RunObserver {
  public:
    virtual ~RunObserver() = default;
    // In this process only.
    virtual void begins(std::size_t /*layer*/) {}
    // As each layer ends, in any order.
    virtual void finished(std::size_t layer, const std::vector<LayerResult>& results) = 0;
    // Each as soon as all before it have ended.
    virtual void in_order(std::size_t layer, const std::vector<LayerResult>& results) = 0;
};

class Runner {
  public:
    // Builds the machines: in this process, which can do so once, or with run.jobs > 1 in others. Then to be built
    // before the process has other threads.
    Runner(const Workload& workload, const std::vector<PlannedMachine>& machines, const PlannedRun& run);
    ~Runner();

    // Throws what the work threw. False when it was stopped.
    bool run(RunObserver& observer);
    // From any thread, while it runs.
    void stop();
    std::size_t finished() const { return finished_; }
    // Of traces that show nothing: one line; else empty.
    std::string trace_remark() const { return simulation_ ? simulation_->trace_remark() : std::string(); }

  private:
    class Tasks;
    bool run_here(RunObserver& observer);
    void deliver(RunObserver& observer, std::size_t layer, std::vector<LayerResult> results);

    const Workload& workload_;
    std::unique_ptr<Simulation> simulation_;  // or
    std::unique_ptr<WorkerPool> pool_;
    std::vector<std::vector<LayerResult>> waiting_;  // ended before a layer in front of them
    std::size_t next_in_order_ = 0;
    std::atomic<std::size_t> finished_ = 0;
    std::atomic<bool> stopped_ = false;
};

}  // namespace nonzero
