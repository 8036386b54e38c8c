#pragma once

namespace nonzero {

// Runs the tests that the arguments name; the exit status.
int run_tests(int argc, char* argv[]);

}  // namespace nonzero
