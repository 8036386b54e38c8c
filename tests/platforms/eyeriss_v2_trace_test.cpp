// The waves of Eyeriss v2: the integral of each cluster's is its counter.

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/common/temporary_directory.h"
#include "tests/common/vcd_reader.h"
#include "tests/platforms/platform_bench.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

void check_waves(RandomLayer layer, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    layer.input = random_operands(random, layer.layer.input_shape(), 0.6, 100);
    layer.weights = random_operands(random, layer.layer.weight_shape(), 0.6, 100);
    const std::vector<std::string> clusters{"cluster_0_0", "cluster_0_1", "cluster_1_0", "cluster_1_1"};
    const TemporaryDirectory directory;
    PlatformOptions options = with_settings({{"clusters.rows", "2"}, {"pe.filters", "8"}, {"clock.period_ps", "1000"}});
    options.vcd_file = directory.file("waves.vcd");
    std::vector<std::uint64_t> cycles;
    std::uint64_t all = 0;
    std::uint64_t fill = 0;
    simulate("eyeriss_v2", options, [&](Standalone& bench) {
        all = run_afresh(bench, job_of(layer)).records.back().cycles;
        for (const std::string& cluster : clusters) {
            cycles.push_back(bench.platform.statistic(cluster + ".cycles"));
        }
        fill = 7 * bench.platform.statistic("sequencer.passes");
        bench.platform.finish_traces();
    });
    const VcdFile vcd(directory.file("waves.vcd"));
    CHECK(*std::max_element(cycles.begin(), cycles.end()) + fill <= all);
    for (std::size_t n = 0; n < clusters.size(); ++n) {
        INFO(clusters[n]);
        CHECK(cycles[n] > 0);
        const VcdSignal& busy = vcd.signal("bench_platform.sequencer." + clusters[n]);
        CHECK_FALSE(busy.unknown);
        CHECK(busy.integral(0, vcd.end()) == cycles[n] * 1000 * 1000 / vcd.unit_femtoseconds());
    }
}

}  // namespace

TEST_CASE("Eyeriss v2: the waves of a convolution are the clusters' cycles") {
    check_waves({square_convolution("small", 12, 14, 9, 3), {}, {}}, 5);
}
TEST_CASE("Eyeriss v2: the waves of a fully connected layer are the clusters' cycles") {
    RandomLayer layer;
    layer.layer.kind = LayerKind::fully_connected;
    layer.layer.C = 300;
    layer.layer.K = 40;
    check_waves(layer, 6);
}
