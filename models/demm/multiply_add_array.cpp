#include "models/demm/multiply_add_array.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/demm/row_products.h"
#include "models/gemm/operand_width.h"

namespace nonzero::demm {

namespace {

// Rows whose sums go to the output buffer together.
constexpr std::size_t kRowsOfBlock = 64;

}  // namespace

MultiplyAddArray::MultiplyAddArray(sc_core::sc_module_name name, const DemmParameters& parameters,
                                   Statistics& statistics, TracePlayer* trace)
    : sc_module(name),
      rows("rows", [this](const RowBlock& block, sc_core::sc_time& delay) { work(block, delay); }),
      read("read", std::size_t(parameters.n)),
      psums("psums"),
      parameters_(parameters),
      trace_(trace),
      ports_busy_signal_(declare_signal(trace, *this, "ports_busy", 8)),
      busy_(statistics.counter(*this, "busy", CounterKind::cycles, "MAC-cycles: products of real columns")),
      column_fragment_(statistics.counter(*this, "column_fragment", CounterKind::cycles,
                                          "MAC-cycles: columns behind the last one of B")),
      port_idle_(
          statistics.counter(*this, "port_idle", CounterKind::cycles, "MAC-cycles: a slot has no weight for the port")),
      products_(statistics.counter(*this, "products", CounterKind::count, "products of real columns")),
      row_jobs_(statistics.counter(*this, "row_jobs", CounterKind::count, "rows of A against a tile of B")),
      beyond_k_(statistics.counter(*this, "beyond_k", CounterKind::count, "row jobs of more than k slots")) {}

void MultiplyAddArray::work(const RowBlock& block, sc_core::sc_time& delay) {
    const PackedRows& packed = *block.rows;
    const sc_core::sc_time begin = sc_core::sc_time_stamp() + delay;
    read_rows(block, delay);
    count(block);
    if (trace_ != nullptr && trace_->waves()) {
        show(packed, begin);
    }
    if (packed.values.empty()) {
        send_counts(block);
        return;
    }
    const auto most =
        std::min(std::uint64_t(parameters_.k) * std::uint64_t(parameters_.n), std::uint64_t(parameters_.m));
    if (gemm::sums_fit_32_bits(block.weight_bits, block.job->activation_bits, most)) {
        multiply(block, narrow_sums_);
    } else {
        multiply(block, wide_sums_);
    }
}

void MultiplyAddArray::read_rows(const RowBlock& block, sc_core::sc_time& delay) {
    const PackedRows& packed = *block.rows;
    operands_.resize(packed.memory_rows.size());
    sc_core::sc_time end;
    for (std::size_t port = 0; port < read.size(); ++port) {
        RowReadBurst burst;
        burst.bank = block.job->bank;
        burst.words = block.job->p.size();
        burst.cycles = packed.slots;
        burst.reads = packed.port_weights[port];
        if (!packed.memory_rows.empty()) {
            burst.rows = std::span(packed.memory_rows).subspan(port * packed.slots, packed.slots);
            burst.data = std::span(operands_).subspan(port * packed.slots, packed.slots);
        }
        sc_core::sc_time port_delay = delay;
        read[port].send(burst, port_delay);
        block.job->useful_products += burst.non_zeros;
        if (port == 0) {
            end = port_delay;
        } else if (end != port_delay) {
            throw std::logic_error(std::string(name()) + ": the ports do not read in step");
        }
    }
    delay = end;
}

void MultiplyAddArray::count(const RowBlock& block) {
    const PackedRows& packed = *block.rows;
    const auto real = std::uint64_t(block.job->p.size());
    const auto all = std::uint64_t(parameters_.c);
    const std::uint64_t products = packed.weights * real;
    busy_.add(products);
    column_fragment_.add(packed.weights * (all - real));
    port_idle_.add((std::uint64_t(parameters_.n) * packed.slots - packed.weights) * all);
    products_.add(products);
    row_jobs_.add(packed.row_slots.size());
    block.job->products = products;
    row_of_sum_.clear();
    for (std::size_t row = 0; row < packed.row_slots.size(); ++row) {
        const std::size_t sums = accumulations(packed.row_slots[row], parameters_.k);
        beyond_k_.add(sums > 1 ? 1 : 0);
        row_of_sum_.insert(row_of_sum_.end(), sums, std::uint32_t(row));
    }
}

template <class Sum>
void MultiplyAddArray::multiply(const RowBlock& block, AlignedVector<Sum>& sums) {
    const PackedRows& packed = *block.rows;
    const std::span<const std::uint16_t> all_rows(packed.row_slots);
    RowWork work;
    work.port_stride = packed.slots;
    work.ports = parameters_.n;
    work.k = parameters_.k;
    work.columns = std::size_t(block.job->p.size());
    gemm::PsumBlock out;
    out.convolution_group = block.job->convolution_group;
    out.p = block.job->p;
    out.row_stride = sum_stride(work.columns);
    out.bits = parameters_.accumulator_bits;
    std::size_t slot = 0;
    std::size_t sum = 0;
    for (std::size_t row = 0; row < all_rows.size(); row += kRowsOfBlock) {
        work.row_slots = all_rows.subspan(row, std::min(kRowsOfBlock, all_rows.size() - row));
        work.values = packed.values.data() + slot * std::size_t(work.ports);
        work.operands = operands_.data() + slot;
        out.count = 0;
        for (const std::uint16_t slots : work.row_slots) {
            slot += slots;
            out.count += accumulations(slots, parameters_.k);
        }
        sums.resize(std::max(sums.size(), out.count * out.row_stride));
        multiply_rows(work, sums.data());
        out.rows = std::span(row_of_sum_).subspan(sum, out.count);
        out.sums = std::span<const Sum>(sums);
        sc_core::sc_time delay;
        psums.send(out, delay);
        sum += out.count;
    }
}

void MultiplyAddArray::send_counts(const RowBlock& block) {
    gemm::PsumBlock out;
    out.convolution_group = block.job->convolution_group;
    out.p = block.job->p;
    out.bits = parameters_.accumulator_bits;
    out.count = row_of_sum_.size();
    sc_core::sc_time delay;
    psums.send(out, delay);
}

void MultiplyAddArray::show(const PackedRows& packed, const sc_core::sc_time& begin) {
    const auto ports = std::size_t(parameters_.n);
    std::vector<TraceRecord> records;
    std::uint64_t shown = 0;
    for (Cycles slot = 0; slot < packed.values.size() / ports; ++slot) {
        const auto first = packed.values.begin() + std::ptrdiff_t(slot * ports);
        const auto busy = std::uint64_t(std::find(first, first + std::ptrdiff_t(ports), 0) - first);
        if (busy != shown) {
            records.push_back({slot, ports_busy_signal_, busy});
            shown = busy;
        }
    }
    records.push_back({packed.slots, ports_busy_signal_, 0});
    trace_->play(begin, records);
}

}  // namespace nonzero::demm
