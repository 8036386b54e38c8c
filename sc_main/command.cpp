#include "sc_main/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <systemc>

#include "sc_main/stale_outputs.h"
#include "sc_main/standard_streams.h"
#include "sc_main/terminal.h"
#include "study/failure.h"
#include "study/version.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

std::string help() {
    std::string text =
        "Cycle-level SystemC models of sparse CNN accelerators that compute real values.\n\n"
        "usage: nonzero COMMAND …      nonzero COMMAND --help      nonzero --version\n\n";
    for (const Subcommand& command : subcommands()) {
        text += fmt::format("  {:10}{}\n", command.name, command.summary);
    }
    text += "\nexample: nonzero run scnn --network alexnet --json alexnet.json\n\n";
    text +=
        "exit status: 0 done, 1 a check failed, 2 bad input, 3 a fault of the program, 4 the host failed (memory,\n"
        "files, processes, disk: a second try may succeed), 130 interrupted\n";
    return text;
}

int dispatch(const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        throw InputError("no command: `nonzero --help` lists them");
    }
    const std::string& name = arguments.front();
    if (name == "--help" || name == "-h") {
        fmt::print("{}", fitted(help()));
        return exit_status::done;
    }
    if (name == "--version") {
        fmt::print("{}\n", tool_version());
        return exit_status::done;
    }
    std::vector<std::string> names{"--help", "--version"};
    for (Subcommand& command : subcommands()) {
        names.push_back(command.name);
        if (command.name != name) {
            continue;
        }
        const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
        if (std::any_of(rest.begin(), rest.end(), [](const auto& text) { return text == "--help" || text == "-h"; })) {
            fmt::print("{}", fitted(help(command)));
            return exit_status::done;
        }
        remove_stale_outputs(name, rest);
        command.options.parse(rest);
        return command.run(command.options);
    }
    throw InputError(fmt::format("unknown command {}{}", quoted_name(name),
                                 did_you_mean(name, names, "`nonzero --help` lists all")));
}

// The kernel's remarks are not the command's output; its errors are exceptions like all others, never an abort.
void report_handler(const sc_core::sc_report& report, const sc_core::sc_actions&) {
    if (report.get_severity() == sc_core::SC_WARNING) {
        fmt::print(stderr, "warning: {}: {}\n", one_line(report.get_msg_type()), one_line(report.get_msg()));
    } else if (report.get_severity() >= sc_core::SC_ERROR) {
        throw report;
    }
}

int status_of(const Failure& failure) {
    switch (failure.of) {
        case Failure::Of::input:
            return exit_status::bad_input;
        case Failure::Of::host:
            return exit_status::host_failed;
        case Failure::Of::program:
            break;
    }
    return exit_status::internal_error;
}

int run_guarded(const std::vector<std::string>& arguments) {
    try {
        const int status = dispatch(arguments);
        finish_standard_output();
        return status;
    } catch (...) {
        const Failure failure = current_failure();
        std::fflush(stdout);
        fmt::print(stderr, "{}: {}\n", failure.of == Failure::Of::program ? "internal error" : "nonzero", failure.text);
        return status_of(failure);
    }
}

}  // namespace

std::vector<Subcommand> subcommands() {
    return {run_command(),  compare_command(), schedule_command(), tune_command(),
            pack_command(), list_command(),    params_command(),   describe_command()};
}

std::string help(const Subcommand& command) {
    return fmt::format("{}.\n\nusage: nonzero {} {}\n\n{}example: nonzero {}\n", command.summary, command.name,
                       command.arguments, command.options.help(), command.example);
}

int run_command_line(const std::vector<std::string>& arguments) {
    spell_fields_as_options();
    std::signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is an error of the write
    sc_core::sc_report_handler::set_handler(report_handler);
    return run_guarded(arguments);
}

}  // namespace nonzero
