#pragma once
// A layer for SCNN with a fault in one of its messages, and everything that notices it: the comparison of values and
// the checks of conservation.

#include <fmt/format.h>

#include "tests/platforms/fault_bench.h"
#include "tests/platforms/scnn_test_support.h"
#include "workloads/error.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace nonzero::test {

enum class Output { raw64, compressed };

// Partial sums cross PEs, several groups, every output channel has its own bias.
struct Work {
    explicit Work(Output output) {
        test.layer = square_convolution("work", 6, 20, 16, 3);
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
void check_fault(const std::string& socket, Output output, const std::function<bool(Message&)>& flip) {
    const Work work(output);
    check_message_fault<Message>(
        "scnn", with_settings({{"accumulator.bits", "40"}}), socket, flip, [&](Standalone& bench) {
            // Twice, so that what an earlier layer leaves behind shows.
            const std::string first = complaints_about(bench, work, run_afresh(bench, work.job));
            return first + complaints_about(bench, work, run_afresh(bench, work.job));
        });
}

}  // namespace nonzero::test
