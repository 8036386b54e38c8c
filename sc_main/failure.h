#pragma once
// What an exception means to who called the command: one line and an exit status.

#include <string>

namespace nonzero {

struct Failure {
    int status = 0;
    std::string text;
};

// Without what would break the line.
std::string one_line(std::string text);

// Of the exception being handled; to be called in a catch block.
Failure current_failure();

// From here on memory that runs out in a destructor, where C++ ends the process, ends it with exit_status::host_failed
// and, where `tell`, the line of it.
void expect_memory_to_run_out(bool tell);

// As the exception that has this meaning: InputError, HostError or std::runtime_error.
[[noreturn]] void throw_failure(const Failure& failure);

}  // namespace nonzero
