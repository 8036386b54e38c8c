// The one main program of all tests: SystemC's main() calls sc_main(), which hands over to Catch2.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <systemc>

int sc_main(int argc, char* argv[]) {
    return Catch::Session().run(argc, argv);
}
