#include "models/systolic/weight_buffer.h"

#include <algorithm>
#include <bit>

#include "models/gemm/operand_width.h"

namespace nonzero::systolic {

WeightBuffer::WeightBuffer(sc_core::sc_module_name name, const ArrayParameters& parameters, Statistics& statistics)
    : sc_module(name),
      load("load", [this](WeightLoad& message, sc_core::sc_time&) { take(message); }),
      requests("requests", [this](const SlotRequest& request, sc_core::sc_time& delay) { move(request, delay); }),
      slots("slots"),
      parameters_(parameters),
      slot_words_(statistics.counter(*this, "slot_words", CounterKind::count,
                                     "slots moved to the array, those without a weight too")),
      slot_bytes_(statistics.counter(*this, "slot_bytes", CounterKind::bytes,
                                     "the same with their metadata, at the width of operands")) {}

void WeightBuffer::take(WeightLoad& message) {
    geometry_ = message.geometry;
    size_ = message.size;
    weights_ = (message.counted ? read_counts : read_packed)(*geometry_, size_, message.uniform_n, message.bytes);
    if (!weights_ || gemm::operand_width(weights_->values) > parameters_.operand_bits) {
        weights_.reset();
        message.malformed = true;
        return;
    }
    message.panels = &weights_->panels;
    message.packed_bytes = weights_->bytes;
}

void WeightBuffer::move(const SlotRequest& request, sc_core::sc_time& delay) {
    const PassJob& job = *request.job;
    SlotBlock block;
    block.geometry = geometry_;
    block.panel = &weights_->panels[std::size_t(request.convolution_group)][job.panel];
    block.job = &job;
    block.passes = request.passes;
    block.slot_bits = parameters_.operand_bits + int(std::bit_width(unsigned(geometry_->block - 1)));
    const std::size_t first_row = std::size_t(request.convolution_group) * size_.rows;
    if (weights_->values.empty()) {
        const std::size_t pieces = pieces_of(*geometry_, std::uint32_t(size_.columns));
        const std::size_t piece = geometry_->pass_slots == 0 ? 0 : job.slot_begin / std::size_t(geometry_->pass_slots);
        for (const std::uint32_t row : block.panel->rows) {
            block.weights += weights_->piece_weights[(first_row + row) * pieces + piece];
        }
    } else {
        values_.clear();
        places_.clear();
        for (const std::uint32_t row : block.panel->rows) {
            const auto begin = std::ptrdiff_t(weights_->row_begin[first_row + row]);
            values_.insert(values_.end(), weights_->values.begin() + begin + job.slot_begin,
                           weights_->values.begin() + begin + job.slot_end);
            if (!weights_->places.empty()) {
                places_.insert(places_.end(), weights_->places.begin() + begin + job.slot_begin,
                               weights_->places.begin() + begin + job.slot_end);
            }
        }
        block.values = values_;
        block.places = places_;
        block.weights = values_.size() - std::size_t(std::ranges::count(values_, std::int16_t{0}));
    }
    slot_words_.add(block.slots());
    slot_bytes_.add(block.payload_bytes());
    slots.send(block, delay);
}

}  // namespace nonzero::systolic
