// nonzero list: what can be named on the command line.

#include <fmt/format.h>

#include "platforms/registry.h"
#include "sc_main/command.h"
#include "sc_main/terminal.h"
#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/network.h"
#include "workloads/quoted_name.h"
#include "workloads/text_table.h"

namespace nonzero {

namespace {

void print(const std::string& title, const std::vector<std::vector<std::string>>& rows) {
    TextTable table({TextTable::Align::left, TextTable::Align::left});
    for (const auto& row : rows) {
        table.widen(row);
    }
    std::string text = title + "\n";
    for (const auto& row : rows) {
        text += "  " + table.line(row);
    }
    fmt::print("{}", fitted(text));
}

int list(const Options& options) {
    const std::vector<std::string> kinds{"platforms", "networks"};
    const std::string kind = options.positional(0);
    if (!kind.empty() && kind != kinds[0] && kind != kinds[1]) {
        throw InputError(fmt::format("list: unknown kind {}{}", quoted_name(kind), did_you_mean(kind, kinds)));
    }
    if (kind != kinds[1]) {
        std::vector<std::vector<std::string>> rows;
        for (const PlatformKind& platform : platform_registry()) {
            rows.push_back({platform.name, platform.title});
        }
        print(kinds[0], rows);
    }
    if (kind != kinds[0]) {
        std::vector<std::vector<std::string>> rows;
        for (const std::string& name : builtin_networks()) {
            rows.push_back({name, load_network(name).title});
        }
        print(kinds[1], rows);
    }
    return exit_status::done;
}

}  // namespace

Subcommand list_command() {
    return {"list",          "[platforms|networks]",       "List the platforms and the built-in networks",
            "list networks", Options("list", {"KIND"}, 1), list};
}

}  // namespace nonzero
