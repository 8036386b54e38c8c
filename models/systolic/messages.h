#pragma once
// Messages between the blocks of a systolic array. Spans and pointers are valid during the call only, unless said.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/base/planar_split.h"
#include "models/systolic/packed_weights.h"
#include "models/systolic/schedule.h"

namespace nonzero::systolic {

// Sequencer -> weight buffer: the weights of a layer (set-up), packed or, of a counted layer, their counts.
struct WeightLoad {
    const ArrayGeometry* geometry = nullptr;  // valid until the next load
    LayerSize size;
    std::optional<int> uniform_n;
    bool counted = false;
    std::span<const std::uint8_t> bytes;
    bool malformed = false;                                   // result
    const std::vector<std::vector<Panel>>* panels = nullptr;  // result: by convolution group, valid until the next load
    std::uint64_t packed_bytes = 0;                           // result: that the packed weights take
    std::uint64_t payload_bytes() const { return bytes.size(); }
};

// Sequencer -> weight buffer: move the slots of a job to the array.
struct SlotRequest {
    int convolution_group = 0;
    const PassJob* job = nullptr;
    JobPasses passes;
    std::uint64_t payload_bytes() const { return 0; }
};

// Weight buffer -> array: weights in their slots, once for each pass. Where weights are stationary the delay grows by
// what it takes until they are in place.
struct SlotBlock {
    const ArrayGeometry* geometry = nullptr;  // valid until the next layer
    const Panel* panel = nullptr;             // likewise
    const PassJob* job = nullptr;
    std::span<const std::int16_t> values;  // rows x slots; empty in a counted layer
    std::span<const std::uint8_t> places;  // as many, where there is metadata
    std::uint64_t weights = 0;             // slots with a weight that is not 0
    JobPasses passes;
    int slot_bits = 16;  // a weight and its metadata, on the wires
    std::uint64_t slots() const { return passes.count * panel->rows.size() * job->slots(); }
    std::uint64_t payload_bytes() const { return slots() * std::uint64_t(slot_bits) / 8; }
};

// Sequencer -> array: the operands of a job enter, for the slots that came before. The passes of a job may come in
// several blocks of pixels. The delay grows by the time in which operands stream and, where they are stationary, by
// what it takes until they are in place; of a job in blocks the last one's grows by all of it.
struct OperandBlock {
    int convolution_group = 0;
    Range pixels;
    const std::int16_t* data = nullptr;        // row k of B, from the job's first column on, at data[k * row_stride]
    std::size_t row_stride = 0;                // (a counted layer has no data)
    std::span<const std::uint32_t> non_zeros;  // of each of these rows
    int bits = 16;                             // width of the operands
    bool last = true;                          // the job's last block
    JobPasses passes;                          // of the whole job
    PassTimes times;                           // of these passes, for waves; cycles from now
    std::uint64_t products = 0;                // result: of the job, with its last block
    std::uint64_t useful_products = 0;         // result: of this block; none of a counted layer
    std::uint64_t columns = 0;                 // rows of B
    std::uint64_t payload_bytes() const { return columns * std::uint64_t(pixels.size()) * sizeof(std::int16_t); }
};

}  // namespace nonzero::systolic
