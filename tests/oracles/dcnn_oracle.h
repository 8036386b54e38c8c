#pragma once
// Brute-force oracle of the dense machines, written from scnn_facts.md alone (2.4, 10.4, 10.7, 10.9 rule 1).
// It walks every product of every output through its lane; nothing is shared with the model under test except the layer
// and tensor structures.
//
// Readings where it is silent: an activation vector is fetched once for the `kc` output channels of a group,
// which never spans two convolution groups; a barrier ends every group. Of a fully connected layer every PE works its
// neurons in groups of kc.

#include <cstdint>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::oracle {

struct DcnnConfig {
    int pe_rows = 8;
    int pe_columns = 8;
    int multipliers = 16;
    int kc = 8;
};

struct DcnnResult {
    Psums output;  // K x P x Q, before bias and ReLU
    std::uint64_t layer_cycles = 0;
    std::uint64_t tile_macs = 0;  // products of the PE that has most of them: 10.7 without the ceil, times multipliers
    // PE-cycles; they sum to PEs x layer cycles.
    std::uint64_t busy = 0;
    std::uint64_t barrier = 0;
    // Lanes of the busy slots; products and partial sum to multipliers x busy.
    std::uint64_t products = 0;
    std::uint64_t partial = 0;
    // Parts of products.
    std::uint64_t useful = 0;
    std::uint64_t zero_operand = 0;
    std::uint64_t padding = 0;
    std::uint64_t activation_vectors = 0;
};

// input: C x H x W. weights: K x C/groups x KH x KW.
DcnnResult simulate_dcnn(const Layer& layer, const Operands& input, const Operands& weights, const DcnnConfig& config);

}  // namespace nonzero::oracle
