#pragma once
// The weights of the neurons that one PE works in a group of a fully connected layer (SCNN card 10.4, 10.10): one block
// per input, decoded. Plain C++.

#include <cstdint>
#include <span>

#include "workloads/formats/zero_run.h"

namespace nonzero::scnn {

class NeuronWeights {
  public:
    // `bytes`: a series of `inputs` blocks of `neurons` weights each; nothing where there are no neurons. False when they
    // are malformed or a weight is outside of [-limit, limit).
    bool decode(std::span<const std::uint8_t> bytes, std::size_t inputs, std::size_t neurons, RunWidth width,
                int limit);

    // The stored entries of an input: indices into values() and neurons().
    struct Entries {
        std::size_t begin;
        std::size_t end;
    };
    Entries of(std::size_t input) const {
        return {input == 0 ? std::size_t(0) : std::size_t(series_.ends[input - 1]), series_.ends[input]};
    }
    const std::vector<std::int16_t>& values() const { return series_.values; }       // 0: placeholder
    const std::vector<std::uint16_t>& neurons() const { return series_.positions; }  // offset in the group

  private:
    ZeroRunSeries series_;
};

}  // namespace nonzero::scnn
