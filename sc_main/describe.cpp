// nonzero describe: the layers of a network, the make-up of a platform, the options of a command.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "platforms/script.h"
#include "platforms/standalone.h"
#include "sc_main/command.h"
#include "sc_main/terminal.h"
#include "study/results.h"
#include "study/schedule_machine.h"
#include "workloads/describe.h"
#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/network.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

// As firmware finds them out.
std::uint32_t read_capabilities(const PlatformKind& kind) {
    std::uint32_t capabilities = 0;
    Standalone machine(kind.name, kind.name);
    const Script script("script", [&] { capabilities = machine.host.read_register(NZ_REG_CAPABILITIES); });
    sc_core::sc_start();
    script.check();
    return capabilities;
}

std::vector<std::string> opcode_names(std::uint32_t capabilities) {
    const std::vector<std::pair<nz_opcode, std::string>> names{{NZ_OP_CONV, "convolution"},
                                                               {NZ_OP_DEPTHWISE, "depthwise convolution"},
                                                               {NZ_OP_FULLY_CONNECTED, "fully connected"},
                                                               {NZ_OP_GEMM, "GEMM"},
                                                               {NZ_OP_PROGRAM, "program"},
                                                               {NZ_OP_LOAD, "load"}};
    std::vector<std::string> found;
    for (const auto& [opcode, name] : names) {
        if ((capabilities >> opcode & 1U) != 0) {
            found.push_back(name);
        }
    }
    return found;
}

using nlohmann::ordered_json;

ordered_json or_null(const std::optional<double>& number) {
    return number ? ordered_json(*number) : ordered_json();
}

ordered_json to_json(const Layer& layer) {
    return {{"name", layer.name},
            {"kind", to_string(layer.kind)},
            {"inputs", layer.inputs},
            {"in", {layer.C, layer.H, layer.W}},
            {"out", {layer.K, layer.P(), layer.Q()}},
            {"kernel", {layer.KH, layer.KW}},
            {"stride", {layer.stride_y, layer.stride_x}},
            {"dilation", {layer.dilation_y, layer.dilation_x}},
            {"pad", {layer.pad.top, layer.pad.left, layer.pad.bottom, layer.pad.right}},
            {"groups", layer.groups},
            {"batch", layer.batch},
            {"stem", layer.stem},
            {"activation_by_activation", layer.activation_by_activation},
            {"dense_macs", layer.dense_macs()},
            {"weights", layer.weights()},
            {"weight_density", or_null(layer.weight_density)},
            {"activation_density", or_null(layer.activation_density)},
            {"density_source", layer.density_source}};
}

void describe_network(const std::string& name, bool as_json) {
    const Network network = load_network(name);
    if (!as_json) {
        fmt::print("{}", describe(network, output_width()));
        return;
    }
    ordered_json json{{"name", network.name}, {"title", network.title}, {"source", network.source}};
    json["layers"] = ordered_json::array();
    for (const Layer& layer : network.layers) {
        json["layers"].push_back(to_json(layer));
    }
    fmt::print("{}", to_text(json));
}

void describe_platform(const std::string& name, bool as_json) {
    const PlatformKind& kind = find_simulated_platform(name);
    const PlatformReport report = kind.make_report(*kind.make_parameters());
    const std::vector<std::string> operations = opcode_names(read_capabilities(kind));
    std::vector<std::string> causes;
    for (const auto& [cause, counter] : report.cycles_by_cause) {
        causes.push_back(cause);
    }
    if (as_json) {
        fmt::print("{}", to_text({{"name", kind.name},
                                  {"title", kind.title},
                                  {"units", report.units},
                                  {"multipliers", report.multipliers},
                                  {"operations", operations},
                                  {"cycles_by_cause", causes}}));
        return;
    }
    std::string text = fmt::format("{}: {}\n\n", kind.name, kind.title);
    text += fmt::format("units            {}\n", report.units);
    text += fmt::format("multipliers      {}\n", report.multipliers);
    text += fmt::format("operations       {}\n", fmt::join(operations, ", "));
    text += fmt::format("cycles by cause  {}\n", fmt::join(causes, ", "));
    text += fmt::format("\nnonzero params {} shows its parameters.\n", kind.name);
    fmt::print("{}", fitted(text));
}

void describe_command_line(const std::string& name, bool as_json) {
    const std::vector<Subcommand> commands = subcommands();
    const auto command = std::ranges::find(commands, name, &Subcommand::name);
    if (command == commands.end()) {
        std::vector<std::string> names;
        std::ranges::transform(commands, std::back_inserter(names), &Subcommand::name);
        throw InputError(fmt::format("unknown command {}{}", quoted_name(name), did_you_mean(name, names)));
    }
    if (!as_json) {
        fmt::print("{}", fitted(help(*command)));
        return;
    }
    ordered_json json{{"name", command->name}, {"arguments", command->arguments}, {"summary", command->summary}};
    json["options"] = ordered_json::array();
    for (const OptionRow& row : command->options.rows()) {
        json["options"].push_back({{"name", row.name},
                                   {"takes", row.placeholder.empty() ? ordered_json() : ordered_json(row.placeholder)},
                                   {"repeatable", row.kind == OptionKind::list},
                                   {"section", row.section},
                                   {"meaning", row.meaning}});
    }
    fmt::print("{}", to_text(json));
}

int describe_subject(const Options& options) {
    const std::vector<std::pair<std::string, void (*)(const std::string&, bool)>> kinds{
        {"network", describe_network}, {"platform", describe_platform}, {"command", describe_command_line}};
    const std::string kind = options.positional(0);
    for (const auto& [word, describe_kind] : kinds) {
        if (word == kind) {
            describe_kind(options.positional(1), options.has("json"));
            return exit_status::done;
        }
    }
    std::vector<std::string> words;
    std::ranges::transform(kinds, std::back_inserter(words), [](const auto& known) { return known.first; });
    throw InputError(fmt::format("describe: unknown kind {}{}", quoted_name(kind), did_you_mean(kind, words)));
}

Options describe_options() {
    Options options("describe", {"'network', 'platform' or 'command'", "NAME"});
    options.flag("json", "as a JSON object (docs/command_json.md)");
    return options;
}

}  // namespace

Subcommand describe_command() {
    return {"describe",
            "network NAME|FILE, platform NAME, or command NAME [--json]",
            "Describe a network, a platform or the options of a command",
            "describe network vgg16",
            describe_options(),
            describe_subject};
}

}  // namespace nonzero
