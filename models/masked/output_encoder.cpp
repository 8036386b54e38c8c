#include "models/masked/output_encoder.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "models/masked/packed_operands.h"

namespace nonzero::masked {

OutputEncoder::OutputEncoder(sc_core::sc_module_name name, std::size_t units, Statistics& statistics)
    : sc_module(name),
      sums("sums"),
      control("control", [this](OutputCommand& message, sc_core::sc_time&) { command(message); }),
      outputs_(statistics.counter(*this, "outputs", CounterKind::count, "outputs finished")),
      outputs_stored_(statistics.counter(*this, "outputs_stored", CounterKind::count, "non-zero outputs stored")),
      bytes_stored_(statistics.counter(*this, "bytes_stored", CounterKind::bytes, "outputs as they lie in memory")),
      overflows_(statistics.counter(*this, "overflows", CounterKind::count,
                                    "outputs whose exact sum is out of the accumulator's range")) {
    sums.init(units, [this](const char* socket, std::size_t) {
        return new StreamTarget<OutputSums>(socket,
                                            [this](const OutputSums& message, sc_core::sc_time&) { store(message); });
    });
}

void OutputEncoder::store(const OutputSums& message) {
    outputs_.add(message.outputs);
    if (layer_->count_only) {
        return;
    }
    for (std::size_t n = 0; n < message.places.size(); ++n) {
        sums_[message.places[n]] = message.sums[n];
    }
    if (message.places.empty()) {
        std::ranges::copy(message.sums, sums_.begin() + std::ptrdiff_t(message.first));
    }
}

void OutputEncoder::command(OutputCommand& command) {
    if (command.kind == OutputCommand::Kind::begin) {
        layer_ = command.layer;
        sums_.assign(layer_->count_only ? 0 : layer_->outputs(), 0);
        stored_.clear();
    } else {
        finish(command);
    }
}

void OutputEncoder::finish(OutputCommand& command) {
    if (layer_->count_only) {
        return;
    }
    const PostProcessor& arithmetic = layer_->post_processor;
    if (layer_->raw64) {
        command.overflows = arithmetic.accumulators(sums_, sums_.data());
        stored_.resize(sums_.size() * sizeof(std::int64_t));
        std::memcpy(stored_.data(), sums_.data(), stored_.size());
        outputs_stored_.add(std::uint64_t(sums_.size() - std::size_t(std::ranges::count(sums_, 0))));
    } else {
        std::vector<std::int16_t> values(sums_.size());
        const std::size_t plane = layer_->positions();
        for (std::size_t at = 0; at < sums_.size(); at += plane) {
            command.overflows +=
                arithmetic.outputs(std::span(sums_).subspan(at, plane), int(at / plane), values.data() + at);
        }
        stored_ = pack_masked(values);
        outputs_stored_.add(std::uint64_t(values.size() - std::size_t(std::ranges::count(values, 0))));
    }
    overflows_.add(command.overflows);
    bytes_stored_.add(stored_.size());
    command.bytes = stored_;
}

}  // namespace nonzero::masked
