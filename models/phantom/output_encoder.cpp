#include "models/phantom/output_encoder.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "models/phantom/packed_operands.h"

namespace nonzero::phantom {

OutputEncoder::OutputEncoder(sc_core::sc_module_name name, std::size_t cores, Statistics& statistics)
    : sc_module(name),
      sums("sums"),
      control("control", [this](OutputCommand& message, sc_core::sc_time&) { command(message); }),
      outputs_(statistics.counter(*this, "outputs", CounterKind::count, "outputs finished")),
      outputs_stored_(statistics.counter(*this, "outputs_stored", CounterKind::count, "non-zero outputs stored")),
      bytes_stored_(statistics.counter(*this, "bytes_stored", CounterKind::bytes, "outputs as they lie in memory")),
      overflows_(statistics.counter(*this, "overflows", CounterKind::count,
                                    "outputs whose exact sum is out of the accumulator's range")) {
    sums.init(cores, [this](const char* socket, std::size_t) {
        return new StreamTarget<TaskSums>(socket,
                                          [this](const TaskSums& message, sc_core::sc_time&) { store(message); });
    });
}

void OutputEncoder::store(const TaskSums& message) {
    outputs_.add(message.outputs);
    if (plan_->count_only) {
        return;
    }
    const std::vector<std::size_t>& neurons = message.task->neurons;
    for (std::size_t n = 0; n < neurons.size(); ++n) {
        sums_[neurons[n]] = message.sums[n];
    }
    if (neurons.empty()) {
        const Geometry& geometry = plan_->geometry;
        // A part counts outputs of a pointwise layer, rows of others.
        const std::size_t unit = geometry.mapping() == Mapping::pointwise ? 1 : std::size_t(geometry.shape().Q);
        std::ranges::copy(message.sums, sums_.begin() + std::ptrdiff_t(message.task->filter * plan_->positions() +
                                                                       message.task->part.begin * unit));
    }
}

void OutputEncoder::command(OutputCommand& command) {
    if (command.kind == OutputCommand::Kind::begin) {
        plan_ = command.plan;
        sums_.assign(plan_->count_only ? 0 : plan_->outputs(), 0);
        stored_.clear();
    } else {
        finish(command);
    }
}

void OutputEncoder::finish(OutputCommand& command) {
    if (plan_->count_only) {
        return;
    }
    const PostProcessor& arithmetic = plan_->post_processor;
    if (plan_->raw64) {
        command.overflows = arithmetic.accumulators(sums_, sums_.data());
        stored_.resize(sums_.size() * sizeof(std::int64_t));
        std::memcpy(stored_.data(), sums_.data(), stored_.size());
        outputs_stored_.add(std::uint64_t(sums_.size() - std::size_t(std::ranges::count(sums_, 0))));
    } else {
        std::vector<std::int16_t> values(sums_.size());
        const std::size_t plane = plan_->positions();
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

}  // namespace nonzero::phantom
