#pragma once
// Plans networks on the cores of dual-OPU (docs/models/dual_opu.md): which core takes which layers, and when, of two
// images at once. Closed forms alone, nothing is simulated. C++17-clean.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "study/json_value.h"
#include "study/spec.h"

namespace nonzero {

// Of opu_facts.md 11 rule 1, never mixed. `event` waits for the simulated machines, `opu_sim` has no time of a network:
// both are refused.
enum class ScheduleTiming { closed, opu_compiler, opu_sim, event };
const char* to_string(ScheduleTiming timing);

struct ScheduleSpec {
    MachineSpec machine;                // dual_opu, single_opu, homogeneous_dual_opu
    std::vector<std::string> networks;  // built-in names or JSON files; of several, one behind the other
    std::string tensors;                // or a directory of real ones, by the shapes of its layers
    std::uint64_t images = 2;           // 1 .. 1,000,000
    ScheduleTiming timing = ScheduleTiming::closed;
    bool split = false;  // layers may be cut in two by output rows
};

struct ScheduledCore {
    std::string name;  // "C(128,8)"
    std::int64_t multipliers = 0;
};

struct ScheduledNetwork {
    std::string name;
    std::size_t layers = 0;
    std::int64_t macs = 0;
};

// A layer, or a part of one that was cut.
struct ScheduledLayer {
    std::string network, name, kind;
    std::int64_t first_row = 0, rows = 0;  // of its output
    bool whole = true;
    std::int64_t bytes = 0;
    std::vector<double> cycles;  // on each core
};

struct ScheduledGroup {
    std::size_t core = 0;
    std::size_t first = 0, last = 0;  // layers
    double cycles = 0;
    std::int64_t bytes = 0;
};

// The first image's group and the second one's, which run side by side.
struct ScheduledSlot {
    double begin = 0, cycles = 0;  // of the pair
    std::optional<std::size_t> first_image, second_image;
    std::string limit;  // what the slot takes its time from: a core's name, or "DRAM"
};

struct Schedule {
    std::string machine;
    JsonValue parameters;
    ScheduleTiming timing = ScheduleTiming::closed;
    int clock_period_ps = 1;
    bool shared_dram = false;
    std::vector<ScheduledCore> cores;
    std::vector<ScheduledNetwork> networks;
    std::vector<ScheduledLayer> layers;
    std::vector<ScheduledGroup> groups;
    std::vector<ScheduledSlot> slots;

    std::uint64_t images = 0;
    double cycles = 0;         // of all images
    double image_cycles = 0;   // of one alone
    double pair_cycles = 0;    // of two
    double steady_cycles = 0;  // of a pair in a long row of them
    // The same pair planned by hand: by kind of layer, then moved layer by layer. With two cores.
    std::optional<double> heuristic_cycles;
    std::size_t heuristic_groups = 0;
    std::optional<double> whole_layer_cycles;  // of a pair without the cuts, where layers may be cut

    std::int64_t multipliers() const;
    std::int64_t macs() const;  // of an image
    double seconds() const;
    double images_per_second() const;
    double steady_images_per_second() const;
    // MACs over what all multipliers could do in that time; a core without work counts.
    double efficiency() const;
    double steady_efficiency() const;
    std::string layer_name(std::size_t layer) const;  // with the network's where there are several, and its rows
};

// Throws InputError for everything that cannot be planned.
Schedule plan_schedule(const ScheduleSpec& spec);

nlohmann::ordered_json to_json(const Schedule& schedule);

// A track for each core, a slice for each layer of each image, for Perfetto. At most 1,000 images. Throws InputError or
// HostError.
void write_timeline(const Schedule& schedule, const std::string& file);
// What write_timeline() would throw before it writes.
void check_timeline(const ScheduleSpec& spec, const std::string& file);

}  // namespace nonzero
