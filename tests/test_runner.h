#pragma once

#include <string>

namespace nonzero {

// What CTest shows as skipped: SKIP_RETURN_CODE in cmake/NonzeroTargets.cmake.
constexpr int kSkipped = 77;

// Runs the tests that the arguments name. The exit status is kSkipped where one was skipped and none failed; otherwise
// that of Catch2, which is the number of failed assertions, but never kSkipped.
int run_tests(int argc, char* argv[]);

namespace test {

// Ends the test case as one that cannot be checked here, and says why. An assertion that failed before stays a failure.
[[noreturn]] void skip(const std::string& reason);

}  // namespace test

}  // namespace nonzero
