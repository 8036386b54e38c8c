#pragma once
// Lowering for DCNN and DCNN-opt: dense weights; activations dense, or zero-run blocks per channel (formats:
// models/dcnn/sequencer.h).

#include "lowering/pe_array_lowering.h"
#include "models/dcnn/parameters.h"

namespace nonzero::dcnn {

class DcnnLowering : public pe_array::PeArrayLowering {
  public:
    explicit DcnnLowering(const DcnnParameters& parameters);

  private:
    nz_error check_descriptor(const nz_descriptor& descriptor) const override;
    int most_positions(const Layer& layer) const override;
    std::uint64_t estimate_cycles(const LayerJob& job, const std::vector<LayerPart>& parts) const override;
    std::pair<int, int> cut_plane(const Layer& layer) const override { return {layer.P(), layer.Q()}; }
    bool add_operands(const LayerJob& job, ImageBuilder& image, const nz_descriptor* before, nz_descriptor& load,
                      nz_descriptor& run) const override;
    std::vector<std::uint8_t> encode_part(const LayerJob& part, const Operands& output) const override;
    std::optional<Operands> decode_part(const LayerJob& part, const std::vector<std::uint8_t>& bytes,
                                        std::size_t& at) const override;
    std::uint64_t stored_limit(const Layer& layer, const std::vector<std::size_t>& shape) const override;
    std::vector<std::uint8_t> pack(const Operands& planes) const;
    nz_region add_weights(const LayerJob& job, const nz_descriptor& run, ImageBuilder& image) const;

    DcnnParameters parameters_;
};

}  // namespace nonzero::dcnn
