// The waves of SparTen: the integral of each cluster's is its counter.

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
    const TemporaryDirectory directory;
    PlatformOptions options = with_settings({{"clusters", "3"}, {"units", "4"}});
    options.vcd_file = directory.file("waves.vcd");
    std::vector<std::uint64_t> cycles;
    std::uint64_t all = 0;
    simulate("sparten", options, [&](Standalone& bench) {
        all = run_afresh(bench, job_of(layer)).records.back().cycles;
        for (int cluster = 0; cluster < 3; ++cluster) {
            cycles.push_back(bench.platform.statistic("cluster_" + std::to_string(cluster) + ".cycles"));
        }
        bench.platform.finish_traces();
    });
    const VcdFile vcd(directory.file("waves.vcd"));
    CHECK(all > 0);
    CHECK(*std::max_element(cycles.begin(), cycles.end()) == all);
    for (std::size_t cluster = 0; cluster < cycles.size(); ++cluster) {
        INFO("cluster " << cluster);
        const VcdSignal& busy = vcd.signal("bench_platform.sequencer.cluster_" + std::to_string(cluster));
        CHECK_FALSE(busy.unknown);
        CHECK(busy.integral(0, vcd.end()) == cycles[cluster] * 1000 * 1000 / vcd.unit_femtoseconds());
    }
}

}  // namespace

TEST_CASE("SparTen: the waves of a convolution are the clusters' cycles") {
    check_waves({square_convolution("small", 4, 14, 9, 3), {}, {}}, 5);
}
TEST_CASE("SparTen: the waves of a fully connected layer are the clusters' cycles") {
    RandomLayer layer;
    layer.layer.kind = LayerKind::fully_connected;
    layer.layer.C = 300;
    layer.layer.K = 40;
    check_waves(layer, 6);
}
