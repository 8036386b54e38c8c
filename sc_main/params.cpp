// nonzero params: the parameters of a platform, or of a machine that is only planned.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "platforms/registry.h"
#include "sc_main/command.h"
#include "sc_main/terminal.h"
#include "study/results.h"
#include "study/schedule_machine.h"
#include "workloads/text_table.h"

namespace nonzero {

namespace {

void print_table(const std::vector<ParameterRow>& rows) {
    const std::vector<std::string> header{"name", "default", "range", "unit", "meaning", "source"};
    TextTable table(std::vector<TextTable::Align>(header.size(), TextTable::Align::left));
    table.widen(header);
    std::vector<std::vector<std::string>> lines;
    for (const ParameterRow& row : rows) {
        lines.push_back({row.name, row.default_value, row.range, row.unit, row.meaning, row.source});
        table.widen(lines.back());
    }
    table.fit(output_width());
    fmt::print("{}", table.line(header));
    for (const auto& line : lines) {
        fmt::print("{}", table.line(line));
    }
    fmt::print("{}", table.rest());
}

void print_json(const ParameterTable& parameters) {
    const auto defaults = parameters.to_json();
    auto json = nlohmann::ordered_json::array();
    for (const ParameterRow& row : parameters.rows()) {
        json.push_back({{"name", row.name},
                        {"type", row.type},
                        {"default", defaults.at(row.name)},
                        {"range", row.range},
                        {"unit", row.unit},
                        {"meaning", row.meaning},
                        {"source", row.source}});
    }
    fmt::print("{}", to_text(json));
}

void show(const ParameterTable& table, bool as_json) {
    if (as_json) {
        print_json(table);
    } else {
        print_table(table.rows());
    }
}

int params(const Options& options) {
    const std::string name = options.positional(0);
    if (is_schedule_machine(name)) {
        MachineSpec spec;
        spec.platform = name;
        show(plan_schedule_machine(spec)->table, options.has("json"));
    } else {
        show(find_platform(name).make_parameters()->table, options.has("json"));
    }
    return exit_status::done;
}

Options params_options() {
    Options options("params", {"PLATFORM"});
    options.flag("json", "as a JSON list");
    return options;
}

}  // namespace

Subcommand params_command() {
    return {"params",      "PLATFORM [--json]", "Show the parameters of a platform or a machine of 'schedule'",
            "params scnn", params_options(),    params};
}

}  // namespace nonzero
