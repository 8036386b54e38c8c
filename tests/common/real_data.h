#pragma once
// The data set of real networks: in NONZERO_REAL_DIR, or beside the sources.

#include <string>

namespace nonzero::test {

// The path of a network's directory or of a file; empty, with a warning, where the data set is not installed.
std::string real_data(const std::string& name);

}  // namespace nonzero::test
