#pragma once
// Lowering for SCNN: activations cut into PE tiles, weights into output-channel groups, both into zero-run blocks per
// channel and stride phase (formats: models/scnn/sequencer.h).

#include "models/scnn/geometry.h"
#include "models/scnn/parameters.h"
#include "platforms/pe_array/pe_array_lowering.h"

namespace nonzero::scnn {

class ScnnLowering : public pe_array::PeArrayLowering {
  public:
    explicit ScnnLowering(const ScnnParameters& parameters)
        : pe_array::PeArrayLowering("scnn", parameters), parameters_(parameters) {}

    void check(const Layer& layer) const override;
    std::vector<std::uint8_t> encode(const LayerJob& job, const Operands& output) const override;
    Operands decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const override;

  private:
    nz_error check_descriptor(const nz_descriptor& descriptor) const override;
    bool add_operands(const LayerJob& job, ImageBuilder& image, nz_descriptor& load, nz_descriptor& run) const override;
    std::uint64_t stored_limit(const Layer& layer, const std::vector<std::size_t>& shape) const override;
    Geometry geometry_of(const Layer& layer) const;

    ScnnParameters parameters_;
};

}  // namespace nonzero::scnn
