// nonzero schedule: networks planned on the cores of dual-OPU.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sc_main/command.h"
#include "sc_main/plan_output.h"
#include "sc_main/trace_options.h"
#include "sc_main/workload_options.h"
#include "study/schedule.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

using Align = TextTable::Align;

std::string layers_text(const Schedule& schedule, const ScheduledGroup& group) {
    std::string text = schedule.layer_name(group.first);
    if (group.last != group.first) {
        text += " .. " + schedule.layer_name(group.last);
    }
    return shown_text(text);
}

// A row for each slot: what both cores do, A of the first image and B of the second.
std::string slot_table(const Schedule& schedule) {
    std::vector<Align> columns{Align::right, Align::right, Align::left};
    std::vector<std::string> header{"slot", "cycles", "limit"};
    for (const ScheduledCore& core : schedule.cores) {
        header.insert(header.end(), {core.name, "layers", "its cycles"});
        columns.insert(columns.end(), {Align::left, Align::left, Align::right});
    }
    std::vector<std::vector<std::string>> rows{header};
    for (std::size_t s = 0; s < schedule.slots.size(); ++s) {
        const ScheduledSlot& slot = schedule.slots[s];
        std::vector<std::string> row{fmt::format("{}", s), cycles_text(slot.cycles), slot.limit};
        for (std::size_t core = 0; core < schedule.cores.size(); ++core) {
            std::vector<std::string> cells{"", "", ""};
            for (const auto& [image, index] : {std::pair{"A", slot.first_image}, std::pair{"B", slot.second_image}}) {
                if (index && schedule.groups[*index].core == core) {
                    const ScheduledGroup& group = schedule.groups[*index];
                    cells = {image, layers_text(schedule, group), cycles_text(group.cycles)};
                }
            }
            row.insert(row.end(), cells.begin(), cells.end());
        }
        rows.push_back(std::move(row));
    }
    return table_of(rows, columns);
}

std::string heading_of(const Schedule& schedule) {
    std::vector<std::string> networks, cores;
    for (const ScheduledNetwork& network : schedule.networks) {
        networks.push_back(shown_text(network.name));
    }
    for (const ScheduledCore& core : schedule.cores) {
        cores.push_back(core.name);
    }
    std::string text = fmt::format("{} on {}: {}, {} multipliers", schedule.machine, fmt::join(networks, " then "),
                                   fmt::join(cores, " + "), schedule.multipliers());
    if (schedule.cores.size() > 1) {
        text += schedule.shared_dram ? ", one DRAM" : ", a DRAM each";
    }
    return text + fmt::format("; timing {}, nothing is simulated\n\n", to_string(schedule.timing));
}

std::string groups_text(std::size_t groups) {
    return fmt::format("{} group{}", groups, groups == 1 ? "" : "s");
}

std::string closing_of(const Schedule& schedule) {
    const auto line = [](const std::string& name, const std::string& text) {
        return fmt::format("{:13}{}\n", name, text);
    };
    std::string text = "\n";
    text += line("images", fmt::format("{}", schedule.images));
    text +=
        line("makespan", fmt::format("{} cycles, {:.3f} ms", cycles_text(schedule.cycles), 1e3 * schedule.seconds()));
    text += line("fps", fmt::format("{:.2f}", schedule.images_per_second()));
    text += line("efficiency", fmt::format("{:.3f}", schedule.efficiency()));
    text += line("one image", fmt::format("{} cycles", cycles_text(schedule.image_cycles)));
    text += line("a pair",
                 fmt::format("{} cycles, {}", cycles_text(schedule.pair_cycles), groups_text(schedule.groups.size())));
    text += line("steady state",
                 fmt::format("{} cycles a pair, {:.2f} fps, efficiency {:.3f}", cycles_text(schedule.steady_cycles),
                             schedule.steady_images_per_second(), schedule.steady_efficiency()));
    const auto beside = [&](double cycles) { return 100 * (cycles / schedule.pair_cycles - 1); };
    if (schedule.whole_layer_cycles) {
        text +=
            line("uncut layers", fmt::format("{} cycles a pair, {:+.2f} %", cycles_text(*schedule.whole_layer_cycles),
                                             beside(*schedule.whole_layer_cycles)));
    }
    if (schedule.heuristic_cycles) {
        text +=
            line("heuristic", fmt::format("{} cycles a pair in {}, {:+.2f} %", cycles_text(*schedule.heuristic_cycles),
                                          groups_text(schedule.heuristic_groups), beside(*schedule.heuristic_cycles)));
    }
    return text;
}

ScheduleTiming read_timing(const Options& options) {
    const std::vector<ScheduleTiming> all{ScheduleTiming::closed, ScheduleTiming::opu_compiler, ScheduleTiming::opu_sim,
                                          ScheduleTiming::event};
    std::vector<std::string> names;
    std::transform(all.begin(), all.end(), std::back_inserter(names),
                   [](ScheduleTiming timing) { return to_string(timing); });
    const std::string given = options.choice("timing", names);
    return all[std::size_t(std::find(names.begin(), names.end(), given) - names.begin())];
}

int schedule(const Options& options) {
    ScheduleSpec spec;
    spec.machine = read_machine(options);
    if (options.has("network")) {
        spec.networks = split_list(options.text("network"));
    }
    spec.tensors = options.text("tensors");
    spec.images = options.natural("images").value_or(spec.images);
    spec.timing = read_timing(options);
    spec.split = options.has("split");
    check_distinct_files(options, false);
    const std::string timeline = options.text("timeline");
    if (!timeline.empty()) {
        check_timeline(spec, timeline);
    }
    PlanOutput output(options);
    const Schedule found = plan_schedule(spec);
    if (!timeline.empty()) {
        write_timeline(found, timeline);
    }
    output.write(heading_of(found), slot_table(found) + closing_of(found), [&] { return to_json(found); });
    return exit_status::done;
}

Options schedule_options() {
    Options options("schedule", {"MACHINE"});
    options.section("Workload");
    options.value(
        "network", "A,B,...",
        "built-in networks (see 'nonzero list networks') or JSON files; of several, one behind the other as one");
    options.value("tensors", "DIR", "real tensors instead, by the shapes of their layers");
    options.value("images", "N", "images, in pairs; default 2");
    add_platform_options(options);
    options.section("Plan");
    options.value("timing", "MODE",
                  "closed (default): the longer of compute and memory; opu_compiler: cycles of the public compiler, of "
                  "single_opu; the modes opu_sim and event have no plan of a network");
    options.flag("split", "layers may be cut in two by output rows");
    options.value("json", "FILE", "layers, groups, slots and times as JSON");
    options.value("timeline", "FILE", "what each core does when, for Perfetto; at most 1,000 images");
    return options;
}

}  // namespace

Subcommand schedule_command() {
    return {"schedule",
            "dual_opu|single_opu|homogeneous_dual_opu --network A,B,... [options]",
            "Plan networks on two cores that share images, by closed forms",
            "schedule dual_opu --network mobilenet_v2 --images 2 --json plan.json",
            schedule_options(),
            schedule};
}

}  // namespace nonzero
