// Pooling inside the machines: random windows over random layers and PE grids against the reference, what travels
// between the PEs for it, and poolings that cannot be.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <optional>
#include <set>

#include "tests/common/error_of.h"
#include "tests/platforms/platform_bench.h"
#include "tests/platforms/random_processing.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Machine {
    std::string kind;
    int rows = 8;
    int columns = 8;
    Settings settings;
};

// A pooling that leaves something of a plane of P x Q; nullopt when none is found.
std::optional<Pooling> random_pooling(std::mt19937_64& random, const Layer& layer) {
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    for (int attempt = 0; attempt < 20; ++attempt) {
        Pooling pooling;
        pooling.kind = pick(0, 1) == 0 ? PoolKind::max : PoolKind::average;
        pooling.size = pick(0, 5) == 0 ? std::min(layer.P(), layer.Q()) : pick(1, 6);
        pooling.stride = pick(1, 5);
        pooling.pad_before = pick(0, std::min(15, pooling.size - 1));
        pooling.pad_after = pick(0, std::min(15, pooling.size - 1));
        if (pooling.outputs(layer.P()) > 0 && pooling.outputs(layer.Q()) > 0) {
            return pooling;
        }
    }
    return std::nullopt;
}

Operands pooled(const Operands& output, const Pooling& pooling) {
    return pool(output, pooling.kind, pooling.size, pooling.size, pooling.stride, pooling.stride,
                {pooling.pad_before, pooling.pad_before, pooling.pad_after, pooling.pad_after},
                pooling.outputs(int(output.shape[1])), pooling.outputs(int(output.shape[2])));
}

int part_of(int position, int n, int parts) {
    for (int part = 0; part < parts; ++part) {
        if (position < std::int64_t{part + 1} * n / parts) {
            return part;
        }
    }
    return -1;
}

struct Traffic {
    std::uint64_t packets = 0;
    std::uint64_t hops = 0;
};

// Every output to every other PE with a window that sees it, by brute force.
Traffic expected_traffic(const Layer& layer, const Pooling& pooling, const Machine& machine) {
    const int pooled_rows = pooling.outputs(layer.P());
    const int pooled_columns = pooling.outputs(layer.Q());
    Traffic traffic;
    for (int y = 0; y < layer.P(); ++y) {
        for (int x = 0; x < layer.Q(); ++x) {
            const int row = part_of(y, layer.P(), machine.rows);
            const int column = part_of(x, layer.Q(), machine.columns);
            std::set<std::pair<int, int>> users;
            for (int p = 0; p < pooled_rows; ++p) {
                for (int q = 0; q < pooled_columns; ++q) {
                    const int dy = y - (p * pooling.stride - pooling.pad_before);
                    const int dx = x - (q * pooling.stride - pooling.pad_before);
                    if (dy >= 0 && dy < pooling.size && dx >= 0 && dx < pooling.size) {
                        users.insert(
                            {part_of(p, pooled_rows, machine.rows), part_of(q, pooled_columns, machine.columns)});
                    }
                }
            }
            users.erase({row, column});
            for (const auto& [to_row, to_column] : users) {
                traffic.packets += std::uint64_t(layer.K);
                traffic.hops +=
                    std::uint64_t(layer.K) * std::uint64_t(std::abs(to_row - row) + std::abs(to_column - column));
            }
        }
    }
    return traffic;
}

