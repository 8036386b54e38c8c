#include "study/schedule_machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "platforms/settings.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/import.h"
#include "workloads/nearest_name.h"
#include "workloads/network.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

void apply(ScheduleMachine& machine, const MachineSpec& spec) {
    apply_settings(machine.table, spec.config, spec.set);
    if (machine.values.operand_bits % 8 != 0) {
        throw InputError(fmt::format("operand.bits: {} is neither 8 nor 16", machine.values.operand_bits));
    }
}

void check(const NetworkWork& network, const opu::OpuParameters& machine) {
    if (network.works.empty()) {
        throw InputError(fmt::format("network {}: has no layer with weights; nothing is to be scheduled",
                                     quoted_name(network.name)));
    }
    if (network.works.size() > most_scheduled_layers) {
        throw InputError(fmt::format("network {}: has {} layers with weights; at most {} can be scheduled",
                                     quoted_name(network.name), network.works.size(), most_scheduled_layers));
    }
    constexpr double longest = 1LL << 55;  // in units of the schedule, so that sums stay integers
    for (std::size_t n = 0; n < network.works.size(); ++n) {
        const opu::LayerWork& work = network.works[n];
        if (double(work.macs()) * machine.bandwidth * (machine.operand_bits / 8.0) > longest) {
            throw InputError(fmt::format("layer {}: {:.3g} multiplications are more than can be scheduled",
                                         quoted_name(network.layers[n]), double(work.macs())));
        }
    }
}

void add_names(NetworkWork& network, const Layer& layer) {
    network.layers.push_back(layer.name);
    network.kinds.emplace_back(to_string(layer.kind));
}

}  // namespace

const std::vector<ScheduleMachineKind>& schedule_machines() {
    static const std::vector<ScheduleMachineKind> all{
        {"dual_opu", "dual-OPU: a regular and a depthwise core, two images at once",
         [] { return opu::OpuParameters(); }},
        {"single_opu", "one core of dual-OPU, regular or depthwise", opu::single_core},
        {"homogeneous_dual_opu", "two cores of dual-OPU that are alike", opu::homogeneous_pair}};
    return all;
}

bool is_schedule_machine(const std::string& name) {
    return std::any_of(schedule_machines().begin(), schedule_machines().end(),
                       [&](const ScheduleMachineKind& kind) { return kind.name == name; });
}

const PlatformKind& find_simulated_platform(const std::string& name) {
    if (is_schedule_machine(name)) {
        throw InputError(
            fmt::format("platform {}: is planned, not simulated yet; 'nonzero schedule {}' plans networks on it",
                        quoted_name(name), name));
    }
    return find_platform(name);
}

std::unique_ptr<ScheduleMachine> plan_schedule_machine(const MachineSpec& spec) {
    std::vector<std::string> names;
    for (const ScheduleMachineKind& kind : schedule_machines()) {
        if (kind.name == spec.platform) {
            auto machine = std::make_unique<ScheduleMachine>();
            machine->name = kind.name;
            machine->values = kind.defaults();
            describe(machine->table, machine->values);
            apply(*machine, spec);
            return machine;
        }
        names.push_back(kind.name);
    }
    throw InputError(
        fmt::format("schedule: unknown machine {}{}", quoted_name(spec.platform), did_you_mean(spec.platform, names)));
}

std::unique_ptr<ScheduleMachine> plan_tuned_machine(const MachineSpec& spec) {
    auto machine = std::make_unique<ScheduleMachine>();
    machine->name = "dual_opu";
    describe_timing(machine->table, machine->values);
    apply(*machine, spec);
    return machine;
}

std::int64_t NetworkWork::macs() const {
    std::int64_t sum = 0;
    for (const opu::LayerWork& work : works) {
        sum += work.macs();
    }
    return sum;
}

std::vector<NetworkWork> load_works(const std::vector<std::string>& networks, const opu::OpuParameters& machine) {
    std::vector<NetworkWork> all;
    for (const std::string& name : networks) {
        const Network network = load_network(name);
        NetworkWork& work = all.emplace_back();
        work.name = network.name;
        try {
            work.works = opu::works_of(network);
        } catch (const InputError& error) {
            throw InputError(fmt::format("network {}: {}", quoted_name(network.name), error.what()));
        }
        for (const Layer& layer : network.layers) {
            if (layer.has_weights()) {
                add_names(work, layer);
            }
        }
        check(work, machine);
    }
    return all;
}

NetworkWork load_tensor_works(const std::string& directory, const opu::OpuParameters& machine) {
    if (machine.residual_bytes) {
        throw InputError(
            fmt::format("memory.residual_bytes: of {} only the layers' shapes are read, not what is added to them; "
                        "give a network with {}",
                        field_name("tensors"), field_name("network")));
    }
    const RealNetwork tensors = RealNetwork::open(directory);
    NetworkWork work;
    work.name = tensors.title();
    for (const RealLayer& layer : tensors.layers()) {
        work.works.push_back(opu::work_of(layer.layer));
        add_names(work, layer.layer);
    }
    check(work, machine);
    return work;
}

}  // namespace nonzero
