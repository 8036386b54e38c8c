// Speed of SCNN on AlexNet conv3 at the published densities: the bare kernel on the same non-zeros, the platform, and
// the whole command as its users type it, data and checks included. Closes with the ratios of the medians; exit status
// 1 when values or cycles are wrong. Takes Google Benchmark's options.

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <systemc>
#include <vector>

#include "bench/bare_kernel.h"
#include "platforms/script.h"
#include "platforms/standalone.h"
#include "workloads/network.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace {

using namespace nonzero;

constexpr int kRepetitions = 7;

struct Workload {
    Layer layer;
    Operands input;
    Operands weights;
};

Workload alexnet_conv3() {
    const Network network = load_network("alexnet");
    Workload workload;
    workload.layer = *network.find("conv3");
    workload.input =
        generate_activations(workload.layer, *workload.layer.activation_density, SparsityPattern::uniform, 1);
    workload.weights = generate_weights(workload.layer, *workload.layer.weight_density, SparsityPattern::uniform, 1);
    return workload;
}

// Prints as usual and keeps the median CPU time of each benchmark.
class KeepingReporter : public benchmark::ConsoleReporter {
  public:
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (run.run_type == Run::RT_Aggregate && run.aggregate_name == "median") {
                milliseconds_[run.run_name.function_name] = run.GetAdjustedCPUTime();
            }
        }
        ConsoleReporter::ReportRuns(runs);
    }
    // Seconds; 0 when the benchmark was left out.
    double median(const std::string& name) { return milliseconds_[name] * 1e-3; }

  private:
    std::map<std::string, double> milliseconds_;
};

// CPU seconds of the whole command, the median of kRepetitions runs; 0 where it cannot be run.
double whole_command() {
    std::array<const char*, 8> arguments{NONZERO_COMMAND, "run",      "scnn",  "--network",
                                         "alexnet",       "--layers", "conv3", nullptr};
    std::array<double, kRepetitions> seconds{};
    for (double& run : seconds) {
        posix_spawn_file_actions_t quiet;
        posix_spawn_file_actions_init(&quiet);
        posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
        pid_t child = 0;
        const bool spawned = posix_spawn(&child, arguments[0], &quiet, nullptr,
                                         const_cast<char* const*>(arguments.data()), environ) == 0;
        posix_spawn_file_actions_destroy(&quiet);
        int status = 0;
        rusage usage{};
        if (!spawned || wait4(child, &status, 0, &usage) != child || status != 0) {
            return 0;
        }
        const auto in_seconds = [](const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) * 1e-6; };
        run = in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
    }
    std::nth_element(seconds.begin(), seconds.begin() + kRepetitions / 2, seconds.end());
    return seconds[kRepetitions / 2];
}

}  // namespace

int sc_main(int argc, char* argv[]) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 2;
    }
    const Workload workload = alexnet_conv3();
    bench::BareKernel bare(workload.layer, workload.input, workload.weights, 8, 8);
    const std::uint64_t products = bare.run();
    const Psums expected = convolve(workload.layer, workload.input, workload.weights);

    PlatformOptions options;
    options.parameters = {{"accumulator.bits", "48"}};
    Standalone machine("bench", "scnn", options);
    Host& host = machine.host;
    KeepingReporter reporter;
    bool sound = true;
    Cycles cycles = 0;
    const Script script("script", [&] {
        LayerJob job;
        job.layer = &workload.layer;
        job.input = &workload.input;
        job.weights = &workload.weights;
        const MemoryImage image = machine.lowering->lower(job, Standalone::kBase);
        LayerJob count_only = job;
        count_only.count_only = true;
        const MemoryImage count_image = machine.lowering->lower(count_only, Standalone::kBase);

        const auto rate = [&](benchmark::State& state) {
            state.counters["products/s"] =
                benchmark::Counter(double(products), benchmark::Counter::kIsIterationInvariantRate);
        };
        const auto add = [](const char* name, const auto& function) {
            benchmark::RegisterBenchmark(name, function)
                ->Unit(benchmark::kMillisecond)
                ->Repetitions(kRepetitions)
                ->DisplayAggregatesOnly(true);
        };
        add("bare_kernel", [&](benchmark::State& state) {
            for (auto _ : state) {
                benchmark::DoNotOptimize(bare.run());
            }
            rate(state);
        });
        add("scnn", [&](benchmark::State& state) {
            for (auto _ : state) {
                host.reset_platform();
                const HostOutcome outcome = host.run(image);
                state.PauseTiming();
                sound = sound && outcome.done && machine.lowering->decode_sums(job, outcome.output) == expected;
                cycles = outcome.records.back().cycles;
                state.ResumeTiming();
            }
            rate(state);
        });
        add("scnn_no_values", [&](benchmark::State& state) {
            for (auto _ : state) {
                host.reset_platform();
                const HostOutcome outcome = host.run(count_image);
                sound = sound && outcome.done && outcome.records.back().cycles == cycles;
            }
            rate(state);
        });
        benchmark::RunSpecifiedBenchmarks(&reporter);
    });
    sc_core::sc_start();
    script.check();

    const double kernel = reporter.median("bare_kernel");
    const double platform = reporter.median("scnn");
    if (kernel > 0 && platform > 0) {
        fmt::print("AlexNet conv3: {:.1f} M products, {} cycles\n", double(products) / 1e6, cycles);
        const double command = whole_command();
        const auto line = [&](const char* name, double seconds) {
            fmt::print("{:14} {:8.2f} ms {:8.0f} M products/s {:8.2f} x the bare kernel\n", name, seconds * 1e3,
                       double(products) / seconds / 1e6, seconds / kernel);
        };
        line("bare kernel", kernel);
        line("platform", platform);
        if (command > 0) {
            line("whole command", command);
        }
    }
    if (!sound) {
        fmt::print("values or cycles differ\n");
        return 1;
    }
    return 0;
}
