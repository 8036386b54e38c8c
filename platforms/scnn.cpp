#include "platforms/scnn.h"

#include "lowering/scnn_lowering.h"
#include "models/noc/mesh_noc.h"
#include "models/scnn/post_processing_unit.h"
#include "models/scnn/processing_element.h"
#include "models/scnn/sequencer.h"
#include "platforms/kind.h"
#include "platforms/pe_array_report.h"
#include "platforms/pe_tiles.h"
#include "platforms/system.h"

namespace nonzero::scnn {

namespace {

// One vector of I values of 16 bits with their 4-bit runs (scnn_facts.md 2.1: 10 bytes for I = 4).
unsigned vector_bytes(const ScnnParameters& parameters) {
    return unsigned((parameters.i * 20 + 7) / 8);
}

// The SCNN machine (paper Fig. 5 and 6): a grid of PEs, each with IARAM, OARAM and post-processing unit, a mesh between
// them, a sequencer, and the host side that every platform has.
class ScnnSystem : public System {
  public:
    ScnnSystem(const ScnnParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    MeshNoc mesh_;  // partial sums
    pe_array::PeTiles<ProcessingElement, PostProcessingUnit> tiles_;
};

ScnnSystem::ScnnSystem(const ScnnParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      mesh_("mesh", {parameters.pe_rows, parameters.pe_columns}, clock(), statistics()),
      tiles_(parameters, vector_bytes(parameters), sequencer_, clock(), statistics(), trace()) {
    for (int id = 0; id < parameters.pes(); ++id) {
        tiles_.pe(id).psums_out.bind(mesh_.inject(id));
        mesh_.eject(id).bind(tiles_.pe(id).psums_in);
    }
    sequencer_.exchange.bind(mesh_.exchange);
    add_host_side(sequencer_, parameters.dma);
}

// Bits of a stored entry: the value and, where zeros are left out, its 4-bit zero run (scnn_facts.md 2.1).
double entry_bits(OperandStorage storage, int operand_bits) {
    return operand_bits + (storage == OperandStorage::compressed ? 4 : 0);
}

// What a slot, a product, a group make of traffic. The crossbar's wires: a product crosses the width of the scatter
// network, whose 0.026 mm² (scnn_facts.md 2.2) are 0.16 mm in 16 nm and about half a hop in the table's 45 nm.
std::vector<EnergyUse> energy_of(const ScnnParameters& values) {
    constexpr double kCrossbarHops = 0.45;
    const double activation_bits = entry_bits(values.activations, values.operand_bits);
    const double weight_bits = entry_bits(values.weights, values.operand_bits);
    const double sum_bits = values.accumulator_bits;
    const double bank = double(values.accumulator_entries) / values.accumulator_banks * sum_bits / 8;
    const double iaram = values.iaram_entries * activation_bits / 8;
    const double oaram = values.oaram_entries * activation_bits / 8;
    const double fifo = double(values.weight_fifo_entries) * values.f * weight_bits / 8;
    std::vector<EnergyUse> uses{
        {"multipliers", "pe.products", EnergyEvent::multiply, double(values.operand_bits)},
        {"multipliers", "pe.products_placeholder", EnergyEvent::multiply, double(values.operand_bits)},
        {"crossbar", "pe.products_kept", EnergyEvent::wire, kCrossbarHops * sum_bits},
        // Read, add, write.
        {"accumulators", "pe.products_kept", EnergyEvent::sram, 2 * sum_bits, bank},
        {"adders", "pe.products_kept", EnergyEvent::add, sum_bits},
        // Read-out at the end of a group.
        {"accumulators", "ppu.outputs", EnergyEvent::sram, sum_bits, bank},
        {"accumulators", "pe.psums_sent", EnergyEvent::sram, sum_bits, bank},
        // What arrives from other PEs, and the bias.
        {"ppu", "pe.psums_received", EnergyEvent::add, sum_bits},
        {"ppu", "ppu.outputs", EnergyEvent::add, sum_bits},
        {"iaram", "pe.iaram_vector_reads", EnergyEvent::sram, values.i * activation_bits, iaram},
        {"oaram", "ppu.outputs_stored", EnergyEvent::sram, activation_bits, oaram},
        {"weight_fifo", "pe.weight_fifo_write_bytes", EnergyEvent::sram, 8, fifo},
        {"weight_fifo", "pe.weight_vector_reads", EnergyEvent::sram, values.f * weight_bits, fifo},
        {"broadcast", "pe.weight_fifo_write_bytes", EnergyEvent::wire, 8},
        {"mesh", "mesh.hops", EnergyEvent::wire, sum_bits},
        {"mesh", "pool_mesh.hops", EnergyEvent::wire, double(values.operand_bits)}};
    const std::vector<EnergyUse> dram = pe_array::pe_array_dram_energy();
    uses.insert(uses.end(), dram.begin(), dram.end());
    uses.push_back({"dram", "sequencer.dram_index_bytes", EnergyEvent::dram, 8});
    return uses;
}

// The parts of the published PE, linear in what sizes them.
std::vector<AreaUse> area_of(const ScnnParameters& values) {
    const ScnnParameters published;
    const auto part = [&](const char* component, const char* entry, double size, double published_size) {
        return AreaUse{component, entry, values.pes() * size / published_size, size != published_size};
    };
    const auto of = [&](const char* component, const char* entry, double (*size)(const ScnnParameters&)) {
        return part(component, entry, size(values), size(published));
    };
    // Memories by their bits, multipliers by the product of their widths, the crossbar by crossings x width.
    return {of("iaram_oaram", "scnn.iaram_oaram",
               [](const ScnnParameters& p) {
                   return double(p.iaram_entries + p.oaram_entries) * entry_bits(p.activations, p.operand_bits);
               }),
            of("weight_fifo", "scnn.weight_fifo",
               [](const ScnnParameters& p) {
                   return double(p.weight_fifo_entries) * p.f * entry_bits(p.weights, p.operand_bits);
               }),
            of("multipliers", "scnn.multiplier_array",
               [](const ScnnParameters& p) { return double(p.f) * p.i * p.operand_bits * p.operand_bits; }),
            of("crossbar", "scnn.scatter_network",
               [](const ScnnParameters& p) { return double(p.f) * p.i * p.accumulator_banks * p.accumulator_bits; }),
            of("accumulators", "scnn.accumulators",
               [](const ScnnParameters& p) { return double(p.accumulator_entries) * p.accumulator_bits; }),
            part("other", "scnn.other", 1, 1)};
}

PlatformReport report_of(const ScnnParameters& values) {
    PlatformReport report;
    report.units = values.pes();
    report.multipliers = values.pes() * values.f * values.i;
    report.cycles_by_cause = pe_array::causes_by_name(
        {"busy", "void", "conflict", "bank_drain", "weight_fifo", "barrier", "halo_finalise", "memory"});
    report.traffic = pe_array::pe_array_traffic({{"noc", "mesh"}, {"pool", "pool_mesh"}});
    report.traffic.emplace_back("dram_index_bytes", "sequencer.dram_index_bytes");
    report.other_rules = {{"oracle", "pe.products", std::uint64_t(report.multipliers),
                           "products of the Cartesian product / multipliers: no fragmentation, no waiting"}};
    report.unit_work = "pe.working";
    report.barrier_time = "sequencer.computing";
    report.compresses_outputs = true;
    report.energy = energy_of(values);
    report.area = area_of(values);
    return report;
}

PlatformKind kind_of(const char* name, const char* title, OperandStorage activations, OperandStorage weights) {
    ScnnParameters defaults;
    defaults.activations = activations;
    defaults.weights = weights;
    return make_kind<ScnnSystem, ScnnLowering>(name, title, defaults, report_of, {"pe.rows", "pe.columns"});
}

}  // namespace

PlatformKind scnn_platform() {
    return kind_of("scnn",
                   "SCNN (ISCA 2017): 8x8 PEs, Cartesian-product multipliers on compressed weights and activations",
                   OperandStorage::compressed, OperandStorage::compressed);
}

PlatformKind scnn_sparse_a_platform() {
    return kind_of("scnn_sparse_a", "SCNN whose weights are dense: only zeros among the activations are skipped",
                   OperandStorage::compressed, OperandStorage::dense);
}

PlatformKind scnn_sparse_w_platform() {
    return kind_of("scnn_sparse_w", "SCNN whose activations are dense: only zeros among the weights are skipped",
                   OperandStorage::dense, OperandStorage::compressed);
}

}  // namespace nonzero::scnn
