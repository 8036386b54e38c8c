#pragma once
// What the tests of whole platforms share: machines in a simulation, driven as a host drives them.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/base/module_list.h"
#include "platforms/script.h"
#include "platforms/standalone.h"
#include "tests/common/random_layers.h"

namespace nonzero::test {

using Settings = std::vector<std::pair<std::string, std::string>>;
using Script = std::function<void(Standalone&)>;

PlatformOptions with_settings(Settings settings);

// Several machines in one simulation, each with a script that runs in a thread of its own.
class Machines {
  public:
    Machines() = default;
    Machines(const Machines&) = delete;
    Machines& operator=(const Machines&) = delete;

    void add(const std::string& name, const std::string& kind, const PlatformOptions& options, Script script,
             const DramParameters& dram = Standalone::default_dram());
    // Runs all scripts to their end and passes on what they throw.
    void run() const;

    std::size_t size() const { return machines_.size(); }
    Standalone& operator[](std::size_t n) const { return machines_[n]; }

  private:
    ModuleList<Standalone> machines_;
    std::vector<std::unique_ptr<nonzero::Script>> scripts_;
};

// One machine, named bench.
void simulate(const std::string& kind, const PlatformOptions& options, const Script& script,
              const DramParameters& dram = Standalone::default_dram());

// What `random` refers to has to outlive the job.
LayerJob job_of(const RandomLayer& random);
LayerJob job_of(const Layer& layer, const Operands& input, const Operands& weights);

// One layer from reset, with all counters at zero.
HostOutcome run_afresh(Standalone& bench, const MemoryImage& image);
HostOutcome run_afresh(Standalone& bench, const LayerJob& job);

// What Host::run does up to the start: the image in memory, the registers, and the bit that starts.
void start(Host& host, const MemoryImage& image);
// Sets a bit of CONTROL and returns when the platform is idle.
void stop(Host& host, std::uint32_t control);

// Descriptors of an image, in the order of their addresses.
nz_descriptor read_descriptor(const MemoryImage& image, std::size_t number);
void write_descriptor(MemoryImage& image, std::size_t number, const nz_descriptor& descriptor);
// Lets the LOAD of `next` take what the layer of `producer` wrote, instead of an input from the host.
void feed_output(MemoryImage& next, const MemoryImage& producer, const HostOutcome& produced);

// By their names without the platform's own.
std::map<std::string, std::uint64_t> all_counters(const Platform& platform);

// Cycles of all causes, summed over all units, as results show them.
std::uint64_t attributed_cycles(const std::string& kind, const Standalone& bench);

}  // namespace nonzero::test
