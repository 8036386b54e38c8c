// memory.timing: what weights cost when their traffic takes time, to the cycle, and what traffic is counted.

#include <catch2/catch.hpp>

#include "tests/oracles/scnn_oracle.h"
#include "tests/platforms/scnn_test_support.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// Several machines that differ in their options, each with the same layers, in one simulation.
struct Result {
    std::uint64_t cycles = 0;
    std::uint64_t memory = 0;  // PE-cycles
    std::uint64_t halo_finalise = 0;
    std::uint64_t read_bytes = 0;
    std::uint64_t write_bytes = 0;
    std::vector<std::uint8_t> output;
};
Result result_of(Standalone& bench, const HostOutcome& outcome) {
    REQUIRE(outcome.done);
    Result result;
    result.cycles = outcome.records.back().cycles;
    result.memory = bench.platform.statistic_sum("memory");
    result.halo_finalise = bench.platform.statistic_sum("halo_finalise");
    result.read_bytes = bench.platform.statistic("dma_engine.read_bytes");
    result.write_bytes = bench.platform.statistic("dma_engine.write_bytes");
    result.output = outcome.output;
    CHECK(bench.host.read_counter(NZ_REG_DMA_READ_BYTES_LO) == result.read_bytes);
    CHECK(bench.host.read_counter(NZ_REG_DMA_WRITE_BYTES_LO) == result.write_bytes);
    return result;
}

struct Machine {
    Settings settings;
    DramParameters dram = Standalone::default_dram();
};

// Every layer on every machine, all in one simulation: [machine][layer].
std::vector<std::vector<Result>> run_together(const std::vector<Machine>& settings,
                                              const std::vector<RandomLayer>& tests) {
    Machines machines;
    std::vector<std::vector<Result>> results(settings.size());
    for (std::size_t n = 0; n < settings.size(); ++n) {
        const auto script = [&, n](Standalone& bench) {
            for (const RandomLayer& test : tests) {
                results[n].push_back(result_of(bench, run_afresh(bench, job_of(test))));
            }
        };
        machines.add("machine" + std::to_string(n), "scnn", with_settings(settings[n].settings), script,
                     settings[n].dram);
    }
    machines.run();
    return results;
}
std::vector<Result> run_together(const std::vector<Machine>& settings, const RandomLayer& test) {
    std::vector<Result> results;
    for (const std::vector<Result>& of_machine : run_together(settings, std::vector<RandomLayer>{test})) {
        results.push_back(of_machine.front());
    }
    return results;
}

DramParameters dram_of(double bytes_per_ns, double latency_ns) {
    DramParameters dram = Standalone::default_dram();
    dram.bytes_per_ns = bytes_per_ns;
    dram.latency = sc_core::sc_time(latency_ns, sc_core::SC_NS);
    return dram;
}

Settings modelled(Settings more = {}) {
    more.emplace_back("memory.timing", "modelled");
    return more;
}

// Many input channels on a small plane: groups compute for longer than they drain.
RandomLayer deep_layer() {
    RandomLayer test;
    test.layer.name = "deep";
    test.layer.C = 96;
    test.layer.K = 40;
    test.layer.H = test.layer.W = 16;
    std::mt19937_64 random(4);
    test.input = random_operands(random, test.layer.input_shape(), 0.6, 1000);
    test.weights = random_operands(random, test.layer.weight_shape(), 0.5, 1000);
    return test;
}

std::uint64_t segment_bytes(const MemoryImage& image, const std::string& name) {
    for (const MemorySegment& segment : image.segments) {
        if (segment.name == name) {
            return segment.bytes.size();
        }
    }
    return 0;
}

}  // namespace

TEST_CASE("with a very slow memory the layer is its weight traffic") {
    const RandomLayer test = deep_layer();
    // 10 cycles per byte and no latency: the channel never rests.
    const auto results = run_together({{}, {modelled(), dram_of(0.1, 0)}}, test);
    const Result& ideal = results[0];
    const Result& slow = results[1];
    CHECK(slow.output == ideal.output);
    CHECK(ideal.memory == 0);
    CHECK(slow.cycles > 3 * ideal.cycles);
    // Only the last drain shows in both, so memory explains the difference alone.
    CHECK(slow.halo_finalise == ideal.halo_finalise);
    CHECK(slow.memory == 64 * (slow.cycles - ideal.cycles));
    // Every group's weights come one after the other; then the last group computes and drains.
    const auto expected = oracle::simulate_scnn(test.layer, test.input, test.weights, {});
    const oracle::ScnnGroups& groups = expected.groups;
    CHECK(ideal.cycles == expected.layer_cycles);
    const auto lowering = find_platform("scnn").make_lowering(*make_parameters(find_platform("scnn"), {}, {}));
    const MemoryImage image = lowering->lower(job_of(test), Standalone::kBase);
    const std::uint64_t last = groups.compute_end.back() - groups.start.back();
    CHECK(slow.cycles == 10 * segment_bytes(image, "weights") + last + groups.exchange.back() + groups.finalise.back());
}

