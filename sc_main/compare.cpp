// nonzero compare: the same layers on several platforms, side by side.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "sc_main/command.h"
#include "sc_main/compare_table.h"
#include "sc_main/energy_text.h"
#include "sc_main/idle_planes.h"
#include "sc_main/interrupt.h"
#include "sc_main/published.h"
#include "sc_main/results.h"
#include "sc_main/runner.h"
#include "sc_main/standard_streams.h"
#include "sc_main/terminal.h"
#include "sc_main/workload.h"
#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

std::string not_compared(const std::string& name, const std::vector<std::string>& platforms) {
    const std::vector<PlatformKind>& kinds = platform_registry();
    // The right name of another platform is no slip for one of these.
    const bool right =
        std::any_of(kinds.begin(), kinds.end(), [&name](const PlatformKind& kind) { return kind.name == name; });
    return fmt::format("{} is not compared{}", quoted_name(name),
                       right ? ". Known: " + listed_names(platforms) : did_you_mean(name, platforms));
}

constexpr std::size_t kMostMachines = 16;

// "scnn:pe.kc" -> scnn; empty without a prefix.
std::string platform_prefix(const std::string& name) {
    const std::size_t colon = name.find(':');
    return colon == std::string::npos ? std::string() : name.substr(0, colon);
}

// --set and --config of each platform. Without a prefix a setting is for every platform that has the parameter.
class Settings {
  public:
    Settings(const Options& options, const std::vector<std::string>& platforms) : platforms_(platforms) {
        for (const auto& [name, value] : options.assignments("set")) {
            const std::string prefix = platform_prefix(name);
            check_prefix("--set", prefix);
            settings_.push_back({prefix, prefix.empty() ? name : name.substr(prefix.size() + 1), value});
        }
        for (const std::string& text : options.texts("config")) {
            const std::string prefix = platform_prefix(text);
            if (prefix.empty()) {
                throw InputError(fmt::format("--config: {} needs its platform in front, as in {}:{}", quoted_name(text),
                                             platforms_.front(), shown_name(text)));
            }
            check_prefix("--config", prefix);
            configs_.emplace_back(prefix, text.substr(prefix.size() + 1));
        }
        check_known();
    }

    PlannedMachine plan(const std::string& platform) const {
        const auto names = find_platform(platform).make_parameters()->table.to_json();
        std::vector<std::pair<std::string, std::string>> own;
        for (const Setting& setting : settings_) {
            if (setting.platform == platform || (setting.platform.empty() && names.contains(setting.name))) {
                own.emplace_back(setting.name, setting.value);
            }
        }
        std::string config;
        for (const auto& [prefix, file] : configs_) {
            config = prefix == platform ? file : config;
        }
        return plan_machine(platform, config, own);
    }

  private:
    struct Setting {
        std::string platform;
        std::string name;
        std::string value;
    };

    void check_prefix(const char* option, const std::string& prefix) const {
        if (!prefix.empty() && std::find(platforms_.begin(), platforms_.end(), prefix) == platforms_.end()) {
            throw InputError(fmt::format("{}: {}", option, not_compared(prefix, platforms_)));
        }
    }
    void check_known() const {
        for (const Setting& setting : settings_) {
            if (!setting.platform.empty()) {
                continue;  // refused where the machine is planned
            }
            std::vector<std::string> names;
            bool known = false;
            for (const std::string& platform : platforms_) {
                const auto json = find_platform(platform).make_parameters()->table.to_json();
                for (const auto& [name, value] : json.items()) {
                    names.push_back(name);
                }
                known = known || json.contains(setting.name);
            }
            if (!known) {
                throw InputError(fmt::format("--set: no platform has a parameter {}{}", quoted_name(setting.name),
                                             did_you_mean(setting.name, names, "'nonzero params PLATFORM' lists all")));
            }
        }
    }

    std::vector<std::string> platforms_;
    std::vector<Setting> settings_;
    std::vector<std::pair<std::string, std::string>> configs_;
};

std::vector<std::string> read_platforms(const Options& options) {
    std::vector<std::string> platforms;
    for (std::size_t n = 0; !options.positional(n).empty(); ++n) {
        const std::string name = options.positional(n);
        find_platform(name);
        if (std::find(platforms.begin(), platforms.end(), name) != platforms.end()) {
            throw InputError(fmt::format("compare: {} is named twice", quoted_name(name)));
        }
        platforms.push_back(name);
    }
    if (platforms.size() < 2) {
        throw InputError("compare: name at least two platforms (`nonzero list platforms` shows all)");
    }
    return platforms;
}

