#pragma once
// The machines of a study: platforms with their parameters, read once and handed on to whatever needs them.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platforms/registry.h"
#include "study/spec.h"
#include "workloads/import.h"

namespace nonzero {

struct PlannedMachine {
    const PlatformKind* kind = nullptr;
    // "operand.bits = 9, accumulator.bits = 32", empty where nothing follows from the data
    std::string derived_settings;
    std::shared_ptr<PlatformParameters> parameters;
    std::unique_ptr<Lowering> lowering;
    PlatformReport report;
};

// Throws InputError for everything that no machine can be built of.
PlannedMachine plan_machine(const MachineSpec& spec);

// A parameter for one of several platforms or, without a platform, for all that have it.
struct SharedSetting {
    std::string platform;
    std::string name;
    std::string value;
};
// Throws InputError for a parameter that none of them has.
std::vector<MachineSpec> share_settings(const std::vector<std::string>& platforms,
                                        const std::vector<SharedSetting>& settings);

// operand.bits and accumulator.bits as the numbers of a data set need them.
std::vector<std::pair<std::string, int>> widths_of(const RealNetwork& tensors);
// Gives the machine these widths where its own were left open.
void derive_widths(PlannedMachine& machine, const RealNetwork& tensors);

}  // namespace nonzero
