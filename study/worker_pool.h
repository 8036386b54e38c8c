#pragma once
// Tasks, which are layers or networks, in parallel processes (a process holds one SystemC simulation). Every layer
// starts from platform reset with data of its own or of the network's layers before it, so its results do not depend on
// who runs it or when.

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

#include "study/failure.h"
#include "study/layer_result.h"
#include "study/simulation.h"
#include "workloads/file_descriptor.h"

namespace nonzero {

class WorkerPool {
  public:
    // `order`: the tasks, those that take longest first. To be built before the process has other threads.
    WorkerPool(const Workload& workload, const std::vector<PlannedMachine>& machines, const PlannedRun& run,
               std::vector<Task> order, std::size_t workers);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    using Deliver = std::function<void(std::size_t layer, std::vector<LayerResult> results)>;
    // Until all layers are done, or stopped: then false, and what was at work is given up. An error of a layer is
    // thrown once the layers at work with other workers are done; of several, that of the first layer.
    bool run(const Deliver& deliver);
    // From any thread.
    void stop() const;

  private:
    struct Worker {
        pid_t process = -1;
        int tasks = -1;         // to it
        int results = -1;       // from it
        std::size_t layer = 0;  // of its task, the one under way
        std::size_t left = 0;   // layers of its task, this one too
        bool busy = false;
    };

    void start_worker();
    [[noreturn]] void work(int tasks, int results);
    void hand_out(Worker& worker);
    void lose(Worker& worker);  // it has ended early
    void receive(Worker& worker, const Deliver& deliver);

    const Workload& workload_;
    const std::vector<PlannedMachine>& machines_;
    const PlannedRun& run_;
    std::vector<Task> order_;
    FileDescriptor stop_;  // readable once it is asked for
    std::size_t next_ = 0;
    std::vector<Worker> workers_;
    std::map<std::size_t, Failure> failures_;  // by layer
};

// The tasks of a workload, those with the most products first.
std::vector<Task> longest_first(const Workload& workload);

}  // namespace nonzero
