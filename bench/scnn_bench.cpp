// Speed of the SCNN platform on AlexNet conv3 at the published densities, beside the bare kernel on the same non-zeros.
// The ratio at the end is platform time over bare-kernel time, medians of runs taken in turn.

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <systemc>
#include <vector>

#include "bench/bare_kernel.h"
#include "platforms/standalone.h"
#include "workloads/network.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace {

using namespace nonzero;

constexpr int kRuns = 7;

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// CPU time.
template <class Work>
double seconds(const Work& work) {
    const std::clock_t begin = std::clock();
    work();
    return double(std::clock() - begin) / CLOCKS_PER_SEC;
}

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

}  // namespace

int sc_main(int, char*[]) {
    const Workload workload = alexnet_conv3();
    bench::BareKernel bare(workload.layer, workload.input, workload.weights, 8, 8);

    std::unique_ptr<Standalone> machine;
    std::vector<double> bare_times;
    std::vector<double> platform_times;
    std::vector<double> count_times;
    std::uint64_t products = 0;
    Cycles cycles = 0;
    bool sound = true;
    const auto script = [&](Host& host) {
        LayerJob job;
        job.layer = &workload.layer;
        job.input = &workload.input;
        job.weights = &workload.weights;
        const MemoryImage image = machine->lowering->lower(job, Standalone::kBase);
        job.count_only = true;
        const MemoryImage count_image = machine->lowering->lower(job, Standalone::kBase);
        const Psums expected = convolve(workload.layer, workload.input, workload.weights);
        for (int run = 0; run < kRuns; ++run) {
            bare_times.push_back(seconds([&] { products = bare.run(); }));
            host.reset_platform();
            HostOutcome outcome;
            platform_times.push_back(seconds([&] { outcome = host.run(image); }));
            sound = sound && outcome.done && machine->lowering->decode_sums(job, outcome.output) == expected;
            cycles = outcome.records.back().cycles;
            host.reset_platform();
            count_times.push_back(seconds([&] { outcome = host.run(count_image); }));
            sound = sound && outcome.records.back().cycles == cycles;
        }
    };
    machine = std::make_unique<Standalone>("bench", "scnn",
                                           PlatformOptions{{{"accumulator.bits", "48"}}, {}, {}, {}, {}}, script);
    sc_core::sc_start();
    machine->check();

    const auto row = [&](const char* name, double time) {
        fmt::print("{:24} {:8.1f} ms {:8.0f} M products/s\n", name, time * 1e3, double(products) / time / 1e6);
    };
    fmt::print("AlexNet conv3, {:.1f} M products, {} cycles\n", double(products) / 1e6, cycles);
    row("bare kernel", median(bare_times));
    row("platform", median(platform_times));
    row("platform, no values", median(count_times));
    std::vector<double> ratios;
    for (std::size_t run = 0; run < platform_times.size(); ++run) {
        ratios.push_back(platform_times[run] / bare_times[run]);
    }
    fmt::print("platform / bare kernel   {:8.2f}\n", median(ratios));
    if (!sound) {
        fmt::print("values or cycles differ\n");
        return 1;
    }
    return 0;
}
