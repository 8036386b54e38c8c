#pragma once
// An array as the plan of a layer sees it (demm_facts.md 10.2 - 10.5): how a matrix product is cut into passes and what
// a pass costs. All machines of the family differ in these numbers only. Plain C++.

#include <cstdint>
#include <span>

#include "models/base/cycles.h"
#include "models/systolic/parameters.h"
#include "workloads/nm.h"

namespace nonzero::systolic {

enum class Stationary { outputs, weights, inputs };

// How the rows of A become panels, the rows that stand on the array together.
enum class PanelRule {
    natural,        // neighbouring rows with all their columns
    equal_density,  // rows with the same n, at any distance, in their order
    fullest_row,    // neighbouring rows with the n of the fullest
    shared_columns  // neighbouring rows with the columns in which any of them has a non-zero
};

// What one pass costs.
struct PassCycles {
    Cycles load = 0;      // stationary operands move in
    Cycles stream = 0;    // operands enter at the edge
    Cycles skew = 0;      // the wavefront fills and empties the array
    Cycles interval = 0;  // double-buffered: the stationary operands move in, or the outputs out, behind the stream
    Cycles total() const { return load + stream + skew; }
};

struct ArrayGeometry {
    Stationary stationary = Stationary::outputs;
    PanelRule rule = PanelRule::natural;
    int block = 1;                 // neighbouring columns of A that share slots
    std::span<const int> allowed;  // slots that a block may have, ascending; the last is `block`
    int panel_rows = 0;            // filters side by side; 0: all of a convolution group
    int pass_slots = 0;            // slots of a filter in a pass; 0: all
    int tile_pixels = 0;           // pixels of a pass; 0: all of a convolution group
    int grid_rows = 1;             // PEs, along which weights (or inputs) move in
    int grid_columns = 1;
    int multipliers = 1;

    // Of a pass over so many slots with n of them to a block; streamed: operands that enter one after the other.
    PassCycles pass_cycles(PassTiming timing, int n, Cycles streamed) const;
    int multiplier_rows = 1;  // of `scale`
    int multiplier_columns = 1;
};

// Whether every row of a layer can take n slots to a block.
bool is_own_pattern(const ArrayGeometry& geometry, const NmPattern& pattern);

// For convolution groups of this many filters. InputError where sizes do not divide one another.
ArrayGeometry make_geometry(const ArrayParameters& parameters, int filters);

}  // namespace nonzero::systolic
