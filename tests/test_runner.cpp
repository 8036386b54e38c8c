#define CATCH_CONFIG_RUNNER
#include "tests/test_runner.h"

#include <catch2/catch.hpp>

namespace nonzero {

int run_tests(int argc, char* argv[]) {
    return Catch::Session().run(argc, argv);
}

}  // namespace nonzero
