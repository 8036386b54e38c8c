#include "study/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "workloads/error.h"
#include "workloads/field_name.h"

namespace nonzero {

// Layers one after another in this process.
class Runner::Tasks : public LayerTasks {
  public:
    Tasks(Runner& runner, RunObserver& observer) : runner_(runner), observer_(observer) {}

    std::optional<std::size_t> next() override {
        if (runner_.stopped_ || next_ == runner_.workload_.layers.size()) {
            return std::nullopt;
        }
        observer_.begins(next_);
        return next_++;
    }
    std::optional<std::size_t> ahead() const override {
        return next_ < runner_.workload_.layers.size() ? std::optional(next_) : std::nullopt;
    }
    void deliver(std::size_t layer, std::vector<LayerResult> results) override {
        runner_.deliver(observer_, layer, std::move(results));
    }

  private:
    Runner& runner_;
    RunObserver& observer_;
    std::size_t next_ = 0;
};

Runner::Runner(const Workload& workload, const std::vector<PlannedMachine>& machines, const PlannedRun& run)
    : workload_(workload), waiting_(workload.layers.size()) {
    if (workload.whole && !run.values) {
        throw InputError(fmt::format("{}: layers put out nothing to read without values; compute them",
                                     field_name("whole_network")));
    }
    const std::size_t jobs = std::min(run.jobs, tasks_of(workload).size());
    if (jobs <= 1 && !run.own_processes) {
        simulation_ = std::make_unique<Simulation>(workload, machines, run);
    } else {
        pool_ = std::make_unique<WorkerPool>(workload, machines, run, longest_first(workload), jobs);
    }
}

Runner::~Runner() = default;

bool Runner::run(RunObserver& observer) {
    if (simulation_) {
        return run_here(observer);
    }
    return pool_->run(
        [&](std::size_t layer, std::vector<LayerResult> results) { deliver(observer, layer, std::move(results)); });
}

bool Runner::run_here(RunObserver& observer) {
    Tasks tasks(*this, observer);
    simulation_->run(tasks);
    if (finished_ == workload_.layers.size()) {
        return true;
    }
    if (!stopped_) {
        throw std::logic_error("the simulation came to rest before the layer was done");
    }
    return false;
}

void Runner::stop() {
    stopped_ = true;
    if (simulation_) {
        simulation_->stop();
    } else {
        pool_->stop();
    }
}

void Runner::deliver(RunObserver& observer, std::size_t layer, std::vector<LayerResult> results) {
    ++finished_;
    observer.finished(layer, results);
    waiting_[layer] = std::move(results);
    while (next_in_order_ < waiting_.size() && !waiting_[next_in_order_].empty()) {
        observer.in_order(next_in_order_, waiting_[next_in_order_]);
        waiting_[next_in_order_] = {};
        ++next_in_order_;
    }
}

}  // namespace nonzero
