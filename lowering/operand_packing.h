#pragma once
// Operands in the bytes that SCNN reads and writes (formats: models/scnn/sequencer.h). Plain C++.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/host/host_interface.h"
#include "models/scnn/geometry.h"
#include "models/scnn/parameters.h"
#include "workloads/tensor.h"

namespace nonzero::scnn {

// Packed parts one after another, each part an entry of the block table; offsets from the begin of `bytes`.
struct BlockRegion {
    std::vector<nz_block> table;
    std::vector<std::uint8_t> bytes;
    std::size_t largest_block = 0;  // entries; of weights that are broadcast
    std::size_t most_stored = 0;    // entries in the fullest IARAM; of activations

    void begin_part() { table.push_back({std::uint32_t(bytes.size()), 0}); }
    void end_part() { table.back().size = std::uint32_t(bytes.size() - table.back().offset); }
};

// What a LOAD reads.
BlockRegion pack_activations(const Geometry& geometry, const Operands& input, const ScnnParameters& parameters);
BlockRegion pack_weights(const Geometry& geometry, const Operands& weights, const OperandFormat& format);

// The output, pooled or not, with its table in front, as the machine writes it. take_output() takes it off the bytes;
// nullopt when these begin with none of that shape.
std::vector<std::uint8_t> pack_output(const Geometry& geometry, const Operands& output,
                                      const ScnnParameters& parameters);
std::optional<Operands> take_output(const Geometry& geometry, const std::vector<std::size_t>& shape,
                                    std::span<const std::uint8_t>& bytes, const ScnnParameters& parameters);
// Bytes that an output of that shape takes at most.
std::uint64_t packed_output_limit(const Geometry& geometry, const std::vector<std::size_t>& shape,
                                  const ScnnParameters& parameters);

}  // namespace nonzero::scnn
