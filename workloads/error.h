#pragma once
// The one exception of bad input. what() is a single line that names the thing and the way out; the command line prints
// it and exits with status 2.

#include <stdexcept>
#include <string>

namespace nonzero {

class InputError : public std::runtime_error {
  public:
    explicit InputError(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace nonzero
