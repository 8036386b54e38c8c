#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <systemc>

#include "models/base/simulated_time.h"

namespace nonzero::test {

// What f reports about the end of simulated time; empty when it does not.
template <class F>
std::string end_of_time_report(F f) {
    try {
        f();
    } catch (const sc_core::sc_report& report) {
        CHECK(std::string(report.get_msg_type()) == kEndOfTime);
        return report.get_msg();
    }
    return {};
}

}  // namespace nonzero::test