std::size_t read_baseline(const Options& options, const std::vector<std::string>& platforms) {
    if (!options.has("baseline")) {
        return platforms.size() - 1;
    }
    const std::string name = options.text("baseline");
    const auto found = std::find(platforms.begin(), platforms.end(), name);
    if (found == platforms.end()) {
        throw InputError("--baseline: " + not_compared(name, platforms));
    }
    return std::size_t(found - platforms.begin());
}

class Comparison {
  public:
    explicit Comparison(const Options& options);
    int execute();

  private:
    void keep(std::size_t position, const std::vector<LayerResult>& results);
    void keep_rest();
    void show(std::size_t position, const std::vector<LayerResult>& results);
    nlohmann::ordered_json to_json() const;
    void print_totals();
    void print_published(const std::vector<LayerResult>& totals) const;

    std::vector<std::string> platforms_;
    std::size_t baseline_;
    std::vector<PlannedMachine> machines_;
    Workload workload_;
    SimulationOptions simulation_;
    std::size_t jobs_;
    std::string json_path_;
    std::optional<ReplacedFile> file_;
    WriteRhythm rhythm_;
    std::optional<CompareTable> table_;
    std::vector<std::vector<Results>> results_;  // [mask][machine]
    bool named_layers_;
    std::size_t kept_ = 0;
    std::vector<std::string> problems_;
};

constexpr std::uint64_t kMostMultipliers = 1 << 20;

// Among powers of two for the parameters that scale the machine, the sizes with the number of multipliers nearest to
// the one asked for; of equally near ones those nearest to the default.
PlannedMachine nearest_machine(const std::string& platform, const PlannedMachine& given, int multipliers) {
    const PlatformKind& kind = *given.kind;
    const auto defaults = given.parameters->table.to_json();
    std::vector<std::vector<std::pair<std::string, std::string>>> candidates{{}};
    for (const std::string& name : kind.size_parameters) {
        std::vector<std::vector<std::pair<std::string, std::string>>> more;
        const int size = defaults.at(name);
        for (const auto& candidate : candidates) {
            for (const int value : {size, size / 2, size / 4, size / 8, 2 * size, 4 * size, 8 * size}) {
                if (value > 0) {
                    more.push_back(candidate);
                    more.back().emplace_back(name, std::to_string(value));
                }
            }
        }
        candidates = std::move(more);
    }
    std::optional<PlannedMachine> nearest;
    for (const auto& candidate : candidates) {
        auto settings = given.settings;
        settings.insert(settings.end(), candidate.begin(), candidate.end());
        PlannedMachine machine;
        try {
            machine = plan_machine(platform, given.config_file, settings);
        } catch (const InputError&) {  // a size beyond the machine's range
            continue;
        }
        const auto distance = [&](const PlannedMachine& other) {
            return std::abs(other.report.multipliers - multipliers);
        };
        if (!nearest || distance(machine) < distance(*nearest)) {
            nearest = std::move(machine);
        }
    }
    return std::move(*nearest);
}

std::vector<PlannedMachine> plan_machines(const Options& options, const std::vector<std::string>& platforms) {
    const Settings settings(options, platforms);
    std::vector<PlannedMachine> machines;
    const std::uint64_t multipliers = options.natural("equal-multipliers").value_or(0);
    if (options.has("equal-multipliers") && (multipliers == 0 || multipliers > kMostMultipliers)) {
        throw InputError(fmt::format("--equal-multipliers: {} is outside 1 .. {}", multipliers, kMostMultipliers));
    }
    for (const std::string& platform : platforms) {
        machines.push_back(settings.plan(platform));
        if (multipliers != 0) {
            machines.back() = nearest_machine(platform, machines.back(), int(multipliers));
        }
    }
    return machines;
}

