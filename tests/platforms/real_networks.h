#pragma once
// Real networks through a machine: every layer with weights against the hash of its exact sums.

#include <functional>
#include <optional>

#include "tests/platforms/platform_bench.h"
#include "workloads/import.h"
#include "workloads/nm.h"

namespace nonzero::test {

// Adds operand.bits and accumulator.bits of the network's number format.
Settings with_widths(const RealNetwork& network, Settings settings = {});

// Every layer of the first photo; calls each(bench, layer, outcome) behind it. Skips where the data set is absent.
void run_real_network(const std::string& kind, const std::string& name, const Settings& settings,
                      const std::function<void(Standalone&, const RealLayer&, const HostOutcome&)>& each);

// The data set's derived cases of a network, layers pruned to N:M, of which there are `cases`: those whose M is
// `window`, or all. Calls each(bench, layer, pattern) behind every one.
void run_derived_cases(const std::string& kind, const std::string& name, std::optional<int> window, std::size_t cases,
                       const std::function<void(Standalone&, const Layer&, const NmPattern&)>& each);

}  // namespace nonzero::test
