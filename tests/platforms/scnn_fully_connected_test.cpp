// Fully connected layers beyond the comparison with the oracle (scnn_property_test): utilisation, formats, weights of
// each PE's own, time of their traffic, what is refused.

#include <catch2/catch.hpp>
#include <cstring>
#include <map>

#include "models/scnn/messages.h"
#include "tests/platforms/scnn_test_support.h"
#include "workloads/error.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

RandomLayer neurons(int inputs, int outputs, double input_density, double weight_density) {
    RandomLayer test;
    test.layer.name = "fc";
    test.layer.kind = LayerKind::fully_connected;
    test.layer.C = inputs;
    test.layer.K = outputs;
    std::mt19937_64 random(5);
    test.input = random_operands(random, test.layer.input_shape(), input_density, 200);
    test.weights = random_operands(random, test.layer.weight_shape(), weight_density, 200);
    return test;
}

std::map<std::uint64_t, std::uint64_t> only_histogram(const Platform& platform) {
    std::vector<std::map<std::uint64_t, std::uint64_t>> all;
    for (const BlockStatistics& block : platform.statistics()) {
        for (const auto& histogram : block.histograms) {
            for (const auto& instance : histogram.instances) {
                all.push_back(instance.value);
            }
        }
    }
    REQUIRE(all.size() == 1);
    REQUIRE_FALSE(all.front().empty());
    return all.front();
}

// Without an accidental zero.
RandomLayer dense_neurons(int inputs, int outputs) {
    RandomLayer test = neurons(inputs, outputs, 1.0, 1.0);
    for (Operands* operands : {&test.input, &test.weights}) {
        for (std::int16_t& value : operands->data) {
            value = value == 0 ? std::int16_t(1) : value;
        }
    }
    return test;
}

const std::vector<std::uint8_t>& segment(const MemoryImage& image, const std::string& name) {
    for (const MemorySegment& candidate : image.segments) {
        if (candidate.name == name) {
            return candidate.bytes;
        }
    }
    throw std::logic_error("no segment " + name);
}

}  // namespace

TEST_CASE("a dense fully connected layer uses exactly a quarter of the multipliers") {  // scnn_facts.md 7 V13
    const RandomLayer test = dense_neurons(100, 64 * 16);
    simulate(with_settings({{"accumulator.bits", "40"}}), [&](Standalone& bench) {
        const HostOutcome outcome = run_afresh(bench, job_of(test));
        REQUIRE(outcome.done);
        CHECK(bench.lowering->decode_sums(job_of(test), outcome.output) ==
              convolve(test.layer, test.input, test.weights));
        CHECK(4 * bench.platform.statistic_sum("products_kept") == attributed_lanes(bench.platform));
        CHECK(attributed_lanes(bench.platform) == 16 * slots(bench.platform));
        CHECK(bench.platform.statistic_sum("lanes_partial_weight") == 0);
        // Two groups of eight neurons in every PE: two vectors per input, and nothing waits.
        CHECK(bench.platform.statistic_sum("barrier") == 0);
        CHECK(bench.platform.statistic("sequencer.groups") == 2);
        CHECK(bench.platform.statistic("sequencer.computing") ==
              2 * 100 * 2 + bench.platform.statistic("pe_0_0.bank_drain"));
        CHECK(outcome.records.back().cycles == bench.platform.statistic("sequencer.computing") + 8);
    });
}

TEST_CASE("the output of a fully connected layer is the input of the next") {
    RandomLayer first = neurons(70, 150, 0.5, 0.4);
    RandomLayer second = neurons(150, 33, 1.0, 0.4);
    LayerJob first_job = job_of(first);
    first_job.post_processing.emplace();
    first_job.post_processing->requantisation.assign(150, {1 << 30, 5});
    second.input = post_process(convolve(first.layer, first.input, first.weights), *first_job.post_processing);
    simulate({}, [&](Standalone& bench) {
        const MemoryImage one = bench.lowering->lower(first_job, Standalone::kBase);
        const HostOutcome produced = run_afresh(bench, one);
        REQUIRE(produced.done);
        CHECK(bench.lowering->decode_output(first_job, produced.output) == second.input);
        CHECK(produced.output == bench.lowering->encode(first_job, second.input));
        MemoryImage two = bench.lowering->lower(job_of(second), one.end);
        feed_output(two, one, produced);
        const HostOutcome outcome = run_afresh(bench, two);
        REQUIRE(outcome.done);
        CHECK(bench.lowering->decode_sums(job_of(second), outcome.output) ==
              convolve(second.layer, second.input, second.weights));
    });
}

TEST_CASE("a plane is flattened to the inputs of a fully connected layer") {
    RandomLayer test = neurons(3 * 4 * 5, 20, 0.6, 0.6);
    test.input.shape = {3, 4, 5};
    simulate({}, [&](Standalone& bench) {
        const HostOutcome outcome = run_afresh(bench, job_of(test));
        REQUIRE(outcome.done);
        CHECK(bench.lowering->decode_sums(job_of(test), outcome.output) ==
              convolve(test.layer, test.input, test.weights));
        test.input.shape = {3, 4, 4};
        test.input.data.resize(48);
        CHECK_THROWS_AS(bench.lowering->lower(job_of(test), Standalone::kBase), InputError);
    });
}

