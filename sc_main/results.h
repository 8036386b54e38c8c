#pragma once
// The results file (docs/results_format.md) and the file of host times beside it.

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sc_main/layer_result.h"
#include "sc_main/output_file.h"
#include "sc_main/simulation.h"
#include "sc_main/workload.h"

namespace nonzero {

// Schema and tool.
nlohmann::ordered_json results_preamble();
// What is common to all machines of a run: workload, memory, energy table.
nlohmann::ordered_json results_header(const Workload& workload, const SimulationOptions& simulation);
// Platform, parameters, area.
nlohmann::ordered_json machine_header(const PlannedMachine& machine);
// "generated data, seed 1; output …"
std::string data_line(const Workload& workload, bool values);

class Results {
  public:
    // header: tool, platform, parameters, workload. all_counters: every instance instead of the sums. coverage: what
    // the totals are to be of. Layers may come in any order; the file has them by position.
    Results(nlohmann::ordered_json header, const PlatformReport& report, bool all_counters, Coverage coverage = {});

    void add(std::size_t position, const LayerResult& layer);
    // Units, multipliers, layers and totals.
    nlohmann::ordered_json body() const;
    // complete: every layer that runs has been added.
    nlohmann::ordered_json to_json(bool complete) const;
    nlohmann::ordered_json host_times() const;
    std::size_t layers() const { return layers_.size(); }
    // Sums over the layers so far.
    LayerResult total() const;

  private:
    nlohmann::ordered_json layer_json(const LayerResult& layer) const;
    nlohmann::ordered_json totals() const;

    nlohmann::ordered_json header_;
    PlatformReport report_;
    bool all_counters_;
    Coverage coverage_;
    std::map<std::size_t, LayerResult> layers_;
};

// Of a file that is written anew after every layer: of many layers, writes are left out until these have grown by a
// part, so that the time of all writes stays in proportion to the layers.
class WriteRhythm {
  public:
    // Of so many layers a file is to be written, and will be.
    bool due(std::size_t layers);
    bool behind(std::size_t layers) const { return layers > written_; }
    void written(std::size_t layers) { written_ = layers; }

  private:
    std::size_t written_ = 0;
};

class ResultsFiles {
  public:
    // Throws InputError or HostError when they cannot be written; so do the others.
    explicit ResultsFiles(const std::string& path);
    // After every layer, where a write is due.
    void write(const Results& results, bool complete);
    // What was left out, of a run that ends early.
    void write_rest(const Results& results);
    // After everything else: what is no regular file gets the results once, behind the text where both go to one place.
    void finish(const Results& results) const;

  private:
    WriteRhythm rhythm_;
    ReplacedFile results_;
    std::unique_ptr<ReplacedFile> host_times_;  // beside a regular file only
};

// "out.json" -> "out.host.json"
std::string host_times_path(const std::string& path);

// Two spaces of indentation and a final line break; text that is no UTF-8 has its wrong bytes replaced.
std::string to_text(const nlohmann::ordered_json& json);

}  // namespace nonzero
