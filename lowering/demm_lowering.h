#pragma once
// Lowering for DeMM: weights packed tile by tile for its ports (regions: models/demm/sequencer.h).

#include "lowering/gemm_lowering.h"
#include "models/demm/parameters.h"

namespace nonzero::demm {

class DemmLowering : public gemm::GemmLowering {
  public:
    explicit DemmLowering(const DemmParameters& parameters)
        : gemm::GemmLowering("demm", parameters.widths()), parameters_(parameters) {}

  private:
    // InputError for a pattern whose window neither divides the tile nor is divided by it.
    std::optional<NmPattern> pattern_of(const std::optional<NmPattern>& pattern) const override;
    // InputError naming the row that needs more than the pattern's slots.
    void append_counts(const Weights& weights, std::vector<std::uint8_t>& bytes) const override;
    void append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const override;

    DemmParameters parameters_;
};

}  // namespace nonzero::demm
