#include "platforms/scnn/scnn_platform.h"

#include "platforms/scnn/scnn_lowering.h"
#include "platforms/scnn/scnn_system.h"

namespace nonzero::scnn {

namespace {

struct Parameters : PlatformParameters {
    Parameters(OperandStorage activations, OperandStorage weights) {
        values.activations = activations;
        values.weights = weights;
        describe(table, values);
    }
    ScnnParameters values;
};

const ScnnParameters& values_of(const PlatformParameters& parameters) {
    return dynamic_cast<const Parameters&>(parameters).values;
}

// Bits of a stored entry: the value and its 4-bit zero run (card 2.1).
constexpr int kRunBits = 4;

// What a slot, a product, a group make of traffic. The crossbar's wires: a product crosses the width of the scatter
// network, whose 0.026 mm² (card 2.2) are 0.16 mm in 16 nm and about half a hop in the table's 45 nm.
std::vector<EnergyUse> energy_of(const ScnnParameters& values) {
    constexpr double kCrossbarHops = 0.45;
    const auto entry_bits = [&](OperandStorage storage) {
        return values.operand_bits + (storage == OperandStorage::compressed ? kRunBits : 0.0);
    };
    const double activation_bits = entry_bits(values.activations);
    const double weight_bits = entry_bits(values.weights);
    const double sum_bits = values.accumulator_bits;
    const double bank = double(values.accumulator_entries) / values.accumulator_banks * sum_bits / 8;
    const double iaram = values.iaram_entries * activation_bits / 8;
    const double oaram = values.oaram_entries * activation_bits / 8;
    const double fifo = double(values.weight_fifo_entries) * values.f * weight_bits / 8;
    return {{"multipliers", "pe.products", EnergyEvent::multiply, double(values.operand_bits)},
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
            {"mesh", "pool_mesh.hops", EnergyEvent::wire, double(values.operand_bits)},
            {"dram", "sequencer.dram_weight_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.dram_activation_read_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.dram_activation_write_bytes", EnergyEvent::dram, 8}};
}

// The parts of the published PE, linear in what sizes them.
std::vector<AreaUse> area_of(const ScnnParameters& values) {
    const ScnnParameters published;
    const auto part = [&](const char* component, const char* entry, double size, double published_size) {
        return AreaUse{component, entry, values.pes() * size / published_size, size != published_size};
    };
    const double lanes = values.f * values.i;
    const double published_lanes = published.f * published.i;
    return {part("iaram_oaram", "scnn.iaram_oaram", values.iaram_entries + values.oaram_entries,
                 published.iaram_entries + published.oaram_entries),
            part("weight_fifo", "scnn.weight_fifo", double(values.weight_fifo_entries) * values.f,
                 double(published.weight_fifo_entries) * published.f),
            part("multipliers", "scnn.multiplier_array", lanes, published_lanes),
            part("crossbar", "scnn.scatter_network", lanes * values.accumulator_banks,
                 published_lanes * published.accumulator_banks),
            part("accumulators", "scnn.accumulators", double(values.accumulator_entries) * values.accumulator_bits,
                 double(published.accumulator_entries) * published.accumulator_bits),
            part("other", "scnn.other", 1, 1)};
}

PlatformReport report_of(const ScnnParameters& values) {
    PlatformReport report;
    report.units = values.pes();
    report.multipliers = values.pes() * values.f * values.i;
    for (const char* cause :
         {"busy", "void", "conflict", "bank_drain", "weight_fifo", "barrier", "halo_finalise", "memory"}) {
        report.cycles_by_cause.emplace_back(cause, cause);
    }
    report.traffic = {{"dram_read_bytes", "dma_engine.read_bytes"},
                      {"dram_write_bytes", "dma_engine.write_bytes"},
                      {"dram_weight_bytes", "sequencer.dram_weight_bytes"},
                      {"dram_activation_read_bytes", "sequencer.dram_activation_read_bytes"},
                      {"dram_activation_write_bytes", "sequencer.dram_activation_write_bytes"},
                      {"weight_vector_reads", "pe.weight_vector_reads"},
                      {"iaram_vector_reads", "pe.iaram_vector_reads"},
                      {"oaram_write_bytes", "oaram.write_bytes"},
                      {"noc_packets", "mesh.packets"},
                      {"noc_hops", "mesh.hops"},
                      {"pool_packets", "pool_mesh.packets"},
                      {"pool_hops", "pool_mesh.hops"}};
    report.other_rules = {{"oracle", "pe.products", std::uint64_t(report.multipliers),
                           "products of the Cartesian product / multipliers: no fragmentation, no waiting"}};
    report.unit_work = "pe.working";
    report.barrier_time = "sequencer.computing";
    report.energy = energy_of(values);
    report.area = area_of(values);
    return report;
}

PlatformKind kind_of(const char* name, const char* title, OperandStorage activations, OperandStorage weights) {
    return {name,
            title,
            [=] { return std::make_unique<Parameters>(activations, weights); },
            [](const PlatformParameters& parameters, const TraceOptions& trace) -> std::unique_ptr<System> {
                return std::make_unique<ScnnSystem>(values_of(parameters), trace);
            },
            [](const PlatformParameters& parameters) -> std::unique_ptr<Lowering> {
                return std::make_unique<ScnnLowering>(values_of(parameters));
            },
            [](const PlatformParameters& parameters) { return report_of(values_of(parameters)); },
            nullptr,
            {"pe.rows", "pe.columns"}};
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
