#include "models/scnn/accumulator_banks.h"

namespace nonzero::scnn {

void AccumulatorBanks::accumulate(int buffer, std::span<const std::int16_t> values, std::span<const std::int32_t> cells,
                                  std::span<const WeightOperand> weights) {
    std::int64_t* const sums = buffers_[std::size_t(buffer)].data();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t value = values[i];
        std::int64_t* const origin = sums + cells[i];
        for (const WeightOperand& weight : weights) {
            origin[weight.cell] += value * weight.value;
        }
    }
}

}  // namespace nonzero::scnn
