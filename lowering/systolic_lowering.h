#pragma once
// Lowering for the systolic family: weights packed for the slots of the array (models/systolic/packed_weights.h).

#include "lowering/gemm_lowering.h"
#include "models/systolic/geometry.h"
#include "workloads/hashed_operands.h"

namespace nonzero::systolic {

class SystolicLowering : public gemm::GemmLowering {
  public:
    explicit SystolicLowering(const ArrayParameters& parameters);

    void check(const Layer& layer) const override;

  private:
    std::optional<NmPattern> pattern_of(const std::optional<NmPattern>& pattern) const override;
    // InputError naming the row that has more weights in a block than the pattern allows.
    void append_counts(const Weights& weights, std::vector<std::uint8_t>& bytes) const override;
    void append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const override;

    ArrayParameters parameters_;
};

// The places of the weights that a machine would prune a layer to where a pattern is asked for (demm_facts.md 10.6,
// "natural"): its own n:block that is not sparser, SPOTS's shared columns, or all of them.
WeightPlaces natural_places(const ArrayParameters& parameters, const GemmShape& shape, const NmPattern& pattern);

}  // namespace nonzero::systolic
