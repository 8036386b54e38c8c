#pragma once
// A network under way on the machines of a simulation. Each machine's layers read what its own layers before put out,
// from the first input on; additions and averages between layers, which these machines do not have, are worked by the
// host with the kernels of models/post. The reference goes from the first input on beside it, by its own arithmetic.

#include <cstddef>
#include <optional>
#include <vector>

#include "study/layer_data.h"
#include "study/layer_result.h"
#include "study/workload.h"
#include "workloads/quantised_network.h"

namespace nonzero {

class NetworkTask {
  public:
    // Of a workload that is a whole network. Both are kept.
    NetworkTask(const Workload& workload, const std::vector<PlannedMachine>& machines,
                ThreadPool& threads = ThreadPool::none());

    // Of the layer that the machine is at.
    const LayerData& data(std::size_t machine);
    Expectation expect(std::size_t machine);
    // What the machine put out; nothing where that cannot be read: the reference's then goes on. Moves to the next
    // layer. The layer's result gets the output's hash and, of the last layer, the check of it.
    void put(std::size_t machine, std::optional<Operands> output, LayerResult& result);

  private:
    struct Walk {
        NetworkTensors machine;
        NetworkTensors reference;
        std::size_t layer = 0;
        Operands expected{};
    };

    const QuantisedNetwork& network() const { return *workload_.whole; }
    const PlannedLayer& planned(std::size_t layer) const { return workload_.layers[layer]; }
    void load(std::size_t layer);

    const Workload& workload_;
    const std::vector<PlannedMachine>& machines_;
    ThreadPool& threads_;
    std::vector<Walk> walks_;
    std::optional<std::size_t> loaded_;  // layer whose stored tensors are these
    LayerTensors stored_;
    std::optional<LayerData> data_;  // of the last machine that asked
};

}  // namespace nonzero