TEST_CASE("every PE gets its own weights, and all inputs") {
    const RandomLayer test = neurons(90, 64 * 9 + 10, 0.5, 0.3);
    simulate({}, [&](Standalone& bench) {
        std::vector<std::uint64_t> before;
        const auto traffic = [](int pe) {
            auto* const socket = dynamic_cast<StreamInitiator<scnn::WeightBlocks>*>(
                sc_core::sc_find_object(("bench_platform.sequencer.weights_" + std::to_string(pe)).c_str()));
            REQUIRE(socket != nullptr);
            return socket->traffic().bytes;
        };
        const MemoryImage image = bench.lowering->lower(job_of(test), Standalone::kBase);
        REQUIRE(run_afresh(bench, image).done);
        std::vector<nz_block> table(2 * 64);
        REQUIRE(segment(image, "weight_index").size() == table.size() * sizeof(nz_block));
        std::memcpy(table.data(), segment(image, "weight_index").data(), table.size() * sizeof(nz_block));
        std::uint64_t total = 0;
        for (int pe = 0; pe < 64; ++pe) {
            CHECK(traffic(pe) == table[std::size_t(pe)].size + table[std::size_t(64 + pe)].size);
            total += traffic(pe);
            CHECK(bench.platform.statistic("iaram_" + std::to_string(pe / 8) + "_" + std::to_string(pe % 8) +
                                           ".write_bytes") == segment(image, "input").size());
        }
        CHECK(total == segment(image, "weights").size());
        CHECK(bench.platform.statistic("sequencer.weight_broadcast_bytes") == total);
    });
}

TEST_CASE("with a slow memory a fully connected layer is its weight traffic") {
    const RandomLayer test = neurons(200, 64 * 24, 0.5, 0.3);
    DramParameters dram = Standalone::default_dram();
    dram.bytes_per_ns = 0.5;
    dram.latency = sc_core::SC_ZERO_TIME;
    simulate(
        with_settings({{"memory.timing", "modelled"}, {"crossbar.queue_infinite", "true"}}),
        [&](Standalone& bench) {
            const MemoryImage image = bench.lowering->lower(job_of(test), Standalone::kBase);
            const HostOutcome outcome = run_afresh(bench, image);
            REQUIRE(outcome.done);
            CHECK(bench.lowering->decode_sums(job_of(test), outcome.output) ==
                  convolve(test.layer, test.input, test.weights));
            // Then the last of three groups computes and its eight neurons are finalised.
            const std::map<std::uint64_t, std::uint64_t> group_cycles = only_histogram(bench.platform);
            const std::uint64_t fastest = group_cycles.begin()->first;
            const std::uint64_t slowest = group_cycles.rbegin()->first;
            const std::uint64_t traffic = 2 * segment(image, "weights").size();
            CHECK(outcome.records.back().cycles >= traffic + fastest + 8);
            CHECK(outcome.records.back().cycles <= traffic + slowest + 8);
            CHECK(attributed_cycles(bench) == 64 * outcome.records.back().cycles);
            CHECK(bench.platform.statistic_sum("memory") > 64 * traffic / 2);
        },
        dram);
}

TEST_CASE("what is no fully connected layer of this machine is refused") {
    const RandomLayer test = neurons(12, 8, 1.0, 1.0);
    simulate({}, [&](Standalone& bench) {
        const MemoryImage good = bench.lowering->lower(job_of(test), Standalone::kBase);
        const auto refusal_of = [&](const std::function<void(nz_descriptor&)>& change, std::size_t number) {
            MemoryImage image = good;
            nz_descriptor descriptor = read_descriptor(good, number);
            change(descriptor);
            write_descriptor(image, number, descriptor);
            const HostOutcome outcome = bench.host.run(image);
            return outcome.done ? NZ_ERROR_NONE : outcome.error;
        };
        CHECK(read_descriptor(good, 1).opcode == NZ_OP_FULLY_CONNECTED);
        CHECK(refusal_of([](nz_descriptor&) {}, 1) == NZ_ERROR_NONE);
        CHECK(refusal_of([](nz_descriptor& d) { d.groups = 2; }, 1) == NZ_ERROR_GROUPS);
        // A kernel over the whole plane: not flattened.
        CHECK(refusal_of([](nz_descriptor& d) { d.c = 3, d.h = d.r = 2, d.w = d.s = 2; }, 1) == NZ_ERROR_SHAPE);
        // The same by the opcode of a convolution.
        CHECK(refusal_of([](nz_descriptor& d) { d.opcode = NZ_OP_CONV; }, 1) == NZ_ERROR_NONE);
        // A grouped convolution is cut over the plane: it needs another LOAD.
        CHECK(refusal_of([](nz_descriptor& d) { d.opcode = NZ_OP_CONV, d.groups = 2; }, 1) == NZ_ERROR_NOT_RESIDENT);
        CHECK(refusal_of([](nz_descriptor& d) { d.c = 6; }, 0) == NZ_ERROR_DATA);
        CHECK(refusal_of([](nz_descriptor& d) { d.block_index.size -= 8; }, 1) == NZ_ERROR_REGION);
    });
}

TEST_CASE("more inputs than the machine counts are refused by name") {
    Layer wide = neurons(12, 8, 1.0, 1.0).layer;
    wide.C = 1 << 17;
    const PlatformKind& kind = find_platform("scnn");
    CHECK_THROWS_WITH(kind.make_lowering(*make_parameters(kind, {}, {}))->check(wide), Catch::Contains("'fc'"));
}
