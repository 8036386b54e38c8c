#include "study/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "study/in_range.h"
#include "study/schedule_machine.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

constexpr std::uint64_t kMostMultipliers = 1 << 20;

PlannedMachine machine_of(const PlatformKind& kind, std::shared_ptr<PlatformParameters> parameters) {
    PlannedMachine machine;
    machine.kind = &kind;
    machine.parameters = std::move(parameters);
    machine.lowering = kind.make_lowering(*machine.parameters);
    machine.report = kind.make_report(*machine.parameters);
    return machine;
}

using Sizes = std::vector<std::pair<std::string, int>>;

// Powers of two times the machine's own sizes, nearest first.
std::vector<Sizes> sizes_around(const PlannedMachine& machine) {
    const auto own = machine.parameters->table.to_json();
    std::vector<Sizes> all{{}};
    for (const std::string& name : machine.kind->size_parameters) {
        std::vector<Sizes> more;
        const int size = own.at(name);
        for (const Sizes& sizes : all) {
            for (const int value : {size, size / 2, size / 4, size / 8, 2 * size, 4 * size, 8 * size}) {
                if (value > 0) {
                    more.push_back(sizes);
                    more.back().emplace_back(name, value);
                }
            }
        }
        all = std::move(more);
    }
    return all;
}

// The sizes with the number of multipliers nearest to the one asked for; of equally near ones those nearest to the
// machine's own.
PlannedMachine nearest_machine(const PlannedMachine& given, int multipliers) {
    const auto distance = [multipliers](const PlannedMachine& machine) {
        return std::abs(machine.report.multipliers - multipliers);
    };
    std::optional<PlannedMachine> nearest;
    for (const Sizes& sizes : sizes_around(given)) {
        std::shared_ptr<PlatformParameters> parameters = given.parameters->copy();
        try {
            for (const auto& [name, value] : sizes) {
                parameters->table.set(name, std::to_string(value));
            }
            PlannedMachine machine = machine_of(*given.kind, std::move(parameters));
            if (!nearest || distance(machine) < distance(*nearest)) {
                nearest = std::move(machine);
            }
        } catch (const InputError&) {  // a size beyond the machine's range
            continue;
        }
    }
    return std::move(*nearest);
}

bool has_parameter(const std::string& platform, const std::string& name) {
    return find_platform(platform).make_parameters()->table.to_json().contains(name);
}

// One without a platform; what has one is refused where its machine is planned.
void check_known(const SharedSetting& setting, const std::vector<std::string>& platforms) {
    std::vector<std::string> names;
    for (const std::string& platform : platforms) {
        const auto json = find_platform(platform).make_parameters()->table.to_json();
        for (const auto& [name, value] : json.items()) {
            names.push_back(name);
        }
    }
    if (std::find(names.begin(), names.end(), setting.name) == names.end()) {
        throw InputError(fmt::format("{}: no platform has a parameter {}{}", field_name("set"),
                                     quoted_name(setting.name),
                                     did_you_mean(setting.name, names, "'nonzero params PLATFORM' lists all")));
    }
}

}  // namespace

PlannedMachine plan_machine(const MachineSpec& spec) {
    const PlatformKind& kind = find_simulated_platform(spec.platform);
    PlannedMachine machine = machine_of(kind, make_parameters(kind, spec.config, spec.set));
    if (!spec.equal_multipliers) {
        return machine;
    }
    return nearest_machine(
        machine, int(in_range("equal_multipliers", *spec.equal_multipliers, std::uint64_t{1}, kMostMultipliers)));
}

std::vector<MachineSpec> share_settings(const std::vector<std::string>& platforms,
                                        const std::vector<SharedSetting>& settings) {
    std::vector<MachineSpec> machines;
    for (const SharedSetting& setting : settings) {
        if (setting.platform.empty()) {
            check_known(setting, platforms);
        }
    }
    for (const std::string& platform : platforms) {
        machines.emplace_back();
        machines.back().platform = platform;
        for (const auto& [own, name, value] : settings) {
            if (own == platform || (own.empty() && has_parameter(platform, name))) {
                machines.back().set.emplace_back(name, value);
            }
        }
    }
    return machines;
}

std::vector<std::pair<std::string, int>> widths_of(const RealNetwork& tensors) {
    int operand_bits = 2;
    for (const RealLayer& real : tensors.layers()) {
        operand_bits = std::max({operand_bits, real.weight_bits, real.activation_bits});
    }
    return {{"operand.bits", operand_bits}, {"accumulator.bits", operand_bits <= 9 ? 32 : 48}};
}

void derive_widths(PlannedMachine& machine, const RealNetwork& tensors) {
    ParameterTable& table = machine.parameters->table;
    const auto own = table.to_json();
    std::string derived;
    for (const auto& [name, bits] : widths_of(tensors)) {
        if (own.contains(name) && !table.is_given(name)) {
            table.set(name, std::to_string(bits));
            derived += fmt::format("{}{} = {}", derived.empty() ? "" : ", ", name, bits);
        }
    }
    machine = machine_of(*machine.kind, std::move(machine.parameters));
    machine.derived_settings = std::move(derived);
}

}  // namespace nonzero
