#pragma once
// Lowering for SCNN: activations cut into PE tiles, weights into output-channel groups, both into zero-run blocks per
// channel and stride phase (formats: models/scnn/sequencer.h).

#include "lowering/pe_array_lowering.h"
#include "models/scnn/geometry.h"
#include "models/scnn/parameters.h"

namespace nonzero::scnn {

class ScnnLowering : public pe_array::PeArrayLowering {
  public:
    explicit ScnnLowering(const ScnnParameters& parameters)
        : pe_array::PeArrayLowering("scnn", parameters), parameters_(parameters) {}

  private:
    void check_part(const Layer& layer) const override;
    nz_error check_descriptor(const nz_descriptor& descriptor) const override;
    int most_positions(const Layer& layer) const override;
    std::uint64_t estimate_cycles(const LayerJob& job, const std::vector<LayerPart>& parts) const override;
    std::pair<int, int> cut_plane(const Layer& layer) const override { return {layer.H, layer.W}; }
    bool add_operands(const LayerJob& job, ImageBuilder& image, const nz_descriptor* before, nz_descriptor& load,
                      nz_descriptor& run) const override;
    std::vector<std::uint8_t> encode_part(const LayerJob& part, const Operands& output) const override;
    std::optional<Operands> decode_part(const LayerJob& part, const std::vector<std::uint8_t>& bytes,
                                        std::size_t& at) const override;
    std::uint64_t stored_limit(const Layer& layer, const std::vector<std::size_t>& shape) const override;
    Geometry geometry_of(const Layer& layer) const;

    ScnnParameters parameters_;
};

}  // namespace nonzero::scnn
