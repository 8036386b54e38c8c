// nonzero compare: the same layers on several platforms, side by side.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sc_main/command.h"
#include "sc_main/compare_table.h"
#include "sc_main/layer_command.h"
#include "sc_main/table_text.h"
#include "sc_main/terminal.h"
#include "sc_main/workload_options.h"
#include "study/published.h"
#include "study/results.h"
#include "study/schedule_machine.h"
#include "study/workload_facts.h"
#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

std::string not_compared(const std::string& name, const std::vector<std::string>& platforms) {
    const auto& kinds = platform_registry();
    // The right name of another platform is no slip for one of these.
    const bool right =
        std::any_of(kinds.begin(), kinds.end(), [&name](const PlatformKind& kind) { return kind.name == name; });
    return fmt::format("{} is not compared{}", quoted_name(name),
                       right ? ". Known: " + listed_names(platforms) : did_you_mean(name, platforms));
}

constexpr std::size_t kMostMachines = 16;

bool is_convolution(const PlannedLayer& planned) {
    return planned.layer.kind == LayerKind::convolution;
}

// "scnn:pe.kc" -> scnn; empty without a prefix.
std::string platform_prefix(const std::string& name) {
    const std::size_t colon = name.find(':');
    return colon == std::string::npos ? std::string() : name.substr(0, colon);
}

// --set, --config and --equal-multipliers of each platform.
std::vector<MachineSpec> read_machines(const Options& options, const std::vector<std::string>& platforms) {
    const auto check_prefix = [&](const char* option, const std::string& prefix) {
        if (!prefix.empty() && std::find(platforms.begin(), platforms.end(), prefix) == platforms.end()) {
            throw InputError(fmt::format("{}: {}", option, not_compared(prefix, platforms)));
        }
    };
    std::vector<SharedSetting> settings;
    for (const auto& [name, value] : options.assignments("set")) {
        const std::string prefix = platform_prefix(name);
        check_prefix("--set", prefix);
        settings.push_back({prefix, prefix.empty() ? name : name.substr(prefix.size() + 1), value});
    }
    for (const std::string& text : options.texts("config")) {
        const std::string prefix = platform_prefix(text);
        if (prefix.empty()) {
            throw InputError(fmt::format("--config: {} needs its platform in front, as in {}:{}", quoted_name(text),
                                         platforms.front(), shown_name(text)));
        }
        check_prefix("--config", prefix);
    }
    std::vector<MachineSpec> machines = share_settings(platforms, settings);
    for (MachineSpec& machine : machines) {
        machine.equal_multipliers = options.natural("equal-multipliers");
        for (const std::string& text : options.texts("config")) {
            if (platform_prefix(text) == machine.platform) {
                machine.config = text.substr(machine.platform.size() + 1);
            }
        }
    }
    return machines;
}

