#include "platforms/dcnn/dcnn_platform.h"

#include "platforms/dcnn/dcnn_lowering.h"
#include "platforms/dcnn/dcnn_system.h"

namespace nonzero::dcnn {

namespace {

struct Parameters : PlatformParameters {
    explicit Parameters(Variant variant) {
        values.variant = variant;
        describe(table, values);
    }
    DcnnParameters values;
};

const DcnnParameters& values_of(const PlatformParameters& parameters) {
    return dynamic_cast<const Parameters&>(parameters).values;
}

// Per slot a vector of weights out of the buffer and one accumulator read and written; a vector of activations out of
// IARAM serves a slot of every output channel of its group. (Weight buffer and accumulators are priced as SCNN's: 500
// bytes and 3 KB, card 2.1.)
std::vector<EnergyUse> energy_of(const DcnnParameters& values) {
    constexpr double kWeightBuffer = 500;
    constexpr double kAccumulators = 3072;
    const char* const multiplied = values.variant == Variant::plain ? "pe.products" : "pe.products_useful";
    const double vector_bits = double(values.multipliers) * values.operand_bits;
    const double ram = double(values.activation_sram_kib) * 1024 / values.pes();
    return {{"multipliers", multiplied, EnergyEvent::multiply, double(values.operand_bits)},
            {"adders", multiplied, EnergyEvent::add, double(values.accumulator_bits)},
            {"weight_buffer", "pe.weight_vector_reads", EnergyEvent::sram, vector_bits, kWeightBuffer},
            {"activation_ram", "pe.iaram_vector_reads", EnergyEvent::sram, vector_bits, ram},
            {"activation_ram", "ppu.outputs", EnergyEvent::sram, double(values.operand_bits), ram},
            {"accumulators", "pe.weight_vector_reads", EnergyEvent::sram, 2.0 * values.accumulator_bits, kAccumulators},
            {"dram", "sequencer.dram_weight_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.dram_activation_read_bytes", EnergyEvent::dram, 8},
            {"dram", "sequencer.dram_activation_write_bytes", EnergyEvent::dram, 8}};
}

PlatformReport report_of(const DcnnParameters& values) {
    constexpr double kPublishedPes = 64;
    PlatformReport report;
    report.units = values.pes();
    report.multipliers = values.pes() * values.multipliers;
    for (const char* cause : {"busy", "barrier", "memory"}) {
        report.cycles_by_cause.emplace_back(cause, cause);
    }
    report.traffic = {{"dram_read_bytes", "dma_engine.read_bytes"},
                      {"dram_write_bytes", "dma_engine.write_bytes"},
                      {"dram_weight_bytes", "sequencer.dram_weight_bytes"},
                      {"dram_activation_read_bytes", "sequencer.dram_activation_read_bytes"},
                      {"dram_activation_write_bytes", "sequencer.dram_activation_write_bytes"},
                      {"weight_vector_reads", "pe.weight_vector_reads"},
                      {"iaram_vector_reads", "pe.iaram_vector_reads"},
                      {"oaram_write_bytes", "oaram.write_bytes"}};
    report.other_rules = {{"normalised", "sequencer.tile_macs", std::uint64_t(values.multipliers),
                           "largest tile x K x C/g x KH x KW / 16 without rounding up (the card's dense reference)"}};
    report.energy = energy_of(values);
    report.area = {{"chip", "dcnn.chip", values.pes() / kPublishedPes}};
    return report;
}

PlatformKind make_kind(const char* name, const char* title, Variant variant) {
    return {name,
            title,
            [variant] { return std::make_unique<Parameters>(variant); },
            [](const PlatformParameters& parameters, const TraceOptions& trace) -> std::unique_ptr<System> {
                return std::make_unique<DcnnSystem>(values_of(parameters), trace);
            },
            [](const PlatformParameters& parameters) -> std::unique_ptr<Lowering> {
                return std::make_unique<DcnnLowering>(values_of(parameters));
            },
            [](const PlatformParameters& parameters) { return report_of(values_of(parameters)); }};
}

}  // namespace

PlatformKind dcnn_platform() {
    return make_kind("dcnn", "DCNN, dense baseline of SCNN (ISCA 2017): 8x8 PEs, dot products of 16 dense operands",
                     Variant::plain);
}

PlatformKind dcnn_opt_platform() {
    return make_kind("dcnn_opt", "DCNN-opt (ISCA 2017): DCNN whose zeros gate multipliers and are compressed in DRAM",
                     Variant::optimised);
}

}  // namespace nonzero::dcnn
