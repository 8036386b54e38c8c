#include "models/scnn/neuron_weights.h"

#include <algorithm>

namespace nonzero::scnn {

bool NeuronWeights::decode(std::span<const std::uint8_t> bytes, std::size_t inputs, std::size_t neurons,
                           BlockFormat format, int limit) {
    return read_series(bytes, inputs, neurons, format, series_) &&
           std::ranges::all_of(series_.values, [&](std::int16_t v) { return v >= -limit && v < limit; });
}

}  // namespace nonzero::scnn
