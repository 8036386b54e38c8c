#pragma once
// Lowering for SCNN: activations cut into PE tiles, weights into output-channel groups, both into zero-run blocks per
// channel and stride phase (formats: models/scnn/sequencer.h).

#include "models/scnn/geometry.h"
#include "models/scnn/parameters.h"
#include "platforms/lowering.h"

namespace nonzero::scnn {

class ScnnLowering : public Lowering {
  public:
    explicit ScnnLowering(const ScnnParameters& parameters) : parameters_(parameters) {}

    void check(const Layer& layer) const override;
    MemoryImage lower(const LayerJob& job, std::uint64_t base) const override;
    std::vector<std::uint8_t> encode(const LayerJob& job, const Psums& sums) const override;
    std::vector<std::uint8_t> encode(const LayerJob& job, const Operands& output) const override;
    Psums decode_sums(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const override;
    Operands decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const override;
    int accumulator_bits() const override { return parameters_.accumulator_bits; }
    int operand_bits() const override { return parameters_.operand_bits; }

  private:
    Geometry geometry_of(const Layer& layer) const;

    ScnnParameters parameters_;
};

}  // namespace nonzero::scnn
