#include "models/systolic/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "workloads/error.h"

namespace nonzero::systolic {

namespace {

constexpr std::array kDense{1};
constexpr std::array kVegeta{1, 2, 4};
constexpr std::array kTensorCore{2, 4};
constexpr std::array kS2ta{1, 2, 3, 4, 5, 6, 7, 8};

// The published RTL's control takes this many cycles more for a pass than the wavefront needs
// (demm_facts.md 4.2, 10.3).
constexpr Cycles kRtlExtra = 4;

int divided(const ArrayParameters& parameters, const char* whole_name, int whole, const char* part_name, int part) {
    if (whole % part != 0) {
        throw InputError(fmt::format("{}: {} = {} does not divide {} = {}; choose a divisor", name_of(parameters.kind),
                                     part_name, part, whole_name, whole));
    }
    return whole / part;
}

}  // namespace

ArrayGeometry make_geometry(const ArrayParameters& p, int filters) {
    ArrayGeometry g;
    g.multipliers = p.multipliers();
    g.multiplier_rows = p.rows;
    g.multiplier_columns = p.columns;
    g.grid_rows = p.rows;
    g.grid_columns = p.columns;
    g.allowed = kDense;
    switch (p.kind) {
        case ArrayKind::output_stationary:
            g.tile_pixels = p.rows;
            g.panel_rows = p.columns;
            break;
        case ArrayKind::weight_stationary:
            g.stationary = Stationary::weights;
            g.pass_slots = p.rows;
            g.panel_rows = p.columns;
            break;
        case ArrayKind::input_stationary:
            g.stationary = Stationary::inputs;
            g.pass_slots = p.rows;
            g.tile_pixels = p.columns;
            break;
        case ArrayKind::vegeta:
        case ArrayKind::tensor_core_24:
            g.stationary = Stationary::weights;
            g.rule = PanelRule::equal_density;
            g.block = 4;
            g.allowed = p.kind == ArrayKind::vegeta ? std::span<const int>(kVegeta) : kTensorCore;
            g.pass_slots = p.rows;
            g.panel_rows = p.columns;
            g.grid_rows = divided(p, "array.rows", p.rows, "array.beta", p.beta);
            g.grid_columns = divided(p, "array.columns", p.columns, "array.alpha", p.alpha);
            break;
        case ArrayKind::s2ta:
            g.rule = PanelRule::fullest_row;
            g.block = 8;
            g.allowed = kS2ta;
            g.panel_rows = p.rows;
            g.tile_pixels = p.columns;
            g.grid_rows = divided(p, "array.rows", p.rows, "tpe.rows", p.tpe_rows);
            g.grid_columns = divided(p, "array.columns", p.columns, "tpe.columns", p.tpe_columns);
            break;
        case ArrayKind::spots: {
            const int small = divided(p, "array.rows", p.rows, "array.split", p.split);
            const bool tall = filters > small;
            g.rule = PanelRule::shared_columns;
            g.panel_rows = tall ? p.rows : small;
            g.tile_pixels = tall ? p.columns : p.columns * p.split;
            g.grid_rows = g.panel_rows;
            break;
        }
    }
    return g;
}

bool is_own_pattern(const ArrayGeometry& geometry, const NmPattern& pattern) {
    return geometry.block > 1 && pattern.m == geometry.block &&
           std::ranges::find(geometry.allowed, pattern.n) != geometry.allowed.end();
}

PassCycles ArrayGeometry::pass_cycles(PassTiming timing, int n, Cycles streamed) const {
    PassCycles cycles;
    cycles.load = stationary == Stationary::outputs ? 0 : Cycles(grid_rows);
    cycles.stream = streamed;
    // A time-unrolled operand holds up the wavefront n cycles at every PE.
    const Cycles steps = rule == PanelRule::fullest_row ? Cycles(n) : 1;
    cycles.skew = steps * Cycles(grid_rows + grid_columns - 2);
    if (timing == PassTiming::rtl) {
        cycles.skew += kRtlExtra;
    } else if (timing == PassTiming::scale) {
        cycles.skew = Cycles(multiplier_rows + multiplier_columns - 2);
    }
    cycles.interval = Cycles(grid_rows);
    return cycles;
}

}  // namespace nonzero::systolic
