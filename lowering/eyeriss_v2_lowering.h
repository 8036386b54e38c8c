#pragma once
// Lowering for Eyeriss v2.

#include "lowering/masked_lowering.h"
#include "models/eyeriss_v2/parameters.h"

namespace nonzero::eyeriss_v2 {

class EyerissV2Lowering : public masked::MaskedLowering {
  public:
    explicit EyerissV2Lowering(const EyerissV2Parameters& parameters) : parameters_(parameters) {}

    int accumulator_bits() const override { return parameters_.accumulator_bits; }
    int operand_bits() const override { return parameters_.operand_bits; }

  private:
    std::string name() const override { return "eyeriss_v2"; }
    bool sorts_filters() const override { return false; }
    nz_error check_shape(const nz_descriptor& descriptor) const override;
    std::string limits() const override;

    EyerissV2Parameters parameters_;
};

}  // namespace nonzero::eyeriss_v2