std::vector<std::string> read_platforms(const Options& options) {
    std::vector<std::string> platforms;
    for (std::size_t n = 0; !options.positional(n).empty(); ++n) {
        const std::string name = options.positional(n);
        find_simulated_platform(name);
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

std::vector<PlannedMachine> plan_machines(const Options& options) {
    const std::vector<std::string> platforms = read_platforms(options);
    read_baseline(options, platforms);
    std::vector<PlannedMachine> machines;
    for (const MachineSpec& spec : read_machines(options, platforms)) {
        machines.push_back(plan_machine(spec));
    }
    return machines;
}

class Comparison : public LayerCommand {
  public:
    explicit Comparison(const Options& options);

  private:
    std::string heading() override;
    void keep(std::size_t position, const std::vector<LayerResult>& results) override;
    std::string rows(std::size_t position, const std::vector<LayerResult>& results) override {
        return table_.rows(workload_.layers[position], results);
    }
    std::string rest() const override { return table_.rest(); }
    std::string closing() override;
    nlohmann::ordered_json to_json(bool complete) const override;
    std::string published() const;
    std::string line_of(const PublishedRatio& ratio) const;

    std::vector<std::string> platforms_;
    std::size_t baseline_;
    CompareTable table_;
    std::vector<std::vector<Results>> results_;  // [mask][machine]
};

Comparison::Comparison(const Options& options)
    : LayerCommand(options, plan_machines(options)),
      platforms_(read_platforms(options)),
      baseline_(read_baseline(options, platforms_)),
      table_(workload_, machines_, baseline_, int(options.natural("equal-multipliers").value_or(0)), output_width()) {
    for ([[maybe_unused]] const Mask mask : workload_.masks) {
        std::vector<Results> of_machines;
        for (const PlannedMachine& machine : machines_) {
            of_machines.emplace_back(nlohmann::ordered_json::object(), machine.report, false, workload_.coverage,
                                     describe_network(workload_, machine));
        }
        results_.push_back(std::move(of_machines));
    }
    open_file(nullptr);
}

void Comparison::keep(std::size_t position, const std::vector<LayerResult>& results) {
    // Layers are planned with their masks one after another.
    const std::size_t masks = workload_.masks.size();
    for (std::size_t machine = 0; machine < machines_.size(); ++machine) {
        results_[position % masks][machine].add(position / masks, results[machine]);
    }
}

nlohmann::ordered_json Comparison::to_json(bool complete) const {
    nlohmann::ordered_json json = results_preamble();
    json.update(results_header(workload_, run_));
    json["baseline"] = platforms_[baseline_];
    json["complete"] = complete;
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

std::string Comparison::closing() {
    std::vector<std::vector<LayerResult>> totals;
    for (const auto& of_machines : results_) {
        totals.emplace_back();
        for (const Results& results : of_machines) {
            totals.back().push_back(results.total());
        }
    }
    std::string text;
    // The total of a single layer is its own row.
    for (std::size_t mask = 0; mask < totals.size() && workload_.layers.size() > workload_.masks.size(); ++mask) {
        text += table_.total_rows(workload_.masks[mask], totals[mask]);
    }
    text += table_.rest();
    text += fitted(workload_.coverage.text() + balance_text(machines_, workload_.masks, totals) +
                   table_.footer(run_.energy, totals.front()) + unknown_outputs_line(machines_, workload_, run_));
    return text + published();
}

// Where the convolutions of the network ran at its published densities, as in the papers; other layers do not count,
// and layers that a machine cannot run are named.
std::string Comparison::published() const {
    const bool alike = workload_.generated() && workload_.masks.front() == Mask::uniform &&
                       workload_.density_scale == 1 && !workload_.weight_density_scale &&
                       !workload_.activation_density_scale && !workload_.weight_density &&
                       !workload_.activation_density && !workload_.named_layers &&
                       std::any_of(workload_.layers.begin(), workload_.layers.end(), is_convolution);
    const auto ratios = alike ? published_ratios(workload_.network, platforms_) : std::vector<PublishedRatio>();
    if (ratios.empty()) {
        return {};
    }
    const std::vector<std::string> left_out = workload_.coverage.names(LeftOutCause::platform);
    std::string text =
        fmt::format("\nbeside the papers, convolutions only{}{} (never fitted; scripts/reproduce has every target)\n",
                    left_out.empty() ? "" : ", without what not every machine can run: ", fmt::join(left_out, ", "));
    for (std::size_t n = 0; n < ratios.size(); ++n) {
        text += line_of(ratios[n]);
        if (n + 1 == ratios.size() || ratios[n + 1].paper != ratios[n].paper) {
            text += ratios[n].paper + "\n";
        }
    }
    return fitted(text);
}

// Cycles count as those of equally many multipliers.
std::string Comparison::line_of(const PublishedRatio& ratio) const {
    const auto place = [this](const std::string& name) {
        return std::size_t(std::find(platforms_.begin(), platforms_.end(), name) - platforms_.begin());
    };
    const auto total = [this](std::size_t machine) {
        const std::size_t masks = workload_.masks.size();
        return results_.front()[machine].total(
            [&](std::size_t position) { return is_convolution(workload_.layers[position * masks]); });
    };
    const std::size_t platform = place(ratio.platform);
    const std::size_t baseline = place(ratio.baseline);
    const LayerResult ours = total(platform);
    const LayerResult theirs = total(baseline);
    const bool energy = ratio.figure == PublishedRatio::Figure::energy;
    std::uint64_t cycles = theirs.cycles;
    for (const auto& [rule, others] : theirs.other_cycles) {
        cycles = rule == ratio.rule ? others : cycles;
    }
    const double multipliers =
        double(machines_[baseline].report.multipliers) / double(machines_[platform].report.multipliers);
    const double here =
        energy ? theirs.energy_sum() / ours.energy_sum() : double(cycles) * multipliers / double(ours.cycles);
    const std::string rule = ratio.rule.empty() ? std::string() : " " + ratio.rule;
    return fmt::format("{} over {}{}: {} {:.2f} here, {:.2f} published ({:+.0f} %; {}); {}\n", ratio.platform,
                       ratio.baseline, rule,
                       energy             ? "energy"
                       : multipliers == 1 ? "speed-up"
                                          : "speed-up for equally many multipliers",
                       here, ratio.value, 100 * (here / ratio.value - 1), ratio.quantity, ratio.basis);
}

std::string Comparison::heading() {
    std::string heading =
        fmt::format("{} on {}: {}; baseline {}\n", fmt::join(platforms_, ", "), shown_text(workload_.network),
                    data_line(workload_, run_.values), platforms_[baseline_]);
    for (const PlannedMachine& machine : machines_) {
        if (!machine.derived_settings.empty()) {
            heading += fmt::format("for this data, {}: {}\n", machine.kind->name, machine.derived_settings);
        }
    }
    return fmt::format("{}\n{}", fitted(heading), table_.header());
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
    add_run_options(options);
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
