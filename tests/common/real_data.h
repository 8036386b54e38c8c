#pragma once
// The data sets of real networks: the one that lies in tests/real, the others in NONZERO_REAL_DIR or beside the
// project.

#include <string>

namespace nonzero::test {

// The path of a network's directory or of a file. Skips the test case where it is absent.
std::string real_data(const std::string& name);

}  // namespace nonzero::test
