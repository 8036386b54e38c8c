#pragma once
// The simulated machines of one process, and the loop that takes layers through them: the data of a layer are made
// once, then every machine runs it.

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "platforms/script.h"
#include "platforms/standalone.h"
#include "study/layer_data.h"
#include "study/layer_result.h"
#include "study/network_task.h"
#include "study/run.h"
#include "study/workload.h"
#include "workloads/thread_pool.h"

namespace nonzero {

// Where a simulation gets its work from and what becomes of the results. The layers of a whole network come one after
// another.
class LayerTasks {
  public:
    virtual ~LayerTasks() = default;
    // Index of the next layer; nullopt: no more.
    virtual std::optional<std::size_t> next() = 0;
    // What next() is going to say, where that is known.
    virtual std::optional<std::size_t> ahead() const { return std::nullopt; }
    // One result per machine.
    virtual void deliver(std::size_t layer, std::vector<LayerResult> results) = 0;
};

class Simulation {
  public:
    Simulation(const Workload& workload, const std::vector<PlannedMachine>& machines, const PlannedRun& run);

    const Platform& platform(std::size_t machine) const { return machines_[machine]->platform; }
    // Runs until there are no more tasks. Throws what the work threw. False when it was stopped before that.
    bool run(LayerTasks& tasks);
    // Of traces that show nothing: one line with the first cycle of every layer; else empty.
    std::string trace_remark() const;
    // Called while it runs, from any thread: it ends at its next step, so that waves and timeline end well.
    void stop() { stopper_.async_request_update(); }

  private:
    class Stopper : public sc_core::sc_prim_channel {
      public:
        Stopper() : sc_prim_channel("stopper") {}

      private:
        void update() override { sc_core::sc_stop(); }
    };

    // Layer by layer, every machine in turn.
    void script();
    void run_layer_of(std::size_t machine);
    void start() const;
    std::string memory_failure() const;
    // The layer's data for a machine; those of the plan are made once.
    LayerData& data_for(std::size_t machine);
    Expectation expect_of(std::size_t machine, LayerData& data);
    // They are made while machines run the layer before, where there is a thread for it.
    LayerData take_data();
    void make_data_ahead();

    struct Ahead {
        std::size_t layer = 0;
        LayerData data;  // when they are made
        ThreadPool::Task made;
    };

    const Workload& workload_;
    const std::vector<PlannedMachine>& planned_;
    const PlannedRun& run_;
    std::shared_ptr<ThreadPool> threads_;
    Stopper stopper_;
    std::vector<std::unique_ptr<Standalone>> machines_;
    Script script_;

    LayerTasks* tasks_ = nullptr;
    std::optional<std::size_t> layer_;  // at work
    std::optional<LayerData> data_;
    std::unique_ptr<Ahead> ahead_;        // of the next layer
    LayerData own_data_;                  // of a machine with a matrix of its own
    std::optional<NetworkTask> network_;  // of a whole network, from its first layer on
    std::vector<LayerResult> results_;
    std::vector<std::string> layer_starts_;  // "conv3 at cycle 812", of the first machine
};

}  // namespace nonzero
