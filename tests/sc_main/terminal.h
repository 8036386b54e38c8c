#pragma once
// Runs the built command with its standard output on a terminal.

#include <string>
#include <vector>

#include "tests/sc_main/program.h"

namespace nonzero::test {

// columns: of the terminal; set_columns: the value of COLUMNS, not set where it is empty. Line breaks as the command
// wrote them.
Outcome run_on_terminal(const std::vector<std::string>& arguments, unsigned columns,
                        const std::string& set_columns = {});

// Characters of the longest line.
std::size_t longest_line(const std::string& text);

}  // namespace nonzero::test
