#pragma once
// The machines of the systolic family and their parameters; defaults are 512 multipliers each (demm_facts.md 4.7, 10.2
// - 10.6).

#include <span>
#include <string>
#include <utility>

#include "models/base/parameters.h"
#include "models/dma/dma_parameters.h"
#include "models/gemm/gemm_plan.h"

namespace nonzero::systolic {

enum class ArrayKind {
    output_stationary,  // dense; pixels on the rows, filters on the columns
    weight_stationary,  // dense; weights of a filter down a column
    input_stationary,   // dense; activations of a pixel down a column
    vegeta,             // weight-stationary, n:4 weights, n of each row
    tensor_core_24,     // weight-stationary, 2:4 weights or dense rows
    s2ta,               // output-stationary, weights time-unrolled, n:8
    spots               // output-stationary, skips columns that are zero in a whole group of filters
};

// When a pass follows the one before it (demm_facts.md 10.2 - 10.5).
enum class PassTiming {
    serial,          // one after the other, each with its whole fill and drain
    rtl,             // serial, with the passes as long as the published VEGETA RTL counts them
    scale,           // serial, with the fill and drain of an array without tensor PEs (S2TA)
    double_buffered  // the next pass follows as soon as its operands are in place
};

struct ArrayParameters {
    ArrayKind kind = ArrayKind::output_stationary;
    int rows = 32;  // multipliers
    int columns = 16;
    int alpha = 1;  // VEGETA: filters of a PE
    int beta = 1;   // VEGETA: weights of a filter that a PE adds in one cycle
    int tpe_rows = 1;
    int tpe_columns = 1;
    int split = 1;  // SPOTS: smaller arrays that the tall one makes for layers of few filters
    PassTiming timing = PassTiming::serial;
    int operand_bits = 9;
    int accumulator_bits = 32;
    int clock_period_ps = 2000;
    DmaParameters dma;

    int multipliers() const { return rows * columns; }
    gemm::GemmWidths widths() const { return {operand_bits, accumulator_bits}; }
};

ArrayParameters default_parameters(ArrayKind kind);

// "systolic_os" …: the platform.
const char* name_of(ArrayKind kind);

constexpr bool is_dense(ArrayKind kind) {
    return kind == ArrayKind::output_stationary || kind == ArrayKind::weight_stationary ||
           kind == ArrayKind::input_stationary;
}

// The timings that a machine knows, the default first, under the names of demm_facts.md 10.2.
std::span<const std::pair<const char*, PassTiming>> timings_of(ArrayKind kind);

// Names every field that this kind has once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, ArrayParameters& parameters);

}  // namespace nonzero::systolic
