#include "platforms/sparten.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "lowering/sparten_lowering.h"
#include "models/base/module_list.h"
#include "models/masked/output_encoder.h"
#include "models/sparten/cluster.h"
#include "models/sparten/compute_unit.h"
#include "models/sparten/sequencer.h"
#include "platforms/kind.h"
#include "platforms/system.h"

namespace nonzero::sparten {

namespace {

// SparTen: clusters of compute units, an output collector, a sequencer, and the host side that every platform has.
class SpartenSystem : public System {
  public:
    SpartenSystem(const SpartenParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    masked::OutputEncoder output_collector_;
    ModuleList<Cluster> clusters_;
    ModuleList<ComputeUnit> units_;  // cluster by cluster
};

SpartenSystem::SpartenSystem(const SpartenParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      output_collector_("output_collector", std::size_t(parameters.clusters), statistics()) {
    const auto units = std::size_t(parameters.units);
    for (std::size_t n = 0; n < std::size_t(parameters.clusters); ++n) {
        const std::string name = fmt::format("cluster_{}", n);
        Cluster& cluster = clusters_.add(name.c_str(), units, clock(), statistics());
        sequencer_.controls[n].bind(cluster.control);
        sequencer_.filters[n].bind(cluster.filters);
        sequencer_.cells[n].bind(cluster.cells);
        cluster.sums.bind(output_collector_.sums[n]);
        for (std::size_t of_cluster = 0; of_cluster < units; ++of_cluster) {
            const std::string unit_name = fmt::format("unit_{}_{}", n, of_cluster);
            ComputeUnit& unit = units_.add(unit_name.c_str(), statistics());
            cluster.unit_controls[of_cluster].bind(unit.control);
            cluster.unit_filters[of_cluster].bind(unit.filters);
            cluster.unit_cells[of_cluster].bind(unit.cells);
        }
    }
    sequencer_.outputs.bind(output_collector_.control);
    add_host_side(sequencer_, parameters.dma);
}

std::vector<EnergyUse> energy_of(const SpartenParameters& values) {
    return {{"multipliers", "unit.products", EnergyEvent::multiply, double(values.operand_bits)},
            {"adders", "unit.products", EnergyEvent::add, double(values.accumulator_bits)},
            {"filters", "cluster.weight_bytes", EnergyEvent::wire, 8},
            {"inputs", "cluster.activation_bytes", EnergyEvent::wire, 8},
            {"dram", "sequencer.activation_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.weight_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.output_bytes", EnergyEvent::dram, 8}};
}

PlatformReport report_of(const SpartenParameters& values) {
    PlatformReport report;
    report.units = values.multipliers();
    report.multipliers = values.multipliers();
    report.cycles_by_cause = {{"busy", "unit.busy"},
                              {"start", "unit.start"},
                              {"empty", "unit.empty"},
                              {"barrier", "cluster.barrier"},
                              {"idle_unit", "cluster.idle_unit"},
                              {"idle_cluster", "cluster.idle_cluster"}};
    report.traffic = {
        {"dram_activation_bytes", "sequencer.activation_bytes"},  {"dram_weight_bytes", "sequencer.weight_bytes"},
        {"dram_output_bytes", "sequencer.output_bytes"},          {"cluster_weight_bytes", "cluster.weight_bytes"},
        {"cluster_activation_bytes", "cluster.activation_bytes"}, {"blocks", "sequencer.blocks"}};
    report.energy = energy_of(values);
    report.compresses_outputs = true;
    report.times_counted_set_up = false;
    report.structure = {{"clusters", std::uint64_t(values.clusters)},
                        {"multipliers", std::uint64_t(values.multipliers())}};
    return report;
}

}  // namespace

PlatformKind sparten_platform() {
    return make_kind<SpartenSystem, SpartenLowering>(
        "sparten",
        "SparTen (MICRO 2019): clusters of units that match chunks of sparse masks, filters balanced over them",
        SpartenParameters(), report_of, {"units", "clusters"});
}

}  // namespace nonzero::sparten
