#include "models/gemm/output_buffer.h"

#include <bit>

#include "workloads/vector_clones.h"

namespace nonzero::gemm {

static_assert(std::endian::native == std::endian::little, "outputs are stored as the host holds them");

namespace {

NONZERO_VECTOR_CLONES void add_row(std::int64_t* __restrict to, const std::int32_t* __restrict from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        to[i] += from[i];
    }
}
NONZERO_VECTOR_CLONES void add_row(std::int64_t* __restrict to, const double* __restrict from, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        to[i] += std::int64_t(from[i]);
    }
}

std::span<const std::uint8_t> bytes_of(const void* data, std::size_t bytes) {
    return {static_cast<const std::uint8_t*>(data), bytes};
}

}  // namespace

OutputBuffer::OutputBuffer(sc_core::sc_module_name name, Statistics& statistics)
    : sc_module(name),
      psums("psums", [this](const PsumBlock& block, sc_core::sc_time&) { add(block); }),
      control("control", [this](OutputCommand& message, sc_core::sc_time&) { command(message); }),
      psum_updates_(
          statistics.counter(*this, "psum_updates", CounterKind::count, "partial sums added to an accumulator")),
      psum_row_updates_(
          statistics.counter(*this, "psum_row_updates", CounterKind::count, "rows of partial sums taken")),
      outputs_(statistics.counter(*this, "outputs", CounterKind::count, "outputs finished")),
      overflows_(statistics.counter(*this, "overflows", CounterKind::count,
                                    "outputs whose exact sum is out of the accumulator's range")) {}

void OutputBuffer::add(const PsumBlock& block) {
    const GemmShape& shape = plan_->shape;
    const auto columns = std::size_t(block.p.size());
    psum_updates_.add(block.count * columns);
    psum_row_updates_.add(block.count);
    if (std::visit([](const auto& sums) { return sums.empty(); }, block.sums)) {
        return;
    }
    std::int64_t* const begin = sums_.data() +
                                std::size_t(block.convolution_group) * std::size_t(shape.Mo) * std::size_t(shape.P) +
                                std::size_t(block.p.begin);
    std::visit(
        [&](const auto& sums) {
            for (std::size_t n = 0; n < block.count; ++n) {
                const std::size_t row = block.rows.empty() ? std::size_t(block.first_row) + n : block.rows[n];
                add_row(begin + row * std::size_t(shape.P), sums.data() + n * block.row_stride, columns);
            }
        },
        block.sums);
}

void OutputBuffer::command(OutputCommand& message) {
    if (message.kind == OutputCommand::Kind::begin) {
        plan_ = message.plan;
        sums_.assign(plan_->count_only ? 0 : std::size_t(plan_->outputs()), 0);
    } else {
        finish(message);
    }
}

void OutputBuffer::finish(OutputCommand& message) {
    outputs_.add(plan_->outputs());
    const PostProcessor& arithmetic = plan_->post_processor;
    const std::span<const std::int64_t> sums(sums_);
    if (plan_->raw64) {
        message.overflows += arithmetic.accumulators(sums, sums_.data());
        overflows_.add(message.overflows);
        message.bytes = bytes_of(sums_.data(), sums_.size() * sizeof(std::int64_t));
        return;
    }
    stored_.resize(sums_.size());
    const auto positions = std::size_t(plan_->shape.P);
    for (std::size_t first = 0; first < sums.size(); first += positions) {
        message.overflows +=
            arithmetic.outputs(sums.subspan(first, positions), int(first / positions), stored_.data() + first);
    }
    overflows_.add(message.overflows);
    message.bytes = bytes_of(stored_.data(), stored_.size() * sizeof(std::int16_t));
}

}  // namespace nonzero::gemm
