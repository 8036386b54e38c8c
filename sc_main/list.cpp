// nonzero list: what can be named on the command line.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "platforms/registry.h"
#include "sc_main/command.h"
#include "sc_main/terminal.h"
#include "study/device_file.h"
#include "study/results.h"
#include "study/schedule_machine.h"
#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/network.h"
#include "workloads/quoted_name.h"
#include "workloads/text_table.h"

namespace nonzero {

namespace {

// The things of one kind: name and title.
using Names = std::vector<std::vector<std::string>>;

void print_table(const std::string& kind, const Names& names) {
    TextTable table({TextTable::Align::left, TextTable::Align::left});
    for (const auto& row : names) {
        table.widen(row);
    }
    std::string text = kind + "\n";
    for (const auto& row : names) {
        text += "  " + table.line(row);
    }
    fmt::print("{}", fitted(text));
}

nlohmann::ordered_json to_json(const Names& names) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& row : names) {
        list.push_back({{"name", row[0]}, {"title", row[1]}});
    }
    return list;
}

Names platforms() {
    Names names;
    for (const PlatformKind& platform : platform_registry()) {
        names.push_back({platform.name, platform.title});
    }
    return names;
}

Names machines() {
    Names names;
    for (const ScheduleMachineKind& machine : schedule_machines()) {
        names.push_back({machine.name, machine.title});
    }
    return names;
}

Names devices() {
    Names names;
    for (const std::string& name : builtin_devices()) {
        names.push_back({name, load_device(name).title});
    }
    return names;
}

Names networks() {
    Names names;
    for (const std::string& name : builtin_networks()) {
        names.push_back({name, load_network(name).title});
    }
    return names;
}

Names commands() {
    Names names;
    for (const Subcommand& command : subcommands()) {
        names.push_back({command.name, command.summary});
    }
    return names;
}

int list(const Options& options) {
    const std::vector<std::pair<std::string, Names (*)()>> kinds{{"platforms", platforms},
                                                                 {"machines", machines},
                                                                 {"devices", devices},
                                                                 {"networks", networks},
                                                                 {"commands", commands}};
    const std::string wanted = options.positional(0);
    std::vector<std::string> words;
    std::ranges::transform(kinds, std::back_inserter(words), [](const auto& kind) { return kind.first; });
    if (!wanted.empty() && std::ranges::find(words, wanted) == words.end()) {
        throw InputError(fmt::format("list: unknown kind {}{}", quoted_name(wanted), did_you_mean(wanted, words)));
    }
    auto json = nlohmann::ordered_json::object();
    for (const auto& [kind, names_of] : kinds) {
        if (!wanted.empty() && kind != wanted) {
            continue;
        }
        if (options.has("json")) {
            json[kind] = to_json(names_of());
        } else {
            print_table(kind, names_of());
        }
    }
    if (options.has("json")) {
        fmt::print("{}", to_text(json));
    }
    return exit_status::done;
}

Options list_options() {
    Options options("list", {"KIND"}, 1);
    options.flag("json", "as a JSON object: a list for each kind, {name, title} of each entry");
    return options;
}

}  // namespace

Subcommand list_command() {
    return {"list",
            "[platforms|machines|devices|networks|commands] [--json]",
            "List platforms, planned machines, devices, built-in networks and commands",
            "list networks",
            list_options(),
            list};
}

}  // namespace nonzero
