#pragma once
// Real networks through a machine, by way of the study: every layer is checked as a run checks it (values, useful
// products, the data set's own hash, cycles by cause), and a test looks at the counters behind each.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "study/simulation.h"
#include "tests/platforms/platform_bench.h"
#include "workloads/nm.h"

namespace nonzero::test {

// Called inside the simulation behind each layer, before the counters are cleared. One result per machine.
using EachLayer = std::function<void(const PlannedLayer&, const Simulation&, const std::vector<LayerResult>&)>;

// Runs the layers through the machines and checks every result.
void run_checked(const Workload& workload, const std::vector<PlannedMachine>& machines, const EachLayer& each);

// Every layer of the first photo, raw sums. Skips where the data set is absent.
using EachRealLayer = std::function<void(const RealLayer&, const Platform&, const LayerResult&)>;
void run_real_network(const std::string& kind, const std::string& name, const Settings& settings = {},
                      const EachRealLayer& each = {});

// The data set's derived cases of a network, layers pruned to N:M, of which there are `cases`: those whose M is
// `window`, or all.
using EachDerivedCase = std::function<void(const Layer&, const NmPattern&, const Platform&)>;
void run_derived_cases(const std::string& kind, const std::string& name, std::optional<int> window, std::size_t cases,
                       const EachDerivedCase& each = {});

}  // namespace nonzero::test
