#pragma once
// Lowering for DCNN and DCNN-opt: dense weights; activations dense, or zero-run blocks per channel (formats:
// models/dcnn/sequencer.h).

#include "models/dcnn/parameters.h"
#include "platforms/lowering.h"

namespace nonzero::dcnn {

class DcnnLowering : public Lowering {
  public:
    explicit DcnnLowering(const DcnnParameters& parameters) : parameters_(parameters) {}

    void check(const Layer& layer) const override;
    MemoryImage lower(const LayerJob& job, std::uint64_t base) const override;
    std::vector<std::uint8_t> encode(const LayerJob& job, const Psums& sums) const override;
    std::vector<std::uint8_t> encode(const LayerJob& job, const Operands& output) const override;
    Psums decode_sums(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const override;
    Operands decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const override;
    int accumulator_bits() const override { return parameters_.accumulator_bits; }
    int operand_bits() const override { return parameters_.operand_bits; }

  private:
    std::vector<std::uint8_t> pack_weights(const Layer& layer, const Operands& weights) const;
    const char* name() const;

    DcnnParameters parameters_;
};

}  // namespace nonzero::dcnn
