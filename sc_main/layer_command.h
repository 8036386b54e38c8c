#pragma once
// What `run` and `compare` have in common: layers go through machines, rows are printed as they finish, the file of
// --json is kept up to date, Ctrl-C leaves what is finished, and remarks and the exit status come at the end.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sc_main/options.h"
#include "sc_main/progress.h"
#include "sc_main/results_file.h"
#include "study/runner.h"

namespace nonzero {

class LayerCommand : private RunObserver {
  public:
    int execute();

  protected:
    LayerCommand(const Options& options, std::vector<PlannedMachine> machines);

    // The heading, and the head of the table.
    virtual std::string heading() = 0;
    virtual void keep(std::size_t position, const std::vector<LayerResult>& results) = 0;
    virtual std::string rows(std::size_t position, const std::vector<LayerResult>& results) = 0;
    // Columns that did not fit beside the first ones, of a table that ends early.
    virtual std::string rest() const = 0;
    // What stands under the rows of all layers.
    virtual std::string closing() = 0;
    virtual nlohmann::ordered_json to_json(bool complete) const = 0;

    // Of --json, if it is given; host_times: null for a file without a second one beside it.
    void open_file(ResultsFile::Json host_times);

    std::vector<PlannedMachine> machines_;
    Workload workload_;
    PlannedRun run_;

  private:
    void begins(std::size_t layer) override;
    void finished(std::size_t layer, const std::vector<LayerResult>& results) override;
    void in_order(std::size_t layer, const std::vector<LayerResult>& results) override;
    void show_finished() const;
    bool run_layers();
    std::string interruption(std::size_t finished) const;
    int finish();

    std::string json_path_;
    std::optional<ResultsFile> file_;
    std::size_t kept_ = 0;
    std::string last_finished_;
    std::vector<std::string> problems_;
    Progress progress_;
};

}  // namespace nonzero
