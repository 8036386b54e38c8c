#include "tests/toy_machine/multiplier_row.h"

#include <algorithm>

#include "models/gemm/operand_width.h"
#include "tests/toy_machine/slot_sums.h"

namespace nonzero::toy {

MultiplierRow::MultiplierRow(sc_core::sc_module_name name, const ToyParameters& parameters, const Clocking& clock,
                             Statistics& statistics)
    : sc_module(name),
      weights("weights", [this](WeightLoad& load, sc_core::sc_time&) { load.malformed = !take(load); }),
      jobs("jobs", [this](ColumnJob& job, sc_core::sc_time& delay) { work(job, delay); }),
      psums("psums"),
      parameters_(parameters),
      clock_(clock),
      busy_(statistics.counter(*this, "busy", CounterKind::cycles, "MAC-cycles: products")),
      fragment_(statistics.counter(*this, "fragment", CounterKind::cycles, "MAC-cycles: behind the end of a row of A")),
      products_(statistics.counter(*this, "products", CounterKind::count, "products")),
      weight_words_(statistics.counter(*this, "weight_words", CounterKind::count, "weights read from the buffer")) {}

bool MultiplierRow::take(const WeightLoad& load) {
    shape_ = load.plan->shape;
    weights_.resize(load.bytes.size() / sizeof(std::int16_t));
    std::copy_n(load.bytes.data(), 2 * weights_.size(), reinterpret_cast<std::uint8_t*>(weights_.data()));
    row_of_slot_.clear();
    for (int row = 0; row < shape_.Mo; ++row) {
        row_of_slot_.insert(row_of_slot_.end(), slots_of(std::size_t(shape_.K), parameters_.lanes), std::uint32_t(row));
    }
    return gemm::operand_width(weights_) <= parameters_.operand_bits;
}

void MultiplierRow::work(ColumnJob& job, sc_core::sc_time& delay) {
    const auto rows = std::size_t(shape_.Mo);
    const auto length = std::size_t(shape_.K);
    const std::size_t slots = row_of_slot_.size();
    job.products = rows * length;
    busy_.add(job.products);
    fragment_.add(slots * std::size_t(parameters_.lanes) - job.products);
    products_.add(job.products);
    weight_words_.add(job.products);
    delay += clock_(slots);

    gemm::PsumBlock out;
    out.convolution_group = job.convolution_group;
    out.rows = row_of_slot_;
    out.p = {job.p, job.p + 1};
    out.count = slots;
    out.row_stride = 1;
    out.bits = parameters_.accumulator_bits;
    if (!job.words.empty()) {
        const std::size_t slots_of_row = slots / rows;
        sums_.resize(slots);
        for (std::size_t row = 0; row < rows; ++row) {
            job.useful_products += sum_slots(
                std::span(weights_).subspan((std::size_t(job.convolution_group) * rows + row) * length, length),
                job.words, parameters_.lanes, std::span(sums_).subspan(row * slots_of_row, slots_of_row));
        }
        out.sums = std::span<const double>(sums_);
    }
    sc_core::sc_time free_of_time;
    psums.send(out, free_of_time);
}

}  // namespace nonzero::toy
