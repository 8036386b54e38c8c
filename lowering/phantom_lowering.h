#pragma once
// Lowering for Phantom-2D.

#include "lowering/masked_lowering.h"
#include "models/phantom/parameters.h"

namespace nonzero::phantom {

class PhantomLowering : public masked::MaskedLowering {
  public:
    // InputError for switches that have no rule together.
    explicit PhantomLowering(const PhantomParameters& parameters);

    int accumulator_bits() const override { return parameters_.accumulator_bits; }
    int operand_bits() const override { return parameters_.operand_bits; }

  private:
    std::string name() const override { return "phantom2d"; }
    // Of filters whose zeros count no order is better than their own.
    bool sorts_filters() const override { return parameters_.sort_filters && parameters_.mode == Mode::sparse; }
    nz_error check_shape(const nz_descriptor& descriptor) const override;
    std::string limits() const override;

    PhantomParameters parameters_;
};

}  // namespace nonzero::phantom
