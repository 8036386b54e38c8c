#include "models/systolic/parameters.h"

#include <array>
#include <stdexcept>
#include <vector>

namespace nonzero::systolic {

namespace {

using NamedTiming = std::pair<const char*, PassTiming>;

constexpr std::array kDenseTimings{NamedTiming{"serial", PassTiming::serial},
                                   NamedTiming{"db", PassTiming::double_buffered}};
constexpr std::array kVegetaTimings{NamedTiming{"serial", PassTiming::serial}, NamedTiming{"rtl", PassTiming::rtl},
                                    NamedTiming{"db", PassTiming::double_buffered}};
constexpr std::array kS2taTimings{NamedTiming{"block", PassTiming::serial}, NamedTiming{"scale", PassTiming::scale},
                                  NamedTiming{"db", PassTiming::double_buffered}};

struct SizeTexts {
    const char* rows;
    const char* columns;
    const char* source;
};

SizeTexts size_texts(ArrayKind kind) {
    switch (kind) {
        case ArrayKind::output_stationary:
            return {"multipliers along a column: pixels of a tile", "multipliers along a row: filters of a tile",
                    "demm_facts.md 10.2"};
        case ArrayKind::weight_stationary:
            return {"multipliers along a column: weights of a filter", "multipliers along a row: filters",
                    "demm_facts.md 10.2"};
        case ArrayKind::input_stationary:
            return {"multipliers along a column: activations of a pixel", "multipliers along a row: pixels",
                    "demm_facts.md 10.2"};
        case ArrayKind::vegeta:
        case ArrayKind::tensor_core_24:
            return {"multipliers along a column: weight slots of a filter", "multipliers along a row: filters",
                    "demm_facts.md 4.2, 10.3"};
        case ArrayKind::s2ta:
            return {"filters of an output tile", "pixels of an output tile", "demm_facts.md 4.3, 10.4"};
        case ArrayKind::spots:
            return {"filters of an output tile", "pixels of an output tile", "demm_facts.md 4.4, 10.5"};
    }
    throw std::logic_error("no such array");
}

}  // namespace

ArrayParameters default_parameters(ArrayKind kind) {
    ArrayParameters parameters;
    parameters.kind = kind;
    if (kind == ArrayKind::s2ta) {
        parameters.tpe_rows = 4;
        parameters.tpe_columns = 4;
    } else if (kind == ArrayKind::spots) {
        parameters.rows = 128;
        parameters.columns = 4;
        parameters.split = 4;
    }
    return parameters;
}

const char* name_of(ArrayKind kind) {
    switch (kind) {
        case ArrayKind::output_stationary:
            return "systolic_os";
        case ArrayKind::weight_stationary:
            return "systolic_ws";
        case ArrayKind::input_stationary:
            return "systolic_is";
        case ArrayKind::vegeta:
            return "vegeta";
        case ArrayKind::tensor_core_24:
            return "tensor_core_24";
        case ArrayKind::s2ta:
            return "s2ta";
        case ArrayKind::spots:
            return "spots";
    }
    throw std::logic_error("no such array");
}

std::span<const std::pair<const char*, PassTiming>> timings_of(ArrayKind kind) {
    switch (kind) {
        case ArrayKind::vegeta:
        case ArrayKind::tensor_core_24:
            return kVegetaTimings;
        case ArrayKind::s2ta:
            return kS2taTimings;
        default:
            return kDenseTimings;
    }
}

void describe(ParameterTable& table, ArrayParameters& p) {
    const SizeTexts size = size_texts(p.kind);
    table.integer("array.rows", p.rows, 1, 4096, "multipliers", size.rows, size.source);
    table.integer("array.columns", p.columns, 1, 4096, "multipliers", size.columns, size.source);
    if (p.kind == ArrayKind::vegeta || p.kind == ArrayKind::tensor_core_24) {
        table.integer("array.alpha", p.alpha, 1, 4096, "filters", "filters of a PE; divides array.columns",
                      "demm_facts.md 4.2, 10.3");
        table.integer("array.beta", p.beta, 1, 4096, "slots", "slots that a PE adds in one cycle; divides array.rows",
                      "demm_facts.md 4.2, 10.3");
    } else if (p.kind == ArrayKind::s2ta) {
        table.integer("tpe.rows", p.tpe_rows, 1, 4096, "filters", "filters of a tensor PE; divides array.rows",
                      "demm_facts.md 10.4");
        table.integer("tpe.columns", p.tpe_columns, 1, 4096, "pixels", "pixels of a tensor PE; divides array.columns",
                      "demm_facts.md 10.4");
    } else if (p.kind == ArrayKind::spots) {
        table.integer("array.split", p.split, 1, 4096, "arrays",
                      "arrays side by side that the tall one becomes for layers whose filters fit one; divides "
                      "array.rows",
                      "demm_facts.md 10.5");
    }
    const auto timings = timings_of(p.kind);
    std::vector<std::pair<std::string, PassTiming>> choices(timings.begin(), timings.end());
    table.choice<PassTiming>("array.timing", p.timing, choices, "when a pass follows the one before it",
                             "demm_facts.md 10.2-10.5, D13");
    table.integer("operand.bits", p.operand_bits, 2, 16, "bits", "width of a weight or activation",
                  "demm_facts.md D15");
    table.integer("accumulator.bits", p.accumulator_bits, 8, 63, "bits", "accumulator width, sums wrap",
                  "demm_facts.md D15");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period", "demm_facts.md D11, P13");
    describe(table, p.dma);
}

}  // namespace nonzero::systolic
