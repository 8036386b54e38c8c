#include "models/gemm/activation_buffer.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "models/gemm/operand_width.h"

namespace nonzero::gemm {

ActivationBuffer::ActivationBuffer(sc_core::sc_module_name name, Statistics& statistics)
    : sc_module(name),
      load("load", [this](ActivationLoad& message, sc_core::sc_time&) { store(message); }),
      tiles("tiles", [this](const ActivationTile& tile, sc_core::sc_time&) { read(tile); }),
      stored_words_(statistics.counter(*this, "stored_words", CounterKind::count, "activations stored")),
      tile_words_(statistics.counter(*this, "tile_words", CounterKind::count, "words of B read")) {}

void ActivationBuffer::store(ActivationLoad& message) {
    message.bits = operand_width(message.activations);
    const Layer& layer = message.plan->layer;
    stored_words_.add(std::uint64_t(layer.C) * std::uint64_t(layer.H) * std::uint64_t(layer.W));
    matrix_.reset();
    activations_ = std::move(message.activations);
    if (!message.plan->count_only) {
        matrix_.emplace(layer, std::span<const std::int16_t>(activations_));
    }
}

void ActivationBuffer::read(const ActivationTile& tile) {
    tile_words_.add(std::uint64_t(tile.k.size()) * std::uint64_t(tile.p.size()));
    if (tile.out == nullptr) {
        return;
    }
    if (!matrix_) {
        throw std::logic_error(std::string(name()) + ": a tile is asked for before there are activations");
    }
    matrix_->copy_tile(tile.convolution_group, tile.k.begin, tile.k.end, tile.p.begin, tile.p.end, tile.out,
                       tile.row_stride);
}

}  // namespace nonzero::gemm
