#include "models/pe_array/post_processing_unit.h"

#include <bit>

#include "models/memory/memory_access.h"

namespace nonzero::pe_array {

static_assert(std::endian::native == std::endian::little, "outputs are stored as the host holds them");

PeArrayPostProcessingUnit::PeArrayPostProcessingUnit(sc_core::sc_module_name name, int output_bits,
                                                     Statistics& statistics, const std::string& stored)
    : sc_module(name),
      psums("psums", [this](PsumBlock& block, sc_core::sc_time&) { finish(block); }),
      read_out("read_out", [this](OutputReadOut& request, sc_core::sc_time&) { read(request); }),
      oaram("oaram"),
      pooling("pooling", output_bits, statistics,
              [this](std::span<const std::int16_t> values, int channels) { store_planes(values, channels); }),
      outputs_(statistics.counter(*this, "outputs", CounterKind::count, "outputs finished")),
      outputs_stored_(statistics.counter(*this, "outputs_stored", CounterKind::count, stored)),
      overflows_(statistics.counter(*this, "overflows", CounterKind::count,
                                    "outputs whose exact sum is out of the accumulator's range")) {}

void PeArrayPostProcessingUnit::finish(const PsumBlock& block) {
    const PeArrayPlan& plan = *block.plan;
    outputs_.add(block.outputs);
    if (plan.count_only) {
        outputs_stored_.add(block.outputs);
        return;
    }
    const std::uint64_t overflows =
        block.narrow_sums.empty() ? finish_sums(block, block.sums) : finish_sums(block, block.narrow_sums);
    overflows_of_layer_ += overflows;
    overflows_.add(overflows);
    if (plan.raw64) {
        append(raw_.data(), raw_.size() * sizeof(std::int64_t), raw_.size());
    } else if (plan.pooling) {
        pooling.take(values_);
    } else if (plan.array().fully_connected) {
        store_neurons(values_, block.k_begin + block.k_count == plan.array().channels_of(block.pe).end);
    } else {
        store_planes(values_, block.k_count);
    }
}

template <class Sum>
std::uint64_t PeArrayPostProcessingUnit::finish_sums(const PsumBlock& block, std::span<const Sum> sums) {
    const PeArrayPlan& plan = *block.plan;
    if (plan.raw64) {
        raw_.resize(sums.size());
        return plan.post_processor.accumulators(sums, raw_.data());
    }
    values_.resize(sums.size());
    const std::size_t plane = sums.size() / std::size_t(block.k_count);
    std::uint64_t overflows = 0;
    for (std::size_t k = 0; k < std::size_t(block.k_count); ++k) {
        overflows += plan.post_processor.outputs(sums.subspan(k * plane, plane), block.k_begin + int(k),
                                                 values_.data() + k * plane);
    }
    return overflows;
}

void PeArrayPostProcessingUnit::append(const void* data, std::size_t bytes, std::uint64_t entries) {
    // The payload wants a mutable pointer; a write does not change the data.
    auto* const source = static_cast<unsigned char*>(const_cast<void*>(data));
    access_memory(oaram, tlm::TLM_WRITE_COMMAND, end_, source, bytes);
    end_ += bytes;
    outputs_stored_.add(entries);
}

void PeArrayPostProcessingUnit::read(OutputReadOut& request) {
    if (request.begin) {
        end_ = 0;
        overflows_of_layer_ = 0;
        begin_layer();
        return;
    }
    raw_ = std::vector<std::int64_t>();
    values_ = std::vector<std::int16_t>();
    request.bytes->resize(end_);
    access_memory(oaram, tlm::TLM_READ_COMMAND, 0, request.bytes->data(), request.bytes->size());
    read_out_of(*request.bytes);
    request.overflows = overflows_of_layer_;
    request.fits = fits();
}

}  // namespace nonzero::pe_array
