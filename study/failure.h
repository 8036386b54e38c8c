#pragma once
// What an exception means to who asked for the work: who is to blame, and one line.

#include <string>

namespace nonzero {

struct Failure {
    enum class Of { input, program, host };  // bad input; a fault of the program; memory, files, processes, disk
    Of of = Of::program;
    std::string text;
};

// Without what would break the line.
std::string one_line(std::string text);

// Of the exception being handled; to be called in a catch block.
Failure current_failure();

// As the exception that has this meaning: InputError, HostError or std::runtime_error.
[[noreturn]] void throw_failure(const Failure& failure);

// Status of a process that memory has run out of where it cannot be told any more.
inline constexpr int kOutOfMemoryStatus = 4;
inline constexpr char kOutOfMemory[] = "the host has not enough memory; give it more, lift its limit, or use fewer ";

// From here on memory that runs out in a destructor, where C++ ends the process, ends it with that status; where
// `begin` is not null, with a line of it that begins and ends so.
void expect_memory_to_run_out(const char* begin, const char* end);

}  // namespace nonzero
