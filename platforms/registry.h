#pragma once
// Every platform that can be built, by name: what the command line lists and Platform constructs. A program may add
// machines of its own (docs/new_machine.md).

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lowering/lowering.h"
#include "models/base/parameters.h"
#include "platforms/cost_uses.h"
#include "platforms/system.h"
#include "workloads/hashed_operands.h"

namespace nonzero {

// The parameter struct of one platform with the table over it.
class PlatformParameters {
  public:
    virtual ~PlatformParameters() = default;
    // With the same values, the same of them given.
    virtual std::unique_ptr<PlatformParameters> copy() const = 0;
    ParameterTable table;
};

// How a platform's counters add up, for results and tables.
struct PlatformReport {
    int units = 1;        // PEs (cores, arrays): cycles by cause sum up to units * layer cycles
    int multipliers = 1;  // products per cycle at best
    // Cause -> counter (summed over all instances). No category is a remainder.
    std::vector<std::pair<std::string, std::string>> cycles_by_cause;
    // Memory or wire -> counter, summed over the instances of its block: "pe.psums_sent" adds up pe_0_0.psums_sent,
    // pe_0_1.psums_sent …
    std::vector<std::pair<std::string, std::string>> traffic;
    // Cycles by another rule than the model's own, printed beside it: ceil(counter / divisor).
    struct CycleRule {
        std::string name;     // "oracle"
        std::string counter;  // as in `traffic`
        std::uint64_t divisor = 1;
        std::string meaning;  // one line
    };
    std::vector<CycleRule> other_rules;
    // For what uneven work costs: the counter of each unit's own working cycles ("pe.working"), and that of the cycles
    // between barriers, by the slowest unit ("sequencer.computing"). Empty where the platform has no such units.
    std::string unit_work;
    std::string barrier_time;
    // Where energy and area go; priced by the tables of cost.h.
    std::vector<EnergyUse> energy;
    std::vector<AreaUse> area;
    // Whether the size of the stored outputs follows from their values.
    bool compresses_outputs = false;
    // Whether a counted layer's set-up takes as long as a computed one's; else it is not told.
    bool times_counted_set_up = true;
    // What area grows with, counted; for machines without a published area.
    std::vector<std::pair<std::string, std::uint64_t>> structure;
};

struct PlatformKind {
    std::string name;
    std::string title;
    std::function<std::unique_ptr<PlatformParameters>()> make_parameters;
    // Inside the scope of the platform's module.
    std::function<std::unique_ptr<System>(const PlatformParameters&, const TraceOptions&)> make_system;
    std::function<std::unique_ptr<Lowering>(const PlatformParameters&)> make_lowering;
    std::function<PlatformReport(const PlatformParameters&)> make_report;
    // For machines that know few N:M patterns (demm_facts.md 10.6, "natural"): the places of the weights that this one
    // would prune a layer to in place of a pattern. Empty function or nullopt: it takes the pattern's own matrix.
    std::function<std::optional<WeightPlaces>(const PlatformParameters&, const GemmShape&, const NmPattern&)>
        natural_places = nullptr;
    // The parameters that scale the machine, the first one first ("pe.rows"), for comparisons at equal multipliers.
    std::vector<std::string> size_parameters = {};
};

// Those of the library, then those that were added. References to a kind stay valid.
const std::deque<PlatformKind>& platform_registry();
// Adds a machine that the library does not have: from here on it is found by its name as any other. To be called before
// the first simulation, from one thread. A name that is taken is a programming error (std::logic_error).
void register_platform(PlatformKind kind);
// Throws InputError with the nearest name.
const PlatformKind& find_platform(const std::string& name);
// Parameters with a configuration file and settings applied; throws InputError.
std::unique_ptr<PlatformParameters> make_parameters(const PlatformKind& kind, const std::string& config_file,
                                                    const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace nonzero
