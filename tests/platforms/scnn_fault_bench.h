#pragma once
// Two machines in one simulation, one of them with a fault in a message between two of its blocks, and everything that
// notices it: the comparison of values and the checks of conservation.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <functional>

#include "tests/platforms/scnn_test_support.h"
#include "workloads/error.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace nonzero::test {

enum class Output { raw64, compressed };

// Partial sums cross PEs, several groups, every output channel has its own bias.
struct Work {
    explicit Work(Output output) {
        test.layer.name = "work";
        test.layer.C = 6;
        test.layer.K = 20;
        test.layer.H = test.layer.W = 16;
        test.layer.KH = test.layer.KW = 3;
        test.layer.pad = {1, 1, 1, 1};
        std::mt19937_64 random(12);
        test.input = random_operands(random, test.layer.input_shape(), 0.7, 100);
        test.weights = random_operands(random, test.layer.weight_shape(), 0.6, 100);
        job = job_of(test);
        if (output == Output::compressed) {
            job.post_processing.emplace();
            job.post_processing->relu = false;
            for (int k = 0; k < test.layer.K; ++k) {
                job.post_processing->requantisation.push_back({1 << 30, 1});
                job.post_processing->bias.push_back(1000 * k);
            }
        }
    }
    RandomLayer test;
    LayerJob job;
};

// Everything that is wrong with a finished layer.
inline std::string complaints_about(const Standalone& bench, const Work& work, const HostOutcome& outcome) {
    std::string text;
    const auto expect = [&](bool holds, const std::string& what) { text += holds ? "" : what + "; "; };
    if (!outcome.done) {
        return fmt::format("error {}", int(outcome.error));
    }
    const Psums sums = convolve(work.test.layer, work.test.input, work.test.weights);
    try {
        if (work.job.post_processing) {
            const Operands expected = post_process(sums, *work.job.post_processing);
            expect(bench.lowering->decode_output(work.job, outcome.output) == expected, "values");
            expect(bench.lowering->encode(work.job, expected) == outcome.output, "bytes");
        } else {
            expect(bench.lowering->decode_sums(work.job, outcome.output) == sums, "values");
        }
    } catch (const InputError& error) {
        text += error.what();
    }
    const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
    expect(sum("products_kept") == useful_products(work.test.layer, work.test.input, work.test.weights), "useful");
    expect(sum("products") == sum("products_kept") + sum("products_dropped"), "products");
    expect(attributed_cycles(bench) == 64 * outcome.records.back().cycles, "cycles");
    expect(attributed_lanes(bench.platform) == 16 * slots(bench.platform), "lanes");
    expect(sum("psums_sent") == sum("psums_received"), "packets");
    expect(sum("outputs") == sums.size(), "outputs");
    return text;
}

template <class Message>
StreamInitiator<Message>& find_stream(const std::string& name) {
    auto* const socket = dynamic_cast<StreamInitiator<Message>*>(sc_core::sc_find_object(name.c_str()));
    REQUIRE(socket != nullptr);
    return *socket;
}

// The same layer twice, so that what an earlier layer leaves behind shows.
inline std::string complaints_twice(Standalone& bench, const Work& work) {
    const std::string first = complaints_about(bench, work, run_afresh(bench, work.job));
    return first + complaints_about(bench, work, run_afresh(bench, work.job));
}

// Runs a healthy machine and one with the fault. flip changes a message and returns true, once, when it has found what
// it looks for.
template <class Message>
void check_fault(const std::string& socket, Output output, const std::function<bool(Message&)>& flip) {
    const Work work(output);
    std::string healthy = "did not run";
    std::string faulty = "did not run";
    bool flipped = false;
    const PlatformOptions options = with_settings({{"accumulator.bits", "40"}});
    std::unique_ptr<Standalone> good;
    std::unique_ptr<Standalone> bad;
    good = std::make_unique<Standalone>(
        "good", "scnn", options, [&](Host&) { healthy = complaints_about(*good, work, run_afresh(*good, work.job)); });
    bad = std::make_unique<Standalone>("bad", "scnn", options, [&](Host&) {
        sc_core::wait(sc_core::sc_time(10, sc_core::SC_MS));  // the other one is done
        faulty = complaints_twice(*bad, work);
    });
    find_stream<Message>("bad_platform." + socket).set_probe([&](Message& message) {
        if (!flipped) {
            flipped = flip(message);
        }
    });
    try {
        sc_core::sc_start();
        good->check();
        bad->check();
    } catch (const std::exception& error) {
        faulty = error.what();  // a block noticed it
    }
    CHECK(healthy.empty());
    CHECK(flipped);
    INFO(faulty);
    CHECK_FALSE(faulty.empty());
    CHECK(faulty != "did not run");
}

}  // namespace nonzero::test
