#pragma once
// Results as JSON (docs/results_format.md), and the host times that are kept apart from them.

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "study/json_value.h"
#include "study/layer_result.h"
#include "study/run.h"
#include "study/workload.h"

namespace nonzero {

// Schema and tool.
nlohmann::ordered_json results_preamble();
// What is common to all machines of a run: workload, memory, energy table.
nlohmann::ordered_json results_header(const Workload& workload, const PlannedRun& run);
// Platform, parameters, area.
nlohmann::ordered_json machine_header(const PlannedMachine& machine);

class Results {
  public:
    // header: tool, platform, parameters, workload. all_counters: every instance instead of the sums. coverage: what
    // the totals are to be of. network: what describe_network() says. Layers may come in any order; the file has them
    // by position.
    Results(nlohmann::ordered_json header, const PlatformReport& report, bool all_counters, Coverage coverage = {},
            JsonValue network = {});

    void add(std::size_t position, const LayerResult& layer);
    // Units, multipliers, layers and totals, and of a whole network what it put out and its schedule.
    nlohmann::ordered_json body() const;
    // complete: every layer that runs has been added.
    nlohmann::ordered_json to_json(bool complete) const;
    nlohmann::ordered_json host_times() const;
    std::size_t layers() const { return layers_.size(); }
    // Of a whole network whose last layer has been added: the hash of what the machine put out.
    std::string network_sha256() const;
    // Sums over the layers so far; of some by their position.
    LayerResult total() const;
    LayerResult total(const std::function<bool(std::size_t)>& counts) const;

  private:
    nlohmann::ordered_json layer_json(const LayerResult& layer) const;
    nlohmann::ordered_json totals() const;
    nlohmann::ordered_json network() const;
    // Layers one after another on the only core.
    nlohmann::ordered_json schedule() const;

    JsonValue header_;
    PlatformReport report_;
    bool all_counters_;
    Coverage coverage_;
    JsonValue network_;
    std::map<std::size_t, LayerResult> layers_;
};

// Two spaces of indentation and a final line break; text that is no UTF-8 has its wrong bytes replaced.
std::string to_text(const nlohmann::ordered_json& json);

}  // namespace nonzero
