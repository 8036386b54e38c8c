#pragma once
// Lowering for SparTen.

#include "lowering/masked_lowering.h"
#include "models/sparten/parameters.h"

namespace nonzero::sparten {

class SpartenLowering : public masked::MaskedLowering {
  public:
    explicit SpartenLowering(const SpartenParameters& parameters) : parameters_(parameters) {}

    int accumulator_bits() const override { return parameters_.accumulator_bits; }
    int operand_bits() const override { return parameters_.operand_bits; }

  private:
    std::string name() const override { return "sparten"; }
    bool sorts_filters() const override { return parameters_.balancing == Balancing::gb_s; }
    nz_error check_shape(const nz_descriptor& descriptor) const override;
    std::string limits() const override;

    SpartenParameters parameters_;
};

}  // namespace nonzero::sparten
