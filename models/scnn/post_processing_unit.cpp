#include "models/scnn/post_processing_unit.h"

#include <bit>

#include "models/common/memory_access.h"

namespace nonzero::scnn {

static_assert(std::endian::native == std::endian::little, "RAW64 outputs are stored as the host holds them");

PostProcessingUnit::PostProcessingUnit(sc_core::sc_module_name name, const ScnnParameters& parameters,
                                       Statistics& statistics)
    : sc_module(name),
      psums("psums", [this](PsumBlock& block, sc_core::sc_time&) { finish(block); }),
      read_out("read_out", [this](OutputReadOut& request, sc_core::sc_time&) { read(request); }),
      oaram("oaram"),
      pooling("pooling", statistics,
              [this](std::span<const std::int16_t> values, int channels) {
                  compress_planes(values, channels);
                  store();
              }),
      oaram_entries_(parameters.oaram_entries),
      outputs_(statistics.counter(*this, "outputs", CounterKind::count, "outputs finished")),
      outputs_stored_(statistics.counter(*this, "outputs_stored", CounterKind::count,
                                         "entries written to OARAM; every output where they are not compressed")),
      overflows_(statistics.counter(*this, "overflows", CounterKind::count,
                                    "outputs whose exact sum is out of the accumulator's range")),
      stored_entries_(
          statistics.counter(*this, "oaram_stored_entries", CounterKind::maximum, "entries stored in OARAM")),
      oaram_excess_(statistics.counter(*this, "oaram_excess_entries", CounterKind::count,
                                       "entries above the capacity of OARAM")) {}

void PostProcessingUnit::finish(const PsumBlock& block) {
    const LayerPlan& plan = *block.plan;
    outputs_.add(block.sums.size());
    if (plan.output != OutputFormat::compressed || plan.count_only) {
        outputs_stored_.add(block.sums.size());
    }
    if (plan.count_only) {
        return;
    }
    plan_ = &plan;
    const PostProcessor& arithmetic = plan.post_processor;
    const std::size_t plane = block.sums.size() / std::size_t(block.k_count);
    values_.clear();
    std::uint64_t overflows = 0;
    for (std::size_t n = 0; n < block.sums.size(); ++n) {
        bool overflow = false;
        const std::int64_t sum = arithmetic.accumulator(block.sums[n], overflow);
        overflows += overflow ? 1 : 0;
        if (plan.output == OutputFormat::raw64) {
            const auto* first = reinterpret_cast<const std::uint8_t*>(&sum);  // little endian, as the host
            bytes_.insert(bytes_.end(), first, first + sizeof sum);
        } else {
            values_.push_back(arithmetic.output(sum, block.k_begin + int(n / plane)));
        }
    }
    overflows_of_layer_ += overflows;
    overflows_.add(overflows);
    if (plan.pooling) {
        pooling.take(values_);
        return;
    }
    if (plan.output == OutputFormat::compressed && plan.geometry.fully_connected) {
        compress_neurons(block);
    } else if (plan.output == OutputFormat::compressed) {
        compress_planes(values_, block.k_count);
    }
    store();
}

void PostProcessingUnit::compress_neurons(const PsumBlock& block) {
    line_.insert(line_.end(), values_.begin(), values_.end());
    if (block.k_begin + block.k_count == plan_->geometry.channels_of(block.pe).end) {
        append(line_, plan_->line_format);
    }
}

void PostProcessingUnit::compress_planes(std::span<const std::int16_t> values, int channels) {
    const std::size_t plane = values.size() / std::size_t(channels);
    for (std::size_t channel = 0; channel < std::size_t(channels); ++channel) {
        append(values.subspan(channel * plane, plane), plan_->activation_format);
    }
}

void PostProcessingUnit::store() {
    access_memory(oaram, tlm::TLM_WRITE_COMMAND, end_, bytes_.data(), bytes_.size());
    end_ += bytes_.size();
    bytes_.clear();
    stored_entries_.raise_to(entries_);
}

void PostProcessingUnit::append(std::span<const std::int16_t> values, BlockFormat format) {
    const std::size_t entries = append_block(values, format, block_, bytes_);
    entries_ += entries;
    outputs_stored_.add(entries);
}

void PostProcessingUnit::read(OutputReadOut& request) {
    if (request.begin) {
        end_ = 0;
        entries_ = 0;
        line_.clear();
        overflows_of_layer_ = 0;
        return;
    }
    request.bytes->resize(end_);
    access_memory(oaram, tlm::TLM_READ_COMMAND, 0, request.bytes->data(), request.bytes->size());
    request.overflows = overflows_of_layer_;
    const auto capacity = std::uint64_t(oaram_entries_);
    request.fits = entries_ <= capacity;
    oaram_excess_.add(request.fits ? 0 : entries_ - capacity);
}

}  // namespace nonzero::scnn
