#include "platforms/eyeriss_v2.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "lowering/eyeriss_v2_lowering.h"
#include "models/base/module_list.h"
#include "models/eyeriss_v2/cluster.h"
#include "models/eyeriss_v2/processing_element.h"
#include "models/eyeriss_v2/psum_buffer.h"
#include "models/eyeriss_v2/sequencer.h"
#include "models/masked/output_encoder.h"
#include "platforms/kind.h"
#include "platforms/system.h"

namespace nonzero::eyeriss_v2 {

namespace {

// Eyeriss v2: a mesh of clusters of PEs, psum banks, an output encoder, a sequencer, and the host side that every
// platform has.
class EyerissV2System : public System {
  public:
    EyerissV2System(const EyerissV2Parameters& parameters, const TraceOptions& trace);

  private:
    void add_cluster(const EyerissV2Parameters& parameters, std::size_t row, std::size_t column);

    Sequencer sequencer_;
    PsumBuffer psum_buffer_;
    masked::OutputEncoder output_encoder_;
    ModuleList<Cluster> clusters_;       // row by row
    ModuleList<ProcessingElement> pes_;  // cluster by cluster
};

EyerissV2System::EyerissV2System(const EyerissV2Parameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      psum_buffer_("psum_buffer", std::size_t(parameters.clusters()), statistics()),
      output_encoder_("output_encoder", 1, statistics()) {
    for (int row = 0; row < parameters.cluster_rows; ++row) {
        for (int column = 0; column < parameters.cluster_columns; ++column) {
            add_cluster(parameters, std::size_t(row), std::size_t(column));
        }
    }
    sequencer_.psums.bind(psum_buffer_.control);
    sequencer_.outputs.bind(output_encoder_.control);
    psum_buffer_.sums.bind(output_encoder_.sums[0]);
    add_host_side(sequencer_, parameters.dma);
}

void EyerissV2System::add_cluster(const EyerissV2Parameters& parameters, std::size_t row, std::size_t column) {
    const std::size_t n = clusters_.size();
    const std::string name = fmt::format("cluster_{}_{}", row, column);
    Cluster& cluster = clusters_.add(name.c_str(), parameters, row, column, clock(), statistics());
    sequencer_.controls[n].bind(cluster.control);
    sequencer_.weights[n].bind(cluster.weights);
    sequencer_.passes[n].bind(cluster.passes);
    cluster.psums.bind(psum_buffer_.psums[n]);
    for (std::size_t pe = 0; pe < std::size_t(parameters.pes_of_cluster()); ++pe) {
        const std::string pe_name = fmt::format("pe_{}_{}_{}_{}", row, column, pe / std::size_t(parameters.pe_columns),
                                                pe % std::size_t(parameters.pe_columns));
        ProcessingElement& element = pes_.add(pe_name.c_str(), clock(), statistics());
        cluster.pe_controls[pe].bind(element.control);
        cluster.pe_weights[pe].bind(element.weights);
        cluster.pe_passes[pe].bind(element.passes);
    }
}

std::vector<EnergyUse> energy_of(const EyerissV2Parameters& values) {
    return {{"multipliers", "pe.products", EnergyEvent::multiply, double(values.operand_bits)},
            {"adders", "pe.products", EnergyEvent::add, double(values.accumulator_bits)},
            {"weight_routers", "cluster.weight_bytes", EnergyEvent::wire, 8},
            {"input_routers", "cluster.activation_bytes", EnergyEvent::wire, 8},
            {"psum_routers", "cluster.psums", EnergyEvent::wire, double(values.accumulator_bits)},
            {"dram", "sequencer.activation_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.weight_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.output_bytes", EnergyEvent::dram, 8}};
}

PlatformReport report_of(const EyerissV2Parameters& values) {
    PlatformReport report;
    report.units = values.pes();
    report.multipliers = values.multipliers();
    report.cycles_by_cause = {{"busy", "pe.busy"},
                              {"empty_column", "pe.empty_column"},
                              {"barrier", "cluster.barrier"},
                              {"unmapped", "cluster.unmapped"},
                              {"fill", "cluster.fill"}};
    report.traffic = {{"dram_activation_bytes", "sequencer.activation_bytes"},
                      {"dram_weight_bytes", "sequencer.weight_bytes"},
                      {"dram_output_bytes", "sequencer.output_bytes"},
                      {"cluster_weight_bytes", "cluster.weight_bytes"},
                      {"cluster_activation_bytes", "cluster.activation_bytes"},
                      {"psums", "psum_buffer.psums"},
                      {"passes", "sequencer.passes"}};
    report.energy = energy_of(values);
    report.compresses_outputs = true;
    report.times_counted_set_up = false;
    report.structure = {{"clusters", std::uint64_t(values.clusters())},
                        {"pes", std::uint64_t(values.pes())},
                        {"multipliers", std::uint64_t(values.multipliers())}};
    return report;
}

}  // namespace

PlatformKind eyeriss_v2_platform() {
    return make_kind<EyerissV2System, EyerissV2Lowering>(
        "eyeriss_v2", "Eyeriss v2 (JETCAS 2019): a mesh of clusters of PEs that skip zeros in compressed columns",
        EyerissV2Parameters(), report_of, {"clusters.rows", "clusters.columns"});
}

}  // namespace nonzero::eyeriss_v2
