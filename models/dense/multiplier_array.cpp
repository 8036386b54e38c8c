#include "models/dense/multiplier_array.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/dense/block_products.h"
#include "models/gemm/operand_width.h"
#include "workloads/operand_scan.h"

namespace nonzero::dense {

namespace {

// Weights of a filter whose products a partial sum takes at most: 2^20 products of 16-bit operands are exact in a
// double.
constexpr int kProductsOfSum = 1 << 20;

}  // namespace

MultiplierArray::MultiplierArray(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics)
    : sc_module(name),
      weights("weights", [this](WeightLoad& load, sc_core::sc_time&) { take(load); }),
      tiles("tiles", [this](const OperandTile& tile, sc_core::sc_time&) { take(tile); }),
      jobs("jobs", [this](FilterJob& job, sc_core::sc_time& delay) { work(job, delay); }),
      psums("psums"),
      clock_(clock),
      busy_(statistics.counter(*this, "busy", CounterKind::cycles, "multiplier cycles: products")),
      fragment_(statistics.counter(*this, "fragment", CounterKind::cycles,
                                   "multiplier cycles: beyond the kernel, the last channel or the last product")),
      idle_(statistics.counter(*this, "idle", CounterKind::cycles,
                               "multiplier cycles: lanes without a filter, row or pixel")),
      cycles_(statistics.counter(*this, "cycles", CounterKind::cycles, "cycles of jobs")),
      jobs_(statistics.counter(*this, "jobs", CounterKind::count, "filters against a tile of activations")),
      products_(statistics.counter(*this, "products", CounterKind::count, "products, of zeros too")),
      weight_words_(statistics.counter(*this, "weight_words", CounterKind::count, "weights read from the buffer")) {}

void MultiplierArray::take(WeightLoad& load) {
    plan_ = load.plan;
    tile_ = {};
    weights_.resize(load.bytes.size() / sizeof(std::int16_t));
    std::copy_n(load.bytes.data(), sizeof(std::int16_t) * weights_.size(),
                reinterpret_cast<std::uint8_t*>(weights_.data()));
    weight_bits_ = load.bits = gemm::operand_width(weights_);
}

void MultiplierArray::take(const OperandTile& tile) {
    tile_ = tile;
    if (!tile.words.empty()) {
        non_zeros_.resize(tile.words.size() / tile.row_stride);
        for (std::size_t row = 0; row < non_zeros_.size(); ++row) {
            non_zeros_[row] =
                std::uint32_t(count_non_zeros(tile.words.subspan(row * tile.row_stride, tile.row_stride)));
        }
    }
}

void MultiplierArray::work(FilterJob& job, sc_core::sc_time& delay) {
    const int filters_of_group = plan_->shape.Mo;
    if (job.filters.empty() || job.filters.begin < tile_.first_group * filters_of_group ||
        job.filters.end > (tile_.first_group + tile_.groups) * filters_of_group) {
        throw std::logic_error(std::string(name()) + ": filters of another group than the tile's");
    }
    busy_.add(job.cost.busy);
    fragment_.add(job.cost.fragment);
    idle_.add(job.cost.idle);
    cycles_.add(job.cost.cycles);
    jobs_.add(1);
    job.products = std::uint64_t(job.filters.size()) * std::uint64_t(plan_->shape.K) * std::uint64_t(tile_.p.size());
    products_.add(job.products);
    weight_words_.add(std::uint64_t(job.filters.size()) * std::uint64_t(plan_->shape.K));
    delay += clock_(job.cost.cycles);
    for (int begin = job.filters.begin; begin < job.filters.end;) {
        const int group = begin / filters_of_group;
        const int end = std::min(job.filters.end, (group + 1) * filters_of_group);
        multiply(group, {begin, end}, job);
        begin = end;
    }
}

std::size_t MultiplierArray::first_word(int convolution_group) const {
    return std::size_t(convolution_group - tile_.first_group) * std::size_t(plan_->shape.K) * tile_.row_stride;
}

gemm::PsumBlock MultiplierArray::block_of(int convolution_group, const Range& filters) const {
    gemm::PsumBlock block;
    block.convolution_group = convolution_group;
    block.first_row = filters.begin - convolution_group * plan_->shape.Mo;
    block.p = tile_.p;
    block.count = std::size_t(filters.size());
    block.row_stride = tile_.row_stride;
    block.bits = plan_->widths.accumulator_bits;
    return block;
}

void MultiplierArray::multiply(int convolution_group, const Range& filters, FilterJob& job) {
    const auto length = std::size_t(plan_->shape.K);
    for (int first = 0; first < plan_->shape.K; first += kProductsOfSum) {
        const Range k{first, std::min(plan_->shape.K, first + kProductsOfSum)};
        if (tile_.words.empty()) {
            sc_core::sc_time free_of_time;
            gemm::PsumBlock block = block_of(convolution_group, filters);
            psums.send(block, free_of_time);
        } else if (gemm::sums_fit_32_bits(weight_bits_, tile_.activation_bits, std::uint64_t(k.size()))) {
            multiply_into(narrow_sums_, convolution_group, filters, k);
        } else {
            multiply_into(wide_sums_, convolution_group, filters, k);
        }
    }
    if (!tile_.words.empty()) {
        for (int filter = filters.begin; filter < filters.end; ++filter) {
            job.useful_products += useful_products(weights_.data() + std::size_t(filter) * length, non_zeros_,
                                                   std::size_t(convolution_group - tile_.first_group) * length, length);
        }
    }
}

template <class Sum>
void MultiplierArray::multiply_into(AlignedVector<Sum>& sums, int convolution_group, const Range& filters,
                                    const Range& k) {
    BlockWork work;
    work.weights_stride = std::size_t(plan_->shape.K);
    work.weights = weights_.data() + std::size_t(filters.begin) * work.weights_stride + std::size_t(k.begin);
    work.filters = std::size_t(filters.size());
    work.k = std::size_t(k.size());
    work.stride = tile_.row_stride;
    work.words = tile_.words.data() + first_word(convolution_group) + std::size_t(k.begin) * work.stride;
    sums.resize(std::max(sums.size(), work.filters * work.stride));
    multiply_block(work, sums.data());
    gemm::PsumBlock block = block_of(convolution_group, filters);
    block.sums = std::span<const Sum>(sums);
    sc_core::sc_time free_of_time;
    psums.send(block, free_of_time);
}

}  // namespace nonzero::dense
