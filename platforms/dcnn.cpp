#include "platforms/dcnn.h"

#include "lowering/dcnn_lowering.h"
#include "models/dcnn/post_processing_unit.h"
#include "models/dcnn/processing_element.h"
#include "models/dcnn/sequencer.h"
#include "platforms/kind.h"
#include "platforms/pe_array_report.h"
#include "platforms/pe_tiles.h"
#include "platforms/system.h"

namespace nonzero::dcnn {

namespace {

// The dense machine of the SCNN paper (scnn_facts.md 2.3, 2.4): a grid of PEs, each with IARAM, OARAM and
// post-processing unit, a sequencer, a mesh between the post-processing units for pooling, and the host side that every
// platform has.
class DcnnSystem : public System {
  public:
    DcnnSystem(const DcnnParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    pe_array::PeTiles<ProcessingElement, PostProcessingUnit> tiles_;
};

DcnnSystem::DcnnSystem(const DcnnParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      // One vector of 16-bit activations per cycle.
      tiles_(parameters, unsigned(parameters.multipliers) * 2, sequencer_, clock(), statistics(), trace()) {
    add_host_side(sequencer_, parameters.dma);
}

// The order of work behind these counts: for each vector of taps and each output an activation vector is fetched and
// stays for the output channels of the group, each of which is a slot: a vector of weights read, one accumulator read
// and written. The weight buffer holds two vectors per output channel, the accumulators are SCNN's (1024,
// scnn_facts.md 2.1).
std::vector<EnergyUse> energy_of(const DcnnParameters& values) {
    constexpr double kAccumulators = 1024;
    const double operand_bits = values.operand_bits;
    const double sum_bits = values.accumulator_bits;
    const double vector_bits = values.multipliers * operand_bits;
    const double weight_buffer = 2 * values.kc * vector_bits / 8;
    const double accumulators = kAccumulators * sum_bits / 8;
    const double ram = double(values.activation_sram_kib) * 1024 / values.pes() / 2;  // IARAM or OARAM of a PE
    // A gated multiplier and its adder stand still.
    const char* const working = values.variant == Variant::plain ? "pe.products" : "pe.products_useful";
    std::vector<EnergyUse> uses{
        {"multipliers", working, EnergyEvent::multiply, operand_bits},
        {"adders", working, EnergyEvent::add, sum_bits},
        {"accumulators", "pe.weight_vector_reads", EnergyEvent::sram, 2 * sum_bits, accumulators},
        // Read-out at the end of a group.
        {"accumulators", "ppu.outputs", EnergyEvent::sram, sum_bits, accumulators},
        {"iaram", "pe.iaram_vector_reads", EnergyEvent::sram, vector_bits, ram},
        {"oaram", "ppu.outputs_stored", EnergyEvent::sram, operand_bits, ram},
        {"mesh", "pool_mesh.hops", EnergyEvent::wire, operand_bits},
        {"weight_buffer", "pe.weight_bytes", EnergyEvent::sram, 8, weight_buffer},
        {"weight_buffer", "pe.weight_vector_reads", EnergyEvent::sram, vector_bits, weight_buffer},
        {"broadcast", "pe.weight_bytes", EnergyEvent::wire, 8}};
    const std::vector<EnergyUse> dram = pe_array::pe_array_dram_energy();
    uses.insert(uses.end(), dram.begin(), dram.end());
    return uses;
}

PlatformReport report_of(const DcnnParameters& values) {
    const DcnnParameters published;
    PlatformReport report;
    report.units = values.pes();
    report.multipliers = values.pes() * values.multipliers;
    report.cycles_by_cause = pe_array::causes_by_name({"busy", "barrier", "memory"});
    report.traffic = pe_array::pe_array_traffic({{"pool", "pool_mesh"}});
    report.other_rules = {
        {"normalised", "sequencer.tile_macs", std::uint64_t(values.multipliers),
         "largest tile x K x C/g x KH x KW / multipliers of a PE, without rounding up (the dense reference)"}};
    report.compresses_outputs = values.variant == Variant::optimised;
    report.energy = energy_of(values);
    report.unit_work = "pe.busy";
    report.barrier_time = "sequencer.computing";
    const bool scaled = values.pes() != published.pes() || values.multipliers != published.multipliers ||
                        values.activation_sram_kib != published.activation_sram_kib ||
                        values.operand_bits != published.operand_bits ||
                        values.accumulator_bits != published.accumulator_bits;
    report.area = {{"chip", "dcnn.chip", double(values.pes()) / published.pes(), scaled}};
    return report;
}

PlatformKind kind_of(const char* name, const char* title, Variant variant) {
    DcnnParameters defaults;
    defaults.variant = variant;
    return make_kind<DcnnSystem, DcnnLowering>(name, title, defaults, report_of, {"pe.rows", "pe.columns"});
}

}  // namespace

PlatformKind dcnn_platform() {
    return kind_of(
        "dcnn", "DCNN, dense baseline of SCNN (ISCA 2017): 8x8 PEs, dot products in whole slots of 16 dense operands",
        Variant::plain);
}

PlatformKind dcnn_opt_platform() {
    return kind_of("dcnn_opt", "DCNN-opt (ISCA 2017): DCNN whose zeros gate multipliers and are compressed in DRAM",
                   Variant::optimised);
}

}  // namespace nonzero::dcnn
