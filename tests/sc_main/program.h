#pragma once
// Runs the built command as its users do and keeps what it said.

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nonzero::test {

struct Outcome {
    int status = -1;  // exit status; -signal where one ended it
    std::string output;
    std::string errors;
    std::int64_t peak_memory = 0;  // resident bytes
};

struct ProgramOptions {
    std::optional<std::uint64_t> largest_file;  // bytes, as on a full disk
    std::function<void()> before_start;         // called in the new process: limits, closed or redirected streams
    std::function<void(pid_t)> while_running;   // called once, after the start
    bool first_line_only = false;               // the output's reader goes after the first line
};

Outcome run_program(const std::vector<std::string>& arguments, const ProgramOptions& options = {});

std::size_t lines_in(const std::string& text);

}  // namespace nonzero::test
