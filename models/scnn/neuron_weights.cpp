#include "models/scnn/neuron_weights.h"

#include <algorithm>

namespace nonzero::scnn {

std::uint64_t neuron_weights_limit(std::size_t inputs, std::size_t neurons, RunWidth width) {
    return neurons == 0 ? 0 : packed_series_bytes(inputs, neurons, std::uint64_t(inputs) * neurons, width);
}

bool NeuronWeights::decode(std::span<const std::uint8_t> bytes, std::size_t inputs, std::size_t neurons, RunWidth width,
                           int limit) {
    if (neurons == 0) {
        series_.ends.assign(inputs, 0);
        series_.values.clear();
        series_.positions.clear();
        return bytes.empty();
    }
    return read_zero_run_series(bytes, inputs, neurons, width, series_) &&
           std::ranges::all_of(series_.values, [&](std::int16_t v) { return v >= -limit && v < limit; });
}

}  // namespace nonzero::scnn