Comparison::Comparison(const Options& options)
    : platforms_(read_platforms(options)),
      baseline_(read_baseline(options, platforms_)),
      machines_(plan_machines(options, platforms_)),
      workload_(plan_workload(options, machines_)),
      simulation_(read_simulation_options(options, machines_)),
      jobs_(read_jobs(options)),
      json_path_(options.text("json")),
      named_layers_(options.has("layers")) {
    if (!json_path_.empty()) {
        file_.emplace("--json", json_path_);
        outlive_standard_output();
    }
    table_.emplace(workload_, machines_, baseline_, int(options.natural("equal-multipliers").value_or(0)),
                   output_width());
    for ([[maybe_unused]] const Mask mask : workload_.masks) {
        std::vector<Results> of_machines;
        for (const PlannedMachine& machine : machines_) {
            of_machines.emplace_back(nlohmann::ordered_json::object(), machine.report, false, workload_.coverage);
        }
        results_.push_back(std::move(of_machines));
    }
}

void Comparison::keep(std::size_t position, const std::vector<LayerResult>& results) {
    // Layers are planned with their masks one after another.
    const std::size_t masks = workload_.masks.size();
    for (std::size_t machine = 0; machine < machines_.size(); ++machine) {
        results_[position % masks][machine].add(position / masks, results[machine]);
    }
    ++kept_;
    if (file_ && file_->replaceable() && (kept_ == workload_.layers.size() || rhythm_.due(kept_))) {
        rhythm_.written(kept_);
        file_->write(to_text(to_json()));
    }
}

void Comparison::keep_rest() {
    if (file_ && file_->replaceable() && rhythm_.behind(kept_)) {
        file_->write(to_text(to_json()));
    }
}

void Comparison::show(std::size_t position, const std::vector<LayerResult>& results) {
    fmt::print("{}", table_->rows(workload_.layers[position], results));
    for (const LayerResult& result : results) {
        for (const Check& check : result.checks) {
            if (!check.passed) {
                problems_.push_back(check.problem);
            }
        }
    }
}

nlohmann::ordered_json Comparison::to_json() const {
    nlohmann::ordered_json json = results_preamble();
    json.update(results_header(workload_, simulation_));
    json["baseline"] = platforms_[baseline_];
    json["complete"] = kept_ == workload_.layers.size();
    json["masks"] = nlohmann::ordered_json::array();
    for (std::size_t mask = 0; mask < workload_.masks.size(); ++mask) {
        nlohmann::ordered_json of_mask{{"mask", to_string(workload_.masks[mask])}};
        const LayerResult baseline = results_[mask][baseline_].total();
        for (std::size_t machine = 0; machine < machines_.size(); ++machine) {
            nlohmann::ordered_json entry = machine_header(machines_[machine]);
            entry.update(results_[mask][machine].body());
            const LayerResult total = results_[mask][machine].total();
            entry["speed_up_over_baseline"] = total.cycles == 0 ? 0 : double(baseline.cycles) / double(total.cycles);
            for (const auto& [rule, cycles] : baseline.other_cycles) {
                entry["speed_up_over_baseline_" + rule] = total.cycles == 0 ? 0 : double(cycles) / double(total.cycles);
            }
            entry["energy_over_baseline"] = baseline.energy_sum() > 0 ? total.energy_sum() / baseline.energy_sum() : 0;
            of_mask["machines"].push_back(std::move(entry));
        }
        json["masks"].push_back(std::move(of_mask));
    }
    return json;
}

void Comparison::print_totals() {
    std::vector<std::vector<LayerResult>> totals;
    for (const auto& of_machines : results_) {
        totals.emplace_back();
        for (const Results& results : of_machines) {
            totals.back().push_back(results.total());
        }
    }
    // The total of a single layer is its own row.
    for (std::size_t mask = 0; mask < totals.size() && workload_.layers.size() > workload_.masks.size(); ++mask) {
        fmt::print("{}", table_->total_rows(workload_.masks[mask], totals[mask]));
    }
    fmt::print("{}", table_->rest());
    fmt::print("{}", fitted(workload_.coverage.text() + balance_text(machines_, workload_.masks, totals) +
                            table_->footer(simulation_.energy, totals.front()) +
                            unknown_outputs_line(machines_, workload_, simulation_)));
    print_published(totals.front());
}