// One layer with and without pooling; returns what is wrong.
std::string run_both(Standalone& bench, LayerJob job, const Operands& output, const Machine& machine) {
    const std::optional<Pooling> pooling = job.pooling;
    job.pooling.reset();
    const HostOutcome plain = run_afresh(bench, job);
    const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
    if (!plain.done || bench.lowering->decode_output(job, plain.output) != output) {
        return " without pooling;";
    }
    std::string text;
    if (sum("pool_mesh.packets") != 0 || sum("pool_mesh.exchanges") != 0) {
        text += " packets without pooling;";
    }
    const std::uint64_t counted[] = {sum("outputs"), sum("overflows"), sum("barrier"), sum("busy")};
    job.pooling = pooling;
    const Operands expected = pooled(output, *pooling);
    const HostOutcome outcome = run_afresh(bench, job);
    if (!outcome.done) {
        return fmt::format(" error {};", int(outcome.error));
    }
    if (bench.lowering->decode_output(job, outcome.output) != expected) {
        text += " values;";
    }
    if (outcome.output != bench.lowering->encode(job, expected)) {
        text += " bytes;";
    }
    if (machine.kind.starts_with("dcnn") && sum("outputs_stored") != expected.size()) {
        text += " stored;";
    }
    if (outcome.records.back().cycles != plain.records.back().cycles) {
        text += " cycles;";
    }
    const std::uint64_t again[] = {sum("outputs"), sum("overflows"), sum("barrier"), sum("busy")};
    if (!std::equal(std::begin(counted), std::end(counted), std::begin(again))) {
        text += " counters;";
    }
    const Traffic traffic = expected_traffic(*job.layer, *pooling, machine);
    if (sum("values_sent") != traffic.packets || sum("values_received") != traffic.packets ||
        sum("pool_mesh.packets") != traffic.packets || sum("pool_mesh.hops") != traffic.hops) {
        text += fmt::format(" traffic {} {} {} {}, expected {} {};", sum("values_sent"), sum("values_received"),
                            sum("pool_mesh.packets"), sum("pool_mesh.hops"), traffic.packets, traffic.hops);
    }
    return text;
}

void check_machine(const Machine& machine, std::uint64_t seed) {
    PlatformOptions options = with_settings(machine.settings);
    options.parameters.emplace_back("pe.rows", std::to_string(machine.rows));
    options.parameters.emplace_back("pe.columns", std::to_string(machine.columns));
    int compared = 0;
    std::uint64_t packets = 0;
    simulate(machine.kind, options, [&](Standalone& bench) {
        std::mt19937_64 random(seed);
        for (int n = 0; n < 60; ++n) {
            const RandomLayer test = random_convolution(random, n);
            const Psums sums = convolve(test.layer, test.input, test.weights);
            LayerJob job = job_of(test);
            job.post_processing = random_processing(random, sums, bench.lowering->accumulator_bits());
            job.pooling = random_pooling(random, test.layer);
            if (!job.pooling || test.layer.P() * test.layer.Q() == 1) {
                continue;
            }
            INFO("layer " << n);
            CHECK(run_both(bench, job, post_process(sums, *job.post_processing), machine) == "");
            ++compared;
            packets += bench.platform.statistic("pool_mesh.packets");
        }
    });
    CHECK(compared > 45);
    CHECK(packets > 1000);
}

struct FarCase {
    int plane;
    Pooling pooling;
};

// 12 channels of a 1x1 convolution.
RandomLayer pointwise(std::mt19937_64& random, int plane) {
    RandomLayer test;
    test.layer.name = "conv";
    test.layer.C = 3;
    test.layer.K = 12;
    test.layer.H = test.layer.W = plane;
    test.input = random_operands(random, test.layer.input_shape(), 0.6, 50);
    test.weights = random_operands(random, test.layer.weight_shape(), 0.8, 50);
    return test;
}

