#include "models/eyeriss_v2/psum_buffer.h"

#include <stdexcept>
#include <string>

namespace nonzero::eyeriss_v2 {

namespace {

template <class Sum>
void add_row(std::span<const Sum> row, std::size_t stride, std::size_t filters, std::int64_t* to,
             std::size_t to_stride) {
    for (std::size_t at = 0; at < row.size(); at += stride, to += to_stride) {
        for (std::size_t filter = 0; filter < filters; ++filter) {
            to[filter] += row[at + filter];
        }
    }
}

}  // namespace

PsumBuffer::PsumBuffer(sc_core::sc_module_name name, std::size_t clusters, Statistics& statistics)
    : sc_module(name),
      psums("psums"),
      control("control", [this](const PsumCommand& message, sc_core::sc_time&) { command(message); }),
      sums("sums"),
      psums_added_(statistics.counter(*this, "psums", CounterKind::count, "sums of columns of PEs added up")),
      outputs_(statistics.counter(*this, "outputs", CounterKind::count, "outputs finished")) {
    psums.init(clusters, [this](const char* socket, std::size_t) {
        return new StreamTarget<PsumRow>(socket, [this](const PsumRow& message, sc_core::sc_time&) { add(message); });
    });
}

void PsumBuffer::command(const PsumCommand& command) {
    if (command.kind == PsumCommand::Kind::finish) {
        send_planes();
        return;
    }
    plan_ = command.plan;
    filters_ = command.filters;
    sums_.assign(plan_->count_only ? 0 : plan_->positions() * filters_.size(), 0);
}

void PsumBuffer::add(const PsumRow& row) {
    if (plan_ == nullptr || row.filters.begin < filters_.begin || row.filters.end > filters_.end ||
        row.output_row >= std::size_t(plan_->shape.P)) {
        throw std::logic_error(std::string(name()) + ": sums of filters that are not at work");
    }
    psums_added_.add(row.outputs);
    if (plan_->count_only) {
        return;
    }
    const std::size_t stride = sums_stride(row.filters.size());
    std::int64_t* const to = sums_.data() + row.output_row * std::size_t(plan_->shape.Q) * filters_.size() +
                             (row.filters.begin - filters_.begin);
    add_row(row.sums, stride, row.filters.size(), to, filters_.size());
    add_row(row.wide_sums, stride, row.filters.size(), to, filters_.size());
}

void PsumBuffer::send_planes() {
    const std::size_t positions = plan_->positions();
    std::vector<std::int64_t> plane(plan_->count_only ? 0 : positions);
    for (std::size_t filter = 0; filter < filters_.size(); ++filter) {
        for (std::size_t position = 0; position < plane.size(); ++position) {
            plane[position] = sums_[position * filters_.size() + filter];
        }
        masked::OutputSums message;
        message.outputs = positions;
        message.first = plan_->order[filters_.begin + filter] * positions;
        message.sums = plane;
        message.bits = plan_->accumulator_bits;
        outputs_.add(positions);
        sc_core::sc_time delay;
        sums.send(message, delay);
    }
}

}  // namespace nonzero::eyeriss_v2
