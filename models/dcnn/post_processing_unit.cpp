#include "models/dcnn/post_processing_unit.h"

#include <bit>

#include "models/common/memory_access.h"

namespace nonzero::dcnn {

static_assert(std::endian::native == std::endian::little, "outputs are stored as the host holds them");

PostProcessingUnit::PostProcessingUnit(sc_core::sc_module_name name, Statistics& statistics)
    : sc_module(name),
      psums("psums", [this](PsumBlock& block, sc_core::sc_time&) { finish(block); }),
      read_out("read_out", [this](OutputReadOut& request, sc_core::sc_time&) { read(request); }),
      oaram("oaram"),
      pooling("pooling", statistics, [this](std::span<const std::int16_t> values, int) { store(values); }),
      outputs_(statistics.counter(*this, "outputs", CounterKind::count, "outputs finished")),
      outputs_stored_(statistics.counter(*this, "outputs_stored", CounterKind::count, "outputs written to OARAM")),
      overflows_(statistics.counter(*this, "overflows", CounterKind::count,
                                    "outputs whose exact sum is out of the accumulator's range")) {}

void PostProcessingUnit::finish(const PsumBlock& block) {
    const LayerPlan& plan = *block.plan;
    outputs_.add(block.outputs);
    if (plan.count_only) {
        outputs_stored_.add(block.outputs);
        return;
    }
    const std::size_t plane = block.sums.size() / std::size_t(block.k_count);
    raw_.clear();
    stored_.clear();
    std::uint64_t overflows = 0;
    for (std::size_t n = 0; n < block.sums.size(); ++n) {
        bool overflow = false;
        const std::int64_t sum = plan.post_processor.accumulator(block.sums[n], overflow);
        overflows += overflow ? 1 : 0;
        if (plan.raw64) {
            raw_.push_back(sum);
        } else {
            stored_.push_back(plan.post_processor.output(sum, block.k_begin + int(n / plane)));
        }
    }
    overflows_of_layer_ += overflows;
    overflows_.add(overflows);
    if (plan.pooling) {
        pooling.take(stored_);
    } else if (plan.raw64) {
        store<std::int64_t>(raw_);
    } else {
        store<std::int16_t>(stored_);
    }
}

template <class Value>
void PostProcessingUnit::store(std::span<const Value> values) {
    // The payload wants a mutable pointer; a write does not change the data.
    auto* const data = reinterpret_cast<unsigned char*>(const_cast<Value*>(values.data()));
    access_memory(oaram, tlm::TLM_WRITE_COMMAND, end_, data, values.size_bytes());
    outputs_stored_.add(values.size());
    end_ += values.size_bytes();
}

void PostProcessingUnit::read(OutputReadOut& request) {
    if (request.begin) {
        end_ = 0;
        overflows_of_layer_ = 0;
        return;
    }
    request.bytes->resize(end_);
    access_memory(oaram, tlm::TLM_READ_COMMAND, 0, request.bytes->data(), request.bytes->size());
    request.overflows = overflows_of_layer_;
}

}  // namespace nonzero::dcnn