// Where this is what the papers ran: all convolutions of the network at its published densities.
void Comparison::print_published(const std::vector<LayerResult>& totals) const {
    const bool alike = workload_.generated() && workload_.masks.front() == Mask::uniform &&
                       workload_.density_scale == 1 && !workload_.weight_density && !workload_.activation_density &&
                       workload_.coverage.names(LeftOutCause::platform).empty() && !named_layers_ &&
                       std::all_of(workload_.layers.begin(), workload_.layers.end(), [](const PlannedLayer& planned) {
                           return planned.layer.kind == LayerKind::convolution;
                       });
    const auto ratios =
        alike ? published_ratios(workload_.network, platforms_, platforms_[baseline_]) : std::vector<PublishedRatio>();
    if (ratios.empty()) {
        return;
    }
    const auto distance = [](double here, double there) {
        return fmt::format("{:.2f} here, {:.2f} published ({:+.0f} %)", here, there, 100 * (here / there - 1));
    };
    const LayerResult& baseline = totals[baseline_];
    std::string text = "\nbeside the paper (never fitted; scripts/reproduce has every target with its assumptions)\n";
    for (const PublishedRatio& ratio : ratios) {
        const auto machine =
            std::size_t(std::find(platforms_.begin(), platforms_.end(), ratio.platform) - platforms_.begin());
        const LayerResult& total = totals[machine];
        const std::uint64_t cycles =
            baseline.other_cycles.empty() ? baseline.cycles : baseline.other_cycles.front().second;
        const std::string rule = baseline.other_cycles.empty() ? "" : " " + baseline.other_cycles.front().first;
        text += fmt::format("{} over {}{}: speed-up {}\n", ratio.platform, ratio.baseline, rule,
                            distance(double(cycles) / double(total.cycles), ratio.speed_up));
        text += fmt::format("{} over {}: energy {}\n", ratio.platform, ratio.baseline,
                            distance(baseline.energy_sum() / total.energy_sum(), ratio.energy));
    }
    fmt::print("{}", fitted(text + ratios.front().note + "\n"));
}

int Comparison::execute() {
    std::string heading =
        fmt::format("{} on {}: {}; baseline {}\n", fmt::join(platforms_, ", "), shown_text(workload_.network),
                    data_line(workload_, simulation_.values), platforms_[baseline_]);
    for (const PlannedMachine& machine : machines_) {
        if (!machine.derived_settings.empty()) {
            heading += fmt::format("for this data, {}: {}\n", machine.kind->name, machine.derived_settings);
        }
    }
    fmt::print("{}\n{}", fitted(heading), table_->header());
    Runner runner(workload_, machines_, simulation_, jobs_, json_path_);
    bool whole = false;
    try {
        whole = runner.run({[this](std::size_t layer, const auto& results) { keep(layer, results); },
                            [this](std::size_t layer, const auto& results) { show(layer, results); }});
    } catch (...) {
        keep_rest();
        throw;
    }
    if (!whole) {
        keep_rest();
        fmt::print("{}", table_->rest());
        return Interrupt::kExitStatus;
    }
    print_totals();
    flush_standard_output();
    if (file_ && !file_->replaceable()) {
        file_->write(to_text(to_json()));
    }
    warn_of_idle_planes(workload_, machines_);
    if (!workload_.coverage.left_out.empty()) {
        fmt::print(stderr, "{}\n", workload_.coverage.line());
    }
    for (const std::string& problem : problems_) {
        fmt::print(stderr, "check failed: {}\n", problem);
    }
    return problems_.empty() ? exit_status::done : exit_status::check_failed;
}

Options compare_options() {
    Options options("compare", std::vector<std::string>(kMostMachines, "PLATFORM"), kMostMachines);
    add_workload_options(options);
    options.section("Platforms");
    options.value("baseline", "PLATFORM", "which one the others are measured against, default the last");
    options.value("equal-multipliers", "N",
                  "every machine at its size times powers of two, as near to N multipliers as these come; where that "
                  "is not N, cycles x multipliers / N "
                  "stand in a column of their own");
    options.list("set", "[PLATFORM:]NAME=VALUE", "a parameter, of one platform or of all that have it; repeatable");
    options.list("config", "PLATFORM:FILE", "parameters of a platform from a JSON file; --set comes after it");
    add_simulation_options(options);
    options.value("json", "FILE", "all results, rewritten after every layer");
    return options;
}

}  // namespace

Subcommand compare_command() {
    return {"compare",
            "PLATFORM PLATFORM … --network NAME|FILE [options]",
            "Run the same layers on several platforms, side by side",
            "compare scnn dcnn --network vgg16 --kinds convolution --jobs 2",
            compare_options(),
            [](const Options& options) { return Comparison(options).execute(); }};
}

}  // namespace nonzero
