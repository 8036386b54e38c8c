// The one main program of all tests: SystemC's main() calls sc_main(), which hands over to Catch2.
#include "tests/test_runner.h"

int sc_main(int argc, char* argv[]) {
    return nonzero::run_tests(argc, argv);
}
