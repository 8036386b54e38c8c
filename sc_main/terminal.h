#pragma once
// How wide the standard output is. Only a terminal has a width: what goes to a pipe or a file is never broken.

#include <cstddef>
#include <string>

namespace nonzero {

// Characters in a line of the terminal: COLUMNS where it is set, else what the terminal says; 0 where standard output
// is no terminal or its width is not known.
std::size_t output_width();
// The text with long lines broken for it.
std::string fitted(const std::string& text);

}  // namespace nonzero
