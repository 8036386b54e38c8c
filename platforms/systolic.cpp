#include "platforms/systolic.h"

#include <fmt/format.h>

#include "lowering/systolic_lowering.h"
#include "models/gemm/activation_buffer.h"
#include "models/gemm/output_buffer.h"
#include "models/systolic/sequencer.h"
#include "models/systolic/systolic_array.h"
#include "models/systolic/weight_buffer.h"
#include "platforms/gemm_costs.h"
#include "platforms/kind.h"
#include "platforms/system.h"

namespace nonzero::systolic {

namespace {

// A machine of the systolic family: sequencer, activation buffer, weight buffer, array, output buffer, and the host
// side that every platform has.
class SystolicSystem : public System {
  public:
    SystolicSystem(const ArrayParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    gemm::ActivationBuffer activation_buffer_;
    WeightBuffer weight_buffer_;
    SystolicArray array_;
    gemm::OutputBuffer output_buffer_;
};

SystolicSystem::SystolicSystem(const ArrayParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      activation_buffer_("activation_buffer", statistics()),
      weight_buffer_("weight_buffer", parameters, statistics()),
      array_("array", parameters, clock(), statistics(), trace()),
      output_buffer_("output_buffer", statistics()) {
    sequencer_.activations.bind(activation_buffer_.load);
    sequencer_.tiles.bind(activation_buffer_.tiles);
    sequencer_.outputs.bind(output_buffer_.control);
    sequencer_.weights.bind(weight_buffer_.load);
    sequencer_.slots.bind(weight_buffer_.requests);
    sequencer_.operands.bind(array_.operands);
    weight_buffer_.slots.bind(array_.slots);
    array_.psums.bind(output_buffer_.psums);
    add_host_side(sequencer_, parameters.dma);
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
    report.traffic = gemm::gemm_traffic("sequencer");
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
    report.energy = gemm::gemm_energy(values.widths(), "sequencer");
    report.energy.insert(
        report.energy.end(),
        {{"multipliers", "array.products", EnergyEvent::multiply, double(values.operand_bits)},
         {"adders", "array.products", EnergyEvent::add, double(values.accumulator_bits)},
         {"weight_buffer", "weight_buffer.slot_bytes", EnergyEvent::sram, 8, gemm::kWeightBufferBytes}});
    report.times_counted_set_up = false;
    // A multiplier of a sparse array chooses its operand among those of a block (demm_facts.md 4.2, 4.3, 4.5).
    const int block = make_geometry(values, 1).block;
    const bool chooses = block > 1;
    report.structure = {
        {"operand_multiplexer_inputs", chooses ? std::uint64_t(block) * std::uint64_t(values.multipliers()) : 0}};
    return report;
}

PlatformKind kind_of(ArrayKind array, const char* title) {
    PlatformKind kind = make_kind<SystolicSystem, SystolicLowering>(name_of(array), title, default_parameters(array),
                                                                    report_of, {"array.rows", "array.columns"});
    kind.natural_places = [](const PlatformParameters& parameters, const GemmShape& shape, const NmPattern& pattern) {
        return natural_places(ParametersOf<ArrayParameters>::in(parameters), shape, pattern);
    };
    return kind;
}

}  // namespace

std::vector<PlatformKind> systolic_platforms() {
    return {kind_of(ArrayKind::output_stationary, "output-stationary systolic array of dense operands"),
            kind_of(ArrayKind::weight_stationary, "weight-stationary systolic array of dense operands"),
            kind_of(ArrayKind::input_stationary, "input-stationary systolic array of dense operands"),
            kind_of(ArrayKind::vegeta, "VEGETA (HPCA 2023): weight-stationary array, rows of 1:4, 2:4 or 4:4 weights"),
            kind_of(ArrayKind::tensor_core_24, "2:4 sparse tensor core as a weight-stationary array"),
            kind_of(ArrayKind::s2ta,
                    "S2TA (HPCA 2022): output-stationary array of tensor PEs, n:8 weights unrolled "
                    "in time"),
            kind_of(ArrayKind::spots,
                    "SPOTS (TACO 2022): output-stationary array that skips columns of weights that "
                    "are zero in a whole group of filters")};
}

}  // namespace nonzero::systolic
