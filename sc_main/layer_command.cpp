#include "sc_main/layer_command.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sc_main/exit_status.h"
#include "sc_main/interrupt.h"
#include "sc_main/standard_streams.h"
#include "sc_main/table_text.h"
#include "sc_main/workload_options.h"
#include "workloads/quoted_name.h"

namespace nonzero {

LayerCommand::LayerCommand(const Options& options, std::vector<PlannedMachine> machines)
    : machines_(std::move(machines)),
      workload_(plan_workload(read_workload(options), machines_)),
      run_(plan_run(read_run(options), machines_)),
      json_path_(options.text("json")) {}

void LayerCommand::open_file(ResultsFile::Json host_times) {
    if (!json_path_.empty()) {
        file_.emplace(
            json_path_, [this](bool complete) { return to_json(complete); }, std::move(host_times));
    }
    if (file_ || run_.traces.any()) {
        outlive_standard_output();
    }
}

void LayerCommand::begins(std::size_t layer) {
    progress_.show(layer + 1, workload_.layers.size(), workload_.layers[layer].layer.name);
}

void LayerCommand::show_finished() const {
    if (run_.jobs > 1) {
        progress_.show(kept_, workload_.layers.size(), last_finished_);
    }
}

void LayerCommand::finished(std::size_t layer, const std::vector<LayerResult>& results) {
    keep(layer, results);
    ++kept_;
    last_finished_ = results.front().name;
    if (file_) {
        file_->write(kept_, kept_ == workload_.layers.size());
    }
    show_finished();
}

void LayerCommand::in_order(std::size_t layer, const std::vector<LayerResult>& results) {
    progress_.clear();
    fmt::print("{}", rows(layer, results));
    flush_standard_output();
    show_finished();
    for (const LayerResult& result : results) {
        for (const Check& check : result.checks) {
            if (!check.passed) {
                problems_.push_back(check.problem);
            }
        }
    }
}

std::string LayerCommand::interruption(std::size_t finished) const {
    return fmt::format(
        "interrupted: {} of {} layers finished{}", finished, workload_.layers.size(),
        json_path_.empty() || finished == 0 ? std::string() : ", their results are in " + shown_text(json_path_));
}

bool LayerCommand::run_layers() {
    Runner runner(workload_, machines_, run_);
    const Interrupt interrupt([&runner] { runner.stop(); },
                              [this, &runner] { return interruption(runner.finished()); });
    show_finished();
    const bool whole = runner.run(*this);
    progress_.clear();
    if (const std::string remark = runner.trace_remark(); !remark.empty()) {
        fmt::print(stderr, "warning: {}\n", remark);
    }
    if (!whole) {
        fmt::print(stderr, "{}\n", interruption(runner.finished()));
    }
    return whole;
}

int LayerCommand::finish() {
    fmt::print("{}", closing());
    flush_standard_output();
    if (file_) {
        file_->finish();
    }
    fmt::print(stderr, "{}", idle_planes_lines(workload_, machines_));
    if (!workload_.coverage.left_out.empty()) {
        fmt::print(stderr, "{}\n", workload_.coverage.line());
    }
    for (const std::string& problem : problems_) {
        fmt::print(stderr, "check failed: {}\n", problem);
    }
    return problems_.empty() ? exit_status::done : exit_status::check_failed;
}

int LayerCommand::execute() {
    fmt::print("{}", heading());
    bool whole = false;
    try {
        whole = run_layers();
    } catch (...) {
        if (file_) {
            file_->write_rest(kept_);
        }
        throw;
    }
    if (whole) {
        return finish();
    }
    if (file_) {
        file_->write_rest(kept_);
    }
    fmt::print("{}", rest());
    return Interrupt::kExitStatus;
}

}  // namespace nonzero
