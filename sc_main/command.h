#pragma once
// The command line: sub-commands, help, exit status.

#include <functional>
#include <string>
#include <vector>

#include "sc_main/exit_status.h"
#include "sc_main/options.h"

namespace nonzero {

struct Subcommand {
    std::string name;
    std::string arguments;  // "PLATFORM --network NAME|FILE [options]"
    std::string summary;
    std::string example;
    Options options;
    std::function<int(const Options&)> run;  // throws InputError or HostError
};

Subcommand run_command();
Subcommand compare_command();
Subcommand schedule_command();
Subcommand tune_command();
Subcommand pack_command();
Subcommand list_command();
Subcommand params_command();
Subcommand describe_command();

// All of them, in the order of the help.
std::vector<Subcommand> subcommands();
std::string help(const Subcommand& command);

// Runs one command line (without the program's name) and returns the exit status. Never throws.
int run_command_line(const std::vector<std::string>& arguments);

}  // namespace nonzero
