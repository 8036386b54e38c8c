#include "platforms/systolic/systolic_platform.h"

#include <fmt/format.h>

#include "platforms/gemm/gemm_costs.h"
#include "platforms/systolic/systolic_lowering.h"
#include "platforms/systolic/systolic_system.h"

namespace nonzero::systolic {

namespace {

struct Parameters : PlatformParameters {
    explicit Parameters(ArrayKind kind) : values(default_parameters(kind)) { describe(table, values); }
    ArrayParameters values;
};

const ArrayParameters& values_of(const PlatformParameters& parameters) {
    return dynamic_cast<const Parameters&>(parameters).values;
}

const char* meaning_of(PassTiming timing) {
    switch (timing) {
        case PassTiming::serial:
            return "each pass with its whole fill and drain";
        case PassTiming::rtl:
            return "passes as long as the published RTL counts them";
        case PassTiming::scale:
            return "fill and drain of an array without tensor PEs";
        case PassTiming::double_buffered:
            return "double-buffered: a pass follows as soon as its operands are in place";
    }
    return "";
}

PlatformReport report_of(const ArrayParameters& values) {
    PlatformReport report;
    report.units = values.multipliers();
    report.multipliers = values.multipliers();
    report.cycles_by_cause = {{"busy", "array.busy"},
                              {"zero_weight", "array.zero_weight"},
                              {"edge", "array.edge"},
                              {"operand_load", "sequencer.operand_load"},
                              {"fill_drain", "sequencer.fill_drain"}};
    report.traffic = gemm_traffic("sequencer");
    report.traffic.insert(report.traffic.end(),
                          {{"weight_stream_bytes", "weight_buffer.slot_bytes"}, {"passes", "array.passes"}});
    for (const auto& [name, timing] : timings_of(values.kind)) {
        if (timing != values.timing) {
            report.other_rules.push_back({name, std::string("sequencer.cycles_") + name, 1, meaning_of(timing)});
        }
    }
    if (is_dense(values.kind)) {
        report.other_rules.push_back(
            {"report", "sequencer.cycles_report", 1, "serial less one cycle, as the public simulator counts a layer"});
    }
    report.energy = gemm_energy(values.widths(), "sequencer");
    report.energy.insert(report.energy.end(),
                         {{"multipliers", "array.products", EnergyEvent::multiply, double(values.operand_bits)},
                          {"adders", "array.products", EnergyEvent::add, double(values.accumulator_bits)},
                          {"weight_buffer", "weight_buffer.slot_bytes", EnergyEvent::sram, 8, kWeightBufferBytes}});
    return report;
}

PlatformKind make_kind(ArrayKind kind, const char* title) {
    return {name_of(kind),
            title,
            [kind] { return std::make_unique<Parameters>(kind); },
            [](const PlatformParameters& parameters, const TraceOptions& trace) -> std::unique_ptr<System> {
                return std::make_unique<SystolicSystem>(values_of(parameters), trace);
            },
            [](const PlatformParameters& parameters) -> std::unique_ptr<Lowering> {
                return std::make_unique<SystolicLowering>(values_of(parameters));
            },
            [](const PlatformParameters& parameters) { return report_of(values_of(parameters)); },
            [](const PlatformParameters& parameters, const GemmShape& shape, const NmPattern& pattern)
                -> std::optional<WeightPlaces> { return natural_places(values_of(parameters), shape, pattern); },
            {"array.rows", "array.columns"}};
}

}  // namespace

std::vector<PlatformKind> systolic_platforms() {
    return {
        make_kind(ArrayKind::output_stationary, "output-stationary systolic array of dense operands"),
        make_kind(ArrayKind::weight_stationary, "weight-stationary systolic array of dense operands"),
        make_kind(ArrayKind::input_stationary, "input-stationary systolic array of dense operands"),
        make_kind(ArrayKind::vegeta, "VEGETA (HPCA 2023): weight-stationary array, rows of 1:4, 2:4 or 4:4 weights"),
        make_kind(ArrayKind::tensor_core_24, "2:4 sparse tensor core as a weight-stationary array"),
        make_kind(ArrayKind::s2ta,
                  "S2TA (HPCA 2022): output-stationary array of tensor PEs, n:8 weights unrolled "
                  "in time"),
        make_kind(ArrayKind::spots,
                  "SPOTS (TACO 2022): output-stationary array that skips columns of weights that "
                  "are zero in a whole group of filters")};
}

}  // namespace nonzero::systolic
