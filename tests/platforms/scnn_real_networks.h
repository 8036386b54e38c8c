#pragma once
// Real networks through SCNN and its one-sided relatives.

#include <catch2/catch.hpp>
#include <string>

#include "tests/platforms/real_networks.h"

namespace nonzero::test {

template <class Each>
void run_scnn_network(const std::string& kind, const std::string& name, const Settings& settings, Each each) {
    run_real_network(kind, name, settings,
                     [&](const RealLayer& real, const Platform& platform, const LayerResult& result) {
                         CHECK(platform.statistic_sum("products_useful") == real.photos.front().nz_macs);
                         each(real, platform, result);
                     });
}

}  // namespace nonzero::test
