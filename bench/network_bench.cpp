// Speed on whole networks, layer after layer from reset: SCNN on the convolutions of AlexNet and VGG-16 at weights
// 0.35, activations 0.40, with values and bank queues, without values, and without values and queues; DeMM on ResNet-50
// at 8:128 and 2:4 with values and at 8:128 without. CPU time of lowering and simulation, without making the data and
// without the reference; the median of three rounds. Prints the ratios and the peak memory; exit status 1 when values
// are wrong.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <utility>
#include <vector>

#include "platforms/script.h"
#include "platforms/standalone.h"
#include "workloads/hashed_operands.h"
#include "workloads/network.h"
#include "workloads/nm.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace {

using namespace nonzero;

constexpr double kWeightDensity = 0.35;
constexpr double kActivationDensity = 0.40;
constexpr int kRounds = 3;

double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

using Settings = std::vector<std::pair<std::string, std::string>>;

struct Mode {
    std::string name;
    Settings parameters;
    std::optional<NmPattern> pattern;  // of the weights; without one they are uniform
    bool values = true;
};

struct Study {
    std::string network;
    std::string platform;
    std::vector<Mode> modes;
    bool convolutions_only;
};

Settings queues(const std::string& infinite) {
    return {{"accumulator.bits", "48"}, {"crossbar.queue_infinite", infinite}};
}

Study scnn_study(const std::string& network) {
    return {network,
            "scnn",
            {{"with values and queues", queues("false"), {}, true},
             {"without values", queues("false"), {}, false},
             {"without values and queues", queues("true"), {}, false}},
            true};
}

Study demm_study() {
    return {"resnet50",
            "demm",
            {{"8:128 with values", {}, NmPattern{8, 128}, true},
             {"2:4 with values", {}, NmPattern{2, 4}, true},
             {"8:128 without values", {}, NmPattern{8, 128}, false}},
            false};
}

class NetworkBench {
  public:
    explicit NetworkBench(Study study)
        : study_(std::move(study)), network_(load_network(study_.network)), seconds_(study_.modes.size()) {
        for (std::size_t mode = 0; mode < study_.modes.size(); ++mode) {
            PlatformOptions options;
            options.parameters = study_.modes[mode].parameters;
            machines_.push_back(
                std::make_unique<Standalone>(fmt::format("{}_{}", study_.network, mode), study_.platform, options));
        }
    }

    // Inside the script: one round of every mode, each with the host's time for itself.
    void run() {
        for (std::size_t mode = 0; mode < study_.modes.size(); ++mode) {
            double seconds = 0;
            std::uint32_t index = 0;
            for (const Layer* layer : network_.weighted_layers()) {
                if (!study_.convolutions_only || layer->kind == LayerKind::convolution) {
                    seconds += run_layer(*layer, index, study_.modes[mode], *machines_[mode]);
                }
                ++index;
            }
            seconds_[mode].push_back(seconds);
        }
    }

    // One line per mode; false when values were wrong.
    bool report() const {
        const auto median = [](std::vector<double> rounds) {
            std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
            return rounds[kRounds / 2];
        };
        for (std::size_t mode = 0; mode < machines_.size(); ++mode) {
            fmt::print("{:8} {} {:26} {:6.3f} s, {:5.2f} x\n", network_.name, study_.platform, study_.modes[mode].name,
                       median(seconds_[mode]), median(seconds_[0]) / median(seconds_[mode]));
        }
        return sound_;
    }

  private:
    double run_layer(const Layer& layer, std::uint32_t index, const Mode& mode, Standalone& machine) {
        const Operands input = mode.pattern
                                   ? hashed_activations(layer, index)
                                   : generate_activations(layer, kActivationDensity, SparsityPattern::uniform, 1);
        const Operands weights = mode.pattern ? hashed_weights(layer, index, *mode.pattern)
                                              : generate_weights(layer, kWeightDensity, SparsityPattern::uniform, 1);
        LayerJob job;
        job.layer = &layer;
        job.input = &input;
        job.weights = &weights;
        job.pattern = mode.pattern;
        job.count_only = !mode.values;
        const Lowering& lowering = *machine.lowering;
        const double begin = cpu_seconds();
        machine.host.reset_platform();
        const HostOutcome outcome = machine.host.run(lowering.lower(job, Standalone::kBase));
        const double seconds = cpu_seconds() - begin;
        sound_ = sound_ && outcome.done &&
                 (job.count_only || lowering.decode_sums(job, outcome.output) == convolve(layer, input, weights));
        return seconds;
    }

    Study study_;
    Network network_;
    std::vector<std::unique_ptr<Standalone>> machines_;
    std::vector<std::vector<double>> seconds_;
    bool sound_ = true;
};

}  // namespace

int sc_main(int, char*[]) {
    NetworkBench alexnet(scnn_study("alexnet"));
    NetworkBench vgg16(scnn_study("vgg16"));
    NetworkBench resnet50(demm_study());
    const Script script("script", [&] {
        for (int round = 0; round < kRounds; ++round) {
            for (NetworkBench* bench : {&alexnet, &vgg16, &resnet50}) {
                bench->run();
            }
        }
    });
    sc_core::sc_start();
    script.check();
    bool sound = true;
    for (const NetworkBench* bench : {&alexnet, &vgg16, &resnet50}) {
        sound = bench->report() && sound;
    }
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    fmt::print("peak memory {} MiB\n", usage.ru_maxrss / 1024);
    if (!sound) {
        fmt::print("values differ\n");
    }
    return sound ? 0 : 1;
}
