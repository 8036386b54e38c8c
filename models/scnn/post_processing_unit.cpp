#include "models/scnn/post_processing_unit.h"

namespace nonzero::scnn {

PostProcessingUnit::PostProcessingUnit(sc_core::sc_module_name name, const ScnnParameters& parameters,
                                       Statistics& statistics)
    : pe_array::PeArrayPostProcessingUnit(name, parameters.operand_bits, statistics,
                                          "entries written to OARAM; every output where they are not compressed"),
      plane_format_(parameters.activation_format()),
      line_format_(parameters.line_format()),
      capacity_(std::uint64_t(parameters.oaram_entries)),
      stored_entries_(
          statistics.counter(*this, "oaram_stored_entries", CounterKind::maximum, "entries stored in OARAM")),
      oaram_excess_(statistics.counter(*this, "oaram_excess_entries", CounterKind::count,
                                       "entries above the capacity of OARAM")) {}

void PostProcessingUnit::store_planes(std::span<const std::int16_t> values, int channels) {
    store_blocks(values, std::size_t(channels), plane_format_);
}

void PostProcessingUnit::store_neurons(std::span<const std::int16_t> values, bool last) {
    line_.insert(line_.end(), values.begin(), values.end());
    if (last) {
        store_blocks(line_, 1, line_format_);
    }
}

void PostProcessingUnit::store_blocks(std::span<const std::int16_t> values, std::size_t blocks,
                                      const OperandFormat& format) {
    bytes_.clear();
    stored_.push_back({{values.size() / blocks}, blocks});
    const std::uint64_t entries = append_series(values, stored_.back(), format, bytes_).all;
    append(bytes_.data(), bytes_.size(), entries);
    entries_ += entries;
    stored_entries_.raise_to(entries_);
}

void PostProcessingUnit::begin_layer() {
    entries_ = 0;
    stored_.clear();
    line_.clear();
}

// A part that cannot be read leaves as it is, for the reader to refuse.
void PostProcessingUnit::read_out_of(std::vector<std::uint8_t>& stored) {
    if (stored_.size() < 2) {
        return;
    }
    std::vector<std::int16_t> values;
    OperandSeries series;
    std::span<const std::uint8_t> rest(stored);
    std::size_t blocks = 0;
    for (const SeriesShape& shape : stored_) {
        if (!take_series(rest, shape, plane_format_, series)) {
            return;
        }
        const std::vector<std::int16_t> elements = expand(series, shape);
        values.insert(values.end(), elements.begin(), elements.end());
        blocks += shape.blocks();
    }
    stored.clear();
    append_series(values, {stored_.front().sizes, blocks}, plane_format_, stored);
}

bool PostProcessingUnit::fits() {
    oaram_excess_.add(entries_ > capacity_ ? entries_ - capacity_ : 0);
    return entries_ <= capacity_;
}

}  // namespace nonzero::scnn
