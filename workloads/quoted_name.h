#pragma once

#include <string>

namespace nonzero {

// A name as error messages show it: in single quotes, control characters as '?', a very long one cut, so that the
// message stays one readable line whatever a file or command line holds.
std::string quoted_name(const std::string& name);

}  // namespace nonzero
