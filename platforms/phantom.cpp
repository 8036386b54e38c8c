#include "platforms/phantom.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "lowering/phantom_lowering.h"
#include "models/base/module_list.h"
#include "models/masked/output_encoder.h"
#include "models/phantom/core.h"
#include "models/phantom/operand_lane.h"
#include "models/phantom/sequencer.h"
#include "platforms/kind.h"
#include "platforms/system.h"

namespace nonzero::phantom {

namespace {

// Phantom-2D: a mesh of cores, a weight broadcast for each of its columns, an activation sharing for each of its rows,
// an output encoder, a sequencer, and the host side that every platform has.
class PhantomSystem : public System {
  public:
    PhantomSystem(const PhantomParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    masked::OutputEncoder output_encoder_;
    ModuleList<OperandLane> lanes_;
    ModuleList<Core> cores_;  // row by row
};

PhantomSystem::PhantomSystem(const PhantomParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      output_encoder_("output_encoder", std::size_t(parameters.cores()), statistics()) {
    const auto rows = std::size_t(parameters.mesh_rows);
    const auto columns = std::size_t(parameters.mesh_columns);
    const auto add_lane = [&](const std::string& name, std::size_t cores) -> OperandLane& {
        return lanes_.add(name.c_str(), cores, statistics());
    };
    for (std::size_t n = 0; n < rows * columns; ++n) {
        const std::string name = fmt::format("core_{}_{}", n / columns, n % columns);
        Core& core = cores_.add(name.c_str(), clock(), statistics(), trace());
        sequencer_.cores[n].bind(core.control);
        core.sums.bind(output_encoder_.sums[n]);
    }
    for (std::size_t column = 0; column < columns; ++column) {
        OperandLane& lane = add_lane(fmt::format("weight_broadcast_{}", column), rows);
        sequencer_.weights[column].bind(lane.blocks);
        for (std::size_t row = 0; row < rows; ++row) {
            lane.cores[row].bind(cores_[row * columns + column].weights);
        }
    }
    for (std::size_t row = 0; row < rows; ++row) {
        OperandLane& lane = add_lane(fmt::format("activation_sharing_{}", row), columns);
        sequencer_.activations[row].bind(lane.blocks);
        for (std::size_t column = 0; column < columns; ++column) {
            lane.cores[column].bind(cores_[row * columns + column].activations);
        }
    }
    sequencer_.outputs.bind(output_encoder_.control);
    add_host_side(sequencer_, parameters.dma);
}

std::vector<EnergyUse> energy_of(const PhantomParameters& values) {
    const double operand_bits = values.operand_bits;
    return {{"multipliers", "core.products", EnergyEvent::multiply, operand_bits},
            {"adders", "core.products", EnergyEvent::add, double(values.accumulator_bits)},
            {"weight_broadcast", "weight_broadcast.bytes", EnergyEvent::wire, 8},
            {"activation_sharing", "activation_sharing.bytes", EnergyEvent::wire, 8},
            {"dram", "sequencer.activation_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.weight_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.output_bytes", EnergyEvent::dram, 8}};
}

PlatformReport report_of(const PhantomParameters& values) {
    PlatformReport report;
    report.units = values.pes();
    report.multipliers = values.multipliers();
    report.cycles_by_cause = {{"busy", "core.busy"},
                              {"stall", "core.stall"},
                              {"core_barrier", "core.core_barrier"},
                              {"mesh_barrier", "core.mesh_barrier"},
                              {"idle", "core.idle"},
                              {"fill", "core.fill"},
                              {"memory", "sequencer.memory"}};
    report.traffic = {{"dram_activation_bytes", "sequencer.activation_bytes"},
                      {"dram_weight_bytes", "sequencer.weight_bytes"},
                      {"dram_output_bytes", "sequencer.output_bytes"},
                      {"weight_broadcast_bytes", "weight_broadcast.bytes"},
                      {"activation_sharing_bytes", "activation_sharing.bytes"},
                      {"jobs", "sequencer.jobs"},
                      {"stream_entries", "core.entries"},
                      {"zero_batches", "core.zero_batches"}};
    report.energy = energy_of(values);
    report.compresses_outputs = true;
    report.times_counted_set_up = false;
    const auto cores = std::uint64_t(values.cores());
    report.structure = {{"cores", cores},
                        {"multipliers", std::uint64_t(values.multipliers())},
                        {"lookahead_entries", std::uint64_t(values.pes()) * std::uint64_t(values.lookahead())}};
    return report;
}

}  // namespace

PlatformKind phantom2d_platform() {
    return make_kind<PhantomSystem, PhantomLowering>(
        "phantom2d", "Phantom-2D (arXiv 2021): a mesh of cores of 3x3 threads that look ahead in sparse masks",
        PhantomParameters(), report_of, {"mesh.rows", "mesh.columns"});
}

}  // namespace nonzero::phantom
