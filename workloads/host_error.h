#pragma once
// A failure of the host, the computer that runs the program: its memory, a limit on files or processes, a full disk.
// Neither the input nor the modelled machine is to blame, and a second try may succeed. what() is a single line; the
// command line prints it and exits with status 4.

#include <stdexcept>
#include <string>

namespace nonzero {

class HostError : public std::runtime_error {
  public:
    explicit HostError(const std::string& message) : std::runtime_error(message) {}
};

// True for the values of errno that tell of the host (ENOMEM, ENOSPC, EMFILE …), not of the name that was given.
bool is_host_failure(int error);

// "TEXT: what the system says of error", as HostError, or as InputError where the name that was given is to blame.
[[noreturn]] void throw_system_failure(const std::string& text, int error);

}  // namespace nonzero
