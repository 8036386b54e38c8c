// nonzero describe: the layers of a network, the make-up of a platform.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

#include "platforms/script.h"
#include "platforms/standalone.h"
#include "sc_main/command.h"
#include "sc_main/terminal.h"
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

void describe_platform(const std::string& name) {
    const PlatformKind& kind = find_platform(name);
    const PlatformReport report = kind.make_report(*kind.make_parameters());
    std::vector<std::string> causes;
    for (const auto& [cause, counter] : report.cycles_by_cause) {
        causes.push_back(cause);
    }
    std::string text = fmt::format("{}: {}\n\n", kind.name, kind.title);
    text += fmt::format("units            {}\n", report.units);
    text += fmt::format("multipliers      {}\n", report.multipliers);
    text += fmt::format("operations       {}\n", fmt::join(opcode_names(read_capabilities(kind)), ", "));
    text += fmt::format("cycles by cause  {}\n", fmt::join(causes, ", "));
    text += fmt::format("\nnonzero params {} shows its parameters.\n", kind.name);
    fmt::print("{}", fitted(text));
}

int describe_subject(const Options& options) {
    const std::vector<std::string> kinds{"network", "platform"};
    const std::string kind = options.positional(0);
    const std::string name = options.positional(1);
    if (kind == kinds[0]) {
        fmt::print("{}", describe(load_network(name), output_width()));
    } else if (kind == kinds[1]) {
        describe_platform(name);
    } else {
        throw InputError(fmt::format("describe: unknown kind {}{}", quoted_name(kind), did_you_mean(kind, kinds)));
    }
    return exit_status::done;
}

}  // namespace

Subcommand describe_command() {
    return {"describe",
            "network NAME|FILE, or: platform NAME",
            "Describe a network or a platform",
            "describe network vgg16",
            Options("describe", {"'network' or 'platform'", "NAME"}),
            describe_subject};
}

}  // namespace nonzero
