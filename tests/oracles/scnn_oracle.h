#pragma once
// Brute-force oracle of the SCNN default model, written from scnn_facts.md alone (numbers below are its items).
// It moves every product as an individual entry through its bank queue, cycle by cycle, and every halo packet as an
// individual event over every link; nothing is shared with the model under test except the layer and tensor structures.
//
// Readings where it is silent:
//  - a pe_rows x pe_columns grid replaces every 8 (and 64) of 10.9; the bank number of H1 is taken modulo `banks`;
//  - single_write: a round-robin pointer per PE and bank, kept over vectors and groups (it decides which product enters
//    first, never how many, so no number below depends on it);
//  - skew_fifo: cycles in which a PE waits for a weight vector count as barrier, and its queues retire in them; the
//    recurrence starts anew in each output-channel group. Unicast weights (fully connected) know no skew;
//  - fully connected: the non-zero inputs are stored in the IARAM of every PE; placeholders apply to its weight blocks;
//  - after the last group everything between compute_end and the end of the layer is halo_finalise.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::oracle {

struct ScnnConfig {
    enum Hash { h1, h2, h3, h4 };

    int pe_rows = 8;
    int pe_columns = 8;
    int F = 4;  // weights per vector
    int I = 4;  // activations per vector
    int banks = 32;
    int queue_depth = 8;          // entries per bank
    bool infinite_queue = false;  // no bank model at all: no conflict and no drain
    bool single_write = false;    // one entry per queue and cycle instead of any number
    Hash hash = h1;
    int kc = 8;
    int accumulator_entries = 1024;  // per PE, one of the two buffers
    bool placeholders = true;
    bool skew_fifo = false;
    int fifo_depth = 50;  // weight vectors
    int iaram_entries = 4096;
    // scnn_facts.md 2.5: this operand is not compressed. Its zeros are stored, take lanes and slots, are multiplied,
    // enter queues and accumulate.
    bool dense_activations = false;
    bool dense_weights = false;
};

// 10.9 rule 14. The first seven are PE-cycles of the layer and sum to PEs x layer cycles; the others are multiplier
// slots and sum to F * I * (busy + void_slots).
struct ScnnAttribution {
    std::uint64_t busy = 0;
    std::uint64_t void_slots = 0;
    std::uint64_t conflict = 0;
    std::uint64_t bank_drain = 0;
    std::uint64_t barrier = 0;
    std::uint64_t halo_finalise = 0;
    std::uint64_t memory = 0;

    std::uint64_t kept = 0;
    std::uint64_t dropped = 0;
    std::uint64_t placeholder = 0;
    std::uint64_t unused_partial_activation = 0;
    std::uint64_t unused_partial_weight = 0;
};

// Times of the output-channel groups in cycles from the start of the layer (10.2, 10.9 rules 10, 12, 13).
struct ScnnGroups {
    std::vector<std::uint64_t> start;
    std::vector<std::uint64_t> compute_end;
    std::vector<std::uint64_t> drain_end;
    std::vector<std::uint64_t> exchange;  // E
    std::vector<std::uint64_t> finalise;  // N
};

struct ScnnResult {
    // Not empty when this machine cannot run the layer; names the layer, and nothing else of the result is meaningful.
    std::string refusal;

    Psums output;  // K x P x Q, before bias and ReLU
    std::uint64_t layer_cycles = 0;
    std::uint64_t equations_cycles = 0;  // closed form (1)-(3), from the block sizes only
    std::uint64_t products_kept = 0;
    std::uint64_t products_useful = 0;  // kept ones of two non-zeros
    std::uint64_t products_dropped = 0;
    std::uint64_t products_placeholder = 0;
    std::uint64_t conflict_cycles = 0;  // summed over PEs, without the bank drain
    std::uint64_t max_stored_activations = 0;
    int iaram_overflows = 0;  // PEs that store more than iaram_entries
    int kc_effective = 0;
    std::size_t max_queue_occupancy = 0;  // seen at the end of any cycle in any queue
    ScnnAttribution attribution;
    ScnnGroups groups;

    bool refused() const { return !refusal.empty(); }
};

// input: C x H x W. weights: K x C/groups x KH x KW. Fully connected layers may have any input and weight shape with
// K rows of as many weights as there are inputs. Throws std::invalid_argument for shapes or parameters that cannot be.
ScnnResult simulate_scnn(const Layer& layer, const Operands& input, const Operands& weights, const ScnnConfig& config);

// Whether the categories of r.attribution sum to PEs x layer cycles and to F * I lanes of every slot.
bool attribution_closes(const ScnnResult& r, const ScnnConfig& config);

}  // namespace nonzero::oracle
