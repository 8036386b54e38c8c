#include "models/scnn/neuron_weights.h"

#include <algorithm>

namespace nonzero::scnn {

bool NeuronWeights::decode(std::span<const std::uint8_t> bytes, const SeriesShape& shape, const OperandFormat& format,
                           int limit) {
    return read_series(bytes, shape, format, series_) &&
           std::ranges::all_of(series_.values, [&](std::int16_t v) { return v >= -limit && v < limit; });
}

}  // namespace nonzero::scnn
