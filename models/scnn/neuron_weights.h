#pragma once
// The weights of the neurons that one PE works in a group of a fully connected layer (SCNN card 10.4, 10.10): one block
// per input, decoded. Plain C++.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "workloads/formats/operand_block.h"

namespace nonzero::scnn {

class NeuronWeights {
  public:
    // bytes: a series of `inputs` blocks of `neurons` weights each; nothing where there are no neurons. False when they
    // are malformed or a weight is outside of [-limit, limit).
    bool decode(std::span<const std::uint8_t> bytes, std::size_t inputs, std::size_t neurons, BlockFormat format,
                int limit);

    // The stored weights of an input.
    std::span<const std::int16_t> values(std::size_t input) const {
        return std::span(series_.values).subspan(begin(input), series_.ends[input] - begin(input));
    }
    std::span<const std::uint16_t> neurons(std::size_t input) const {  // offset in the group
        return std::span(series_.positions).subspan(begin(input), series_.ends[input] - begin(input));
    }

  private:
    std::size_t begin(std::size_t input) const { return input == 0 ? 0 : series_.ends[input - 1]; }

    ZeroRunSeries series_;
};

}  // namespace nonzero::scnn
