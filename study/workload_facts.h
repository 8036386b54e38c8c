#pragma once
// What results say of a workload.

#include <nlohmann/json_fwd.hpp>

#include "study/workload.h"

namespace nonzero {

nlohmann::ordered_json describe_workload(const Workload& workload);
// Of a whole network on a machine: its layers, edges and cores; null where layers run by themselves.
nlohmann::ordered_json describe_network(const Workload& workload, const PlannedMachine& machine);
// Of a layer whose outputs are pooled: the layer of the network that does it, its window, and what is stored.
nlohmann::ordered_json pooling_facts(const Layer& layer, const Pooling& pooling, const std::string& pooled_by);

}  // namespace nonzero
