#pragma once
// Brute-force oracle of Phantom-2D, written from phantom_facts.md alone (numbers below are its items). Every PE steps
// through its stream entry by entry and cycle by cycle, and every product that it takes is multiplied; nothing is
// shared with the model under test except the layer and tensor structures.

#include <cstdint>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::oracle {

// Section 9 and 9.4.
struct PhantomConfig {
    enum Selector { out_of_order, in_order, best_fit };
    enum Refill { batch, sliding };
    enum Columns { free, barrier_plane, barrier_batch };
    enum Map { greedy, fixed, rotate };

    int lookahead = 27;
    bool lookahead_counts_masks = false;
    Selector selector = out_of_order;
    Refill refill = batch;
    bool run_on = true;  // batches go on over the ends of planes
    bool drop_empty = true;
    bool entry_split = false;
    Columns columns = free;
    Map map = greedy;
    bool sort_filters = true;
    int mesh_rows = 7;
    int mesh_columns = 4;
    bool dynamic_mesh = false;
    bool one_pe_of_nine = false;  // core.shape = 1x9
    int output_buffer_depth = 0;  // slots; 0: unlimited
    int l2_rate = 9;
    int fill = 7;
    bool dense = false;
};

struct PhantomResult {
    Psums output;  // K x P x Q, before bias and ReLU
    std::uint64_t cycles = 0;
    std::uint64_t jobs = 0;
    std::uint64_t products = 0;
    std::uint64_t stream_entries = 0;
    std::uint64_t zero_batches = 0;
    // The most slots that an entry lay ahead of the oldest open one when it was taken.
    std::uint64_t largest_lead = 0;

    // PE cycles; they sum to the PEs of the mesh x cycles (9.3).
    std::uint64_t busy = 0;  // zero batches among them
    std::uint64_t stall = 0;
    std::uint64_t core_barrier = 0;
    std::uint64_t mesh_barrier = 0;
    std::uint64_t idle_core = 0;
    std::uint64_t fill = 0;
};

// std::invalid_argument for tensors or parameters that cannot be, and for combinations of switches that have no rule.
PhantomResult simulate_phantom(const Layer& layer, const Operands& input, const Operands& weights,
                               const PhantomConfig& config);

// Whether the PE cycles of r sum to PEs x cycles.
bool attribution_closes(const PhantomResult& r, const PhantomConfig& config);

}  // namespace nonzero::oracle
