// Test cases that end in every way a skip can meet; skip_test.cmake runs each and looks at the exit status.

#include <catch2/catch.hpp>

#include "tests/models/common/script.h"
#include "tests/test_runner.h"

using nonzero::Script;
using nonzero::test::skip;

TEST_CASE("skips") {
    skip("nothing is here");
}

TEST_CASE("passes, then skips") {
    CHECK(true);
    skip("nothing is here");
}

TEST_CASE("fails, then skips") {
    CHECK(false);
    skip("nothing is here");
}

TEST_CASE("skips in a section, fails in another") {
    SECTION("one") {
        skip("nothing is here");
    }
    SECTION("other") {
        CHECK(false);
    }
}

TEST_CASE("skips in a simulation") {
    Script::simulate([] { skip("nothing is here"); });
}

TEST_CASE("fails and skips in a simulation") {
    Script::simulate([] {
        CHECK(false);
        skip("nothing is here");
    });
}

TEST_CASE("skips behind a simulation") {
    Script::simulate([] { sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS)); });
    skip("nothing is here");
}

TEST_CASE("fails as often as the status of a skip says") {
    for (int n = 0; n < nonzero::kSkipped; ++n) {
        CHECK(n < 0);
    }
}

TEST_CASE("asserts nothing") {}
