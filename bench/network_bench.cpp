// Speed of SCNN on the convolutions of whole networks, layer after layer from reset: AlexNet's five and VGG-16's
// thirteen at weights 0.35, activations 0.40, with values and bank queues, without values, and without values and
// queues. CPU time of lowering and simulation, without making the data and without the reference; the median of three
// rounds. Prints the ratios and the peak memory; exit status 1 when values are wrong.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "platforms/standalone.h"
#include "workloads/network.h"
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

struct Mode {
    std::string name;
    std::string queue_infinite;
    bool values;
};

const std::array<Mode, 3> kModes{{{"with values and queues", "false", true},
                                  {"without values", "false", false},
                                  {"without values and queues", "true", false}}};

class NetworkBench {
  public:
    // turn: held by the machine that works, so that each has the host's time for itself.
    NetworkBench(const std::string& network, sc_core::sc_mutex& turn) : network_(load_network(network)), turn_(turn) {
        for (std::size_t mode = 0; mode < kModes.size(); ++mode) {
            PlatformOptions options;
            options.parameters = {{"accumulator.bits", "48"}, {"crossbar.queue_infinite", kModes[mode].queue_infinite}};
            const std::string name = fmt::format("{}_{}", network, mode);
            machines_[mode] =
                std::make_unique<Standalone>(name, "scnn", options, [this, mode](Host& host) { script(mode, host); });
        }
    }

    // One line per mode; false when values were wrong.
    bool report() const {
        const auto median = [](std::vector<double> rounds) {
            std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
            return rounds[kRounds / 2];
        };
        for (std::size_t mode = 0; mode < kModes.size(); ++mode) {
            machines_[mode]->check();
            fmt::print("{:8} {:26} {:6.3f} s, {:5.2f} x\n", network_.name, kModes[mode].name, median(seconds_[mode]),
                       median(seconds_[0]) / median(seconds_[mode]));
        }
        return sound_;
    }

  private:
    void script(std::size_t mode, Host& host) {
        for (int round = 0; round < kRounds; ++round) {
            double seconds = 0;
            for (const Layer* layer : network_.weighted_layers()) {
                if (layer->kind == LayerKind::convolution) {
                    turn_.lock();
                    seconds += run_layer(*layer, mode, host);
                    turn_.unlock();
                }
            }
            seconds_[mode].push_back(seconds);
        }
    }

    double run_layer(const Layer& layer, std::size_t mode, Host& host) {
        const Lowering& lowering = *machines_[mode]->lowering;
        const Operands input = generate_activations(layer, kActivationDensity, SparsityPattern::uniform, 1);
        const Operands weights = generate_weights(layer, kWeightDensity, SparsityPattern::uniform, 1);
        LayerJob job;
        job.layer = &layer;
        job.input = &input;
        job.weights = &weights;
        job.count_only = !kModes[mode].values;
        const double begin = cpu_seconds();
        host.reset_platform();
        const HostOutcome outcome = host.run(lowering.lower(job, Standalone::kBase));
        const double seconds = cpu_seconds() - begin;
        sound_ = sound_ && outcome.done &&
                 (job.count_only || lowering.decode_sums(job, outcome.output) == convolve(layer, input, weights));
        return seconds;
    }

    Network network_;
    std::array<std::unique_ptr<Standalone>, kModes.size()> machines_;
    std::array<std::vector<double>, kModes.size()> seconds_;
    bool sound_ = true;
    sc_core::sc_mutex& turn_;
};

}  // namespace

int sc_main(int, char*[]) {
    sc_core::sc_mutex turn("turn");
    NetworkBench alexnet("alexnet", turn);
    NetworkBench vgg16("vgg16", turn);
    sc_core::sc_start();
    const bool alexnet_sound = alexnet.report();
    const bool sound = vgg16.report() && alexnet_sound;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    fmt::print("peak memory {} MiB\n", usage.ru_maxrss / 1024);
    if (!sound) {
        fmt::print("values differ\n");
    }
    return sound ? 0 : 1;
}