void check_networks(const std::string& kind) {
    // Global averages, the three of AlexNet, and Caffe's rounding up.
    const FarCase cases[] = {{13, {PoolKind::average, 13, 1, 0, 0}}, {7, {PoolKind::average, 7, 1, 0, 0}},
                             {55, {PoolKind::max, 3, 2, 0, 0}},      {27, {PoolKind::max, 3, 2, 0, 0}},
                             {13, {PoolKind::max, 3, 2, 0, 0}},      {14, {PoolKind::max, 3, 2, 0, 1}},
                             {28, {PoolKind::max, 2, 2, 0, 0}},      {14, {PoolKind::average, 5, 3, 0, 0}},
                             {28, {PoolKind::max, 3, 1, 1, 1}}};
    simulate(kind, {}, [&](Standalone& bench) {
        std::mt19937_64 random(3);
        for (const FarCase& far : cases) {
            const RandomLayer test = pointwise(random, far.plane);
            const Psums sums = convolve(test.layer, test.input, test.weights);
            LayerJob job = job_of(test);
            job.post_processing.emplace();
            job.post_processing->requantisation.assign(12, {1 << 30, 3});
            job.pooling = far.pooling;
            INFO("plane " << far.plane << ", windows of " << far.pooling.size);
            CHECK(run_both(bench, job, post_process(sums, *job.post_processing), {kind, 8, 8, {}}) == "");
        }
    });
}

// What lowering says of a pooling of 9 x 9 outputs.
std::string verdict(const Standalone& bench, LayerJob job, const std::optional<Pooling>& pooling) {
    job.pooling = pooling;
    return error_of([&] { bench.lowering->lower(job, Standalone::kBase); });
}

void check_refusals(const std::string& kind) {
    simulate(kind, {}, [&](Standalone& bench) {
        std::mt19937_64 random(5);
        const RandomLayer test = pointwise(random, 9);
        LayerJob job = job_of(test);
        job.post_processing.emplace();
        job.post_processing->requantisation.assign(12, {1 << 30, 3});
        const auto refused = [&](const Pooling& pooling, const char* part) {
            const std::string said = verdict(bench, job, pooling);
            CHECK_THAT(said, Catch::Contains("layer 'conv'") && Catch::Contains(part));
        };
        CHECK(verdict(bench, job, Pooling{PoolKind::max, 9, 255, 8, 8}) == "accepted");
        refused({PoolKind::max, 10, 1, 0, 0}, "do not fit outputs of 9x9");
        refused({PoolKind::max, 0, 1, 0, 0}, "size 0");
        refused({PoolKind::max, 256, 1, 0, 0}, "size 256");
        refused({PoolKind::max, 2, 0, 0, 0}, "stride 0");
        refused({PoolKind::max, 2, 256, 0, 0}, "stride 256");
        refused({PoolKind::max, 2, 1, 2, 0}, "padding 2 before");
        refused({PoolKind::max, 2, 1, 0, 2}, "2 after");
        refused({PoolKind::max, 2, 1, 0, -1}, "-1 after");
        refused({PoolKind::max, 20, 1, 16, 0}, "padding 16 before");
        LayerJob sums = job;
        sums.post_processing.reset();
        CHECK_THAT(verdict(bench, sums, Pooling{}),
                   Catch::Contains("layer 'conv'") && Catch::Contains("without pooling"));
        LayerJob counted = job;
        counted.count_only = true;
        CHECK_THAT(verdict(bench, counted, Pooling{}),
                   Catch::Contains("layer 'conv'") && Catch::Contains("without pooling"));

        RandomLayer neurons;
        neurons.layer.name = "fc";
        neurons.layer.kind = LayerKind::fully_connected;
        neurons.layer.C = 5;
        neurons.layer.K = 12;
        neurons.input = random_operands(random, neurons.layer.input_shape(), 1, 9);
        neurons.weights = random_operands(random, neurons.layer.weight_shape(), 1, 9);
        LayerJob line = job_of(neurons);
        line.post_processing = job.post_processing;
        CHECK(verdict(bench, line, std::nullopt) == "accepted");
        CHECK_THAT(verdict(bench, line, Pooling{PoolKind::max, 1, 1, 0, 0}), Catch::Contains("layer 'fc'"));

        // Descriptors that no lowering makes.
        job.pooling = Pooling{PoolKind::average, 3, 2, 1, 1};
        const MemoryImage image = bench.lowering->lower(job, Standalone::kBase);
        const auto fault = [&](const MemoryImage& given, auto change) {
            MemoryImage changed = given;
            unsigned char* const at = changed.segments.front().bytes.data() + NZ_DESCRIPTOR_SIZE;
            nz_descriptor descriptor;
            std::memcpy(&descriptor, at, sizeof descriptor);
            change(descriptor);
            std::memcpy(at, &descriptor, sizeof descriptor);
            return run_afresh(bench, changed).error;
        };
        CHECK(fault(image, [](nz_descriptor&) {}) == NZ_ERROR_NONE);
        CHECK(fault(image, [](nz_descriptor& d) { d.pool_kind = 3; }) == NZ_ERROR_POOL);
        CHECK(fault(image, [](nz_descriptor& d) { d.pool_size = 0; }) == NZ_ERROR_POOL);
        CHECK(fault(image, [](nz_descriptor& d) { d.pool_stride = 0; }) == NZ_ERROR_POOL);
        CHECK(fault(image, [](nz_descriptor& d) { d.pool_size = 12; }) == NZ_ERROR_POOL);
        CHECK(fault(image, [](nz_descriptor& d) { d.pool_pad = NZ_POOL_PAD(3, 0); }) == NZ_ERROR_POOL);
        CHECK(fault(image, [](nz_descriptor& d) { d.pool_pad = NZ_POOL_PAD(0, 3); }) == NZ_ERROR_POOL);
        CHECK(fault(image, [](nz_descriptor& d) { d.flags |= NZ_FLAG_COUNT_ONLY; }) == NZ_ERROR_POOL);
        CHECK(fault(bench.lowering->lower(sums, Standalone::kBase), [](nz_descriptor& d) {
                  d.pool_kind = NZ_POOL_MAX;
                  d.pool_size = d.pool_stride = 2;
              }) == NZ_ERROR_POOL);
        CHECK(fault(bench.lowering->lower(line, Standalone::kBase), [](nz_descriptor& d) {
                  d.pool_kind = NZ_POOL_MAX;
                  d.pool_size = d.pool_stride = 1;
              }) == NZ_ERROR_POOL);
        // The machine goes on.
        CHECK(bench.lowering->decode_output(job, run_afresh(bench, image).output) ==
              pooled(post_process(convolve(test.layer, test.input, test.weights), *job.post_processing), *job.pooling));
    });
}

}  // namespace

