// nonzero run: layers through a simulated platform.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sc_main/command.h"
#include "sc_main/layer_command.h"
#include "sc_main/result_table.h"
#include "sc_main/table_text.h"
#include "sc_main/terminal.h"
#include "sc_main/trace_options.h"
#include "sc_main/workload_options.h"
#include "study/results.h"
#include "study/workload_facts.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

std::vector<PlannedMachine> plan_single_machine(const Options& options) {
    std::vector<PlannedMachine> machines;
    machines.push_back(plan_machine(read_machine(options)));
    return machines;
}

std::vector<std::string> layer_names(const Workload& workload) {
    std::vector<std::string> names;
    for (const PlannedLayer& planned : workload.layers) {
        names.push_back(planned.layer.name);
    }
    return names;
}

class Run : public LayerCommand {
  public:
    explicit Run(const Options& options);

  private:
    std::string heading() override;
    void keep(std::size_t position, const std::vector<LayerResult>& results) override {
        results_.add(position, results.front());
    }
    std::string rows(std::size_t, const std::vector<LayerResult>& results) override {
        return table_.row(results.front());
    }
    std::string rest() const override { return table_.rest(); }
    std::string closing() override {
        return fitted(table_.footer(run_.energy) + network_line() + unknown_outputs_line(machines_, workload_, run_));
    }
    // Of a whole network, all of whose layers have run.
    std::string network_line() const {
        return workload_.whole
                   ? fmt::format("network      the last layer's output has SHA-256 {}\n", results_.network_sha256())
                   : std::string();
    }
    nlohmann::ordered_json to_json(bool complete) const override { return results_.to_json(complete); }
    nlohmann::ordered_json header() const;

    const PlannedMachine& machine_ = machines_.front();
    ResultTable table_;
    Results results_;
};

Run::Run(const Options& options)
    : LayerCommand(options, plan_single_machine(options)),
      table_(machine_.report, layer_names(workload_), workload_.coverage, output_width()),
      results_(header(), machine_.report, options.choice("counters", {"sums", "all"}) == "all", workload_.coverage,
               describe_network(workload_, machine_)) {
    if (workload_.masks.size() > 1) {
        throw InputError(fmt::format("--{}: run takes one; 'nonzero compare' puts several side by side",
                                     workload_.pattern.empty() ? "sparsity" : "matrix"));
    }
    open_file([this](bool) { return results_.host_times(); });
}

nlohmann::ordered_json Run::header() const {
    auto header = results_header(workload_, run_);
    header.update(machine_header(machine_));
    return header;
}

std::string Run::heading() {
    std::string heading = fmt::format("{} on {}: {}\n", machine_.kind->name, shown_text(workload_.network),
                                      data_line(workload_, run_.values));
    if (!machine_.derived_settings.empty()) {
        heading += fmt::format("for this data: {}\n", machine_.derived_settings);
    }
    return fmt::format("{}\n{}", fitted(heading), table_.header());
}

Options run_options() {
    Options options("run", {"PLATFORM"});
    add_workload_options(options);
    add_platform_options(options);
    add_run_options(options);
    options.value("json", "FILE", "results, rewritten after every layer; host times go to FILE with .host.json");
    options.value("counters", "KIND", "of --json: sums (default) over all instances of a block, or all instances");
    add_trace_options(options);
    return options;
}

}  // namespace

Subcommand run_command() {
    return {"run",
            "PLATFORM --network NAME|FILE [options]",
            "Simulate layers of a network on a platform",
            "run scnn --network alexnet --layers conv3,conv4 --set pe.rows=4 --json results.json",
            run_options(),
            [](const Options& options) { return Run(options).execute(); }};
}

}  // namespace nonzero
