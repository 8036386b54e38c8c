#pragma once
// Lowering for Phantom-2D: activations and weights as sparse masks with packed values, filters in the order in which
// the mesh works them (formats: models/phantom/packed_operands.h).

#include "lowering/lowering.h"
#include "models/phantom/parameters.h"

namespace nonzero::phantom {

class PhantomLowering : public Lowering {
  public:
    // InputError for switches that have no rule together.
    explicit PhantomLowering(const PhantomParameters& parameters);

    void check(const Layer& layer) const override;
    int accumulator_bits() const override { return parameters_.accumulator_bits; }
    int operand_bits() const override { return parameters_.operand_bits; }

  private:
    // The inputs of a batch for a fully connected layer one by one, as all cores then have neurons of their own.
    std::vector<LayerPart> parts_of(const LayerJob& job) const override;
    std::vector<nz_descriptor> lower_part(const LayerJob& part, ImageBuilder& image,
                                          const nz_descriptor* before) const override;
    std::vector<std::uint8_t> encode_part(const LayerJob& part, const Operands& output) const override;
    std::optional<Operands> decode_part(const LayerJob& part, const std::vector<std::uint8_t>& bytes,
                                        std::size_t& at) const override;

    PhantomParameters parameters_;
};

}  // namespace nonzero::phantom
