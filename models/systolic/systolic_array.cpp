#include "models/systolic/systolic_array.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "models/systolic/placement.h"

namespace nonzero::systolic {

SystolicArray::SystolicArray(sc_core::sc_module_name name, const ArrayParameters& parameters, const Clocking& clock,
                             Statistics& statistics, TracePlayer* trace)
    : sc_module(name),
      slots("slots", [this](const SlotBlock& block, sc_core::sc_time& delay) { place(block, delay); }),
      operands("operands", [this](OperandBlock& block, sc_core::sc_time& delay) { stream(block, delay); }),
      psums("psums"),
      parameters_(parameters),
      clock_(clock),
      trace_(trace),
      used_signal_(declare_signal(trace, *this, "multipliers_used", 32)),
      busy_(statistics.counter(*this, "busy", CounterKind::cycles,
                               "multiplier cycles: a weight that is not 0 meets an operand")),
      zero_weight_(statistics.counter(*this, "zero_weight", CounterKind::cycles,
                                      "multiplier cycles: a slot without weight, or with a weight of 0, meets one")),
      edge_(statistics.counter(*this, "edge", CounterKind::cycles,
                               "multiplier cycles: beyond the rows, slots or pixels of a pass")),
      products_(statistics.counter(*this, "products", CounterKind::count, "multiplications for an output")),
      passes_(statistics.counter(*this, "passes", CounterKind::count, "passes of operands over the array")) {}

void SystolicArray::place(const SlotBlock& block, sc_core::sc_time& delay) {
    geometry_ = block.geometry;
    panel_ = block.panel;
    job_ = *block.job;
    weights_ = block.weights;
    counted_ = block.values.empty();
    if (!counted_) {
        place_weights(*geometry_, *panel_, job_, {block.values, block.places}, products_kernel_);
        weights_ = products_kernel_.weights();
    }
    if (geometry_->stationary == Stationary::weights) {
        delay += clock_(block.passes.count * block.passes.each.load);
    }
}

void SystolicArray::stream(OperandBlock& block, sc_core::sc_time& delay) {
    if (panel_ == nullptr || block.columns != job_.columns()) {
        throw std::logic_error(std::string(name()) + ": operands that are not those of the slots");
    }
    multiply(block);
    if (!block.last) {
        return;
    }
    count(block);
    show(block);
    const Cycles moving_in = geometry_->stationary == Stationary::inputs ? block.passes.each.load : 0;
    delay += clock_(block.passes.count * (moving_in + block.passes.each.stream));
}

void SystolicArray::multiply(OperandBlock& block) {
    gemm::PsumBlock sums;
    sums.convolution_group = block.convolution_group;
    sums.rows = panel_->rows;
    sums.p = block.pixels;
    sums.count = panel_->rows.size();
    sums.bits = parameters_.accumulator_bits;
    if (!counted_) {
        const auto pixels = std::size_t(block.pixels.size());
        sums.row_stride = SlotProducts::row_stride(pixels);
        sums.sums = products_kernel_.multiply({block.data, block.row_stride, pixels, block.bits});
        block.useful_products = products_kernel_.useful(block.non_zeros);
    }
    sc_core::sc_time delay;
    psums.send(sums, delay);
}

void SystolicArray::count(OperandBlock& block) {
    const StreamCycles cycles = stream_cycles(*geometry_, size_of(*panel_, job_), weights_);
    busy_.add(cycles.busy);
    zero_weight_.add(cycles.zero_weight);
    edge_.add(cycles.edge);
    block.products = cycles.busy + cycles.zero_weight;
    products_.add(block.products);
    passes_.add(block.passes.count);
}

void SystolicArray::show(const OperandBlock& block) const {
    if (trace_ == nullptr || !trace_->waves()) {
        return;
    }
    std::vector<TraceRecord> records;
    for (std::uint64_t pass = 0; pass < block.passes.count; ++pass) {
        const Cycles begin = block.times.stream_begin + pass * block.times.period;
        records.push_back({begin, used_signal_, multipliers_used(*geometry_, size_of(*panel_, job_), pass)});
        records.push_back({begin + block.passes.each.stream, used_signal_, 0});
    }
    trace_->play(sc_core::sc_time_stamp(), records);
}

}  // namespace nonzero::systolic
