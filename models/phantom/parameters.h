#pragma once
// Parameters of Phantom-2D. Defaults and the rules behind every switch: phantom_facts.md 9 and 9.4.

#include "models/base/parameters.h"
#include "models/dma/dma_parameters.h"
#include "models/phantom/core_task.h"

namespace nonzero::phantom {

enum class Preset { cv, md, hp };  // look-ahead windows of 9, 18 and 27 entries
enum class LookaheadUnit { entries, masks };
enum class CoreShape { three_pes, one_pe };  // 3x3 or 1x9 threads
enum class Mode { sparse, dense };

struct PhantomParameters {
    int mesh_rows = 7;
    int mesh_columns = 4;
    CoreShape core_shape = CoreShape::three_pes;

    Preset preset = Preset::hp;
    int lookahead_factor = 0;  // 0: the preset's
    LookaheadUnit lookahead_unit = LookaheadUnit::entries;
    Selector selector = Selector::out_of_order;
    Refill refill = Refill::batch;
    bool run_on = true;
    bool split_entries = false;

    ColumnBarrier columns = ColumnBarrier::none;
    MapRule map = MapRule::greedy;
    bool drop_empty = true;
    bool sort_filters = true;
    int output_buffer_depth = 0;  // slots; 0: unlimited
    int l2_rate = 9;
    int fill = 7;
    Mode mode = Mode::sparse;

    int operand_bits = 9;
    int accumulator_bits = 32;
    int clock_period_ps = 1000;
    DmaParameters dma;

    int cores() const { return mesh_rows * mesh_columns; }
    int pes() const { return cores() * (core_shape == CoreShape::one_pe ? 1 : kPes); }
    int multipliers() const { return cores() * kPlaneTaps; }
    int lookahead() const;  // entries of a look-ahead window
    MeshRules rules() const;
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, PhantomParameters& parameters);

// Throws InputError naming the switches that have no rule together (phantom_facts.md 9.4).
void check_switches(const PhantomParameters& parameters);

}  // namespace nonzero::phantom