TEST_CASE("scnn pools as the reference does") {
    check_machine({"scnn", 8, 8, {}}, 61);
}
TEST_CASE("scnn pools as the reference does on a small machine without placeholders") {
    check_machine({"scnn", 3, 5, {{"pe.kc", "3"}, {"compression.placeholders", "false"}, {"accumulator.bits", "40"}}},
                  62);
}
TEST_CASE("scnn pools as the reference does with modelled memory") {
    check_machine({"scnn", 4, 7, {{"memory.timing", "modelled"}}}, 63);
}
TEST_CASE("scnn with dense activations pools as the reference does") {
    check_machine({"scnn_sparse_w", 8, 8, {}}, 66);
}
TEST_CASE("dcnn pools as the reference does") {
    check_machine({"dcnn", 8, 8, {}}, 64);
}
TEST_CASE("dcnn_opt pools as the reference does on a small machine") {
    check_machine({"dcnn_opt", 5, 2, {{"pe.kc", "3"}}}, 65);
}

TEST_CASE("scnn pools over the whole plane and as the networks do") {
    check_networks("scnn");
}
TEST_CASE("dcnn pools over the whole plane and as the networks do") {
    check_networks("dcnn");
}
TEST_CASE("dcnn_opt pools over the whole plane and as the networks do") {
    check_networks("dcnn_opt");
}

TEST_CASE("poolings that scnn cannot do are refused") {
    check_refusals("scnn");
}
TEST_CASE("poolings that dcnn cannot do are refused") {
    check_refusals("dcnn");
}
