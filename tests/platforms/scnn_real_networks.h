#pragma once
// Real networks through SCNN and its one-sided relatives.

#include <catch2/catch.hpp>

#include "tests/platforms/real_networks.h"

namespace nonzero::test {

template <class Each>
void run_scnn_network(const std::string& kind, const std::string& name, const Settings& settings, Each each) {
    run_real_network(kind, name, settings, [&](Standalone& bench, const RealLayer& real, const HostOutcome& outcome) {
        CHECK(bench.platform.statistic_sum("products_useful") == real.photos.front().nz_macs);
        each(bench, real, outcome);
    });
}

}  // namespace nonzero::test