TEST_CASE("memory time is counted to the cycle on random layers") {
    std::mt19937_64 random(77);
    std::vector<RandomLayer> tests(40);
    for (std::size_t n = 0; n < tests.size(); ++n) {
        tests[n] = random_convolution(random, int(n));
    }
    const std::vector<Machine> machines{
        {}, {modelled()}, {modelled(), dram_of(2.0, 250)}, {modelled({{"dma.protocol", "at"}}), dram_of(2.0, 250)}};
    const auto results = run_together(machines, tests);
    std::uint64_t waited = 0;
    for (std::size_t n = 0; n < tests.size(); ++n) {
        INFO("layer " << n);
        const Result& ideal = results[0][n];
        for (std::size_t m = 1; m < machines.size(); ++m) {
            const Result& timed = results[m][n];
            CHECK(timed.output == ideal.output);
            CHECK(timed.cycles >= ideal.cycles);
            // Computing takes the same; what is added is memory, less the drains that it hides.
            CHECK(64 * timed.cycles - timed.memory - timed.halo_finalise == 64 * ideal.cycles - ideal.halo_finalise);
            CHECK(timed.halo_finalise <= ideal.halo_finalise);
            CHECK(timed.read_bytes == ideal.read_bytes);
            CHECK(timed.write_bytes == ideal.write_bytes);
        }
        CHECK(results[2][n].cycles >= results[1][n].cycles);
        // Both protocols time alike.
        CHECK(results[3][n].cycles == results[2][n].cycles);
        CHECK(results[3][n].memory == results[2][n].memory);
        waited += results[2][n].memory > 0 ? 1 : 0;
    }
    CHECK(waited > 20);
}

TEST_CASE("all traffic is counted") {
    const RandomLayer test = deep_layer();
    LayerJob job = job_of(test);
    simulate(with_settings({}), [&](Standalone& bench) {
        for (const bool compressed : {false, true}) {
            if (compressed) {
                job.post_processing.emplace();
                job.post_processing->requantisation.assign(40, {});
                job.post_processing->bias.assign(40, -5);
            }
            const MemoryImage image = bench.lowering->lower(job, Standalone::kBase);
            std::uint64_t bytes = 0;
            for (const MemorySegment& segment : image.segments) {
                bytes += segment.bytes.size();
            }
            const HostOutcome outcome = run_afresh(bench, image);
            REQUIRE(outcome.done);
            // Everything of the image is read once.
            CHECK(bench.platform.statistic("dma_engine.read_bytes") == bytes);
            CHECK(bench.platform.statistic("dma_engine.write_bytes") ==
                  outcome.output.size() + 2 * sizeof(nz_status_record));
            CHECK(outcome.records[0].cycles > 0);  // set-up, outside of the layer
            CHECK(bench.platform.statistic("sequencer.setup_cycles") >= outcome.records[0].cycles);
            // On-chip memories: every image is written once.
            std::uint64_t iaram = 0;
            std::uint64_t oaram = 0;
            for (int pe = 0; pe < 64; ++pe) {
                const std::string place = std::to_string(pe / 8) + "_" + std::to_string(pe % 8);
                iaram += bench.platform.statistic("iaram_" + place + ".write_bytes");
                oaram += bench.platform.statistic("oaram_" + place + ".write_bytes");
            }
            CHECK(iaram == segment_bytes(image, "input"));
            if (compressed) {
                // There the channels of each of five groups are a series of their own: a width and an end more each,
                // and counts no wider than the group's.
                const auto stored = double(outcome.output.size() - 64 * sizeof(nz_block));
                CHECK(double(oaram) == Approx(stored).margin(64 * 5 * 2));
            } else {
                CHECK(oaram == outcome.output.size());
            }
        }
    });
}

TEST_CASE("cycles do not depend on the clock's period with ideal memory") {
    const RandomLayer test = deep_layer();
    const auto results = run_together({{}, {{{"clock.period_ps", "1250"}}}, {{{"clock.period_ps", "700"}}}}, test);
    CHECK(results[1].cycles == results[0].cycles);
    CHECK(results[2].cycles == results[0].cycles);
}
