#pragma once
// Lowering for DCNN and DCNN-opt: dense weights; activations dense, or zero-run blocks per channel (formats:
// models/dcnn/sequencer.h).

#include "models/dcnn/parameters.h"
#include "platforms/pe_array/pe_array_lowering.h"

namespace nonzero::dcnn {

class DcnnLowering : public pe_array::PeArrayLowering {
  public:
    explicit DcnnLowering(const DcnnParameters& parameters);

    std::vector<std::uint8_t> encode(const LayerJob& job, const Operands& output) const override;
    Operands decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const override;

  private:
    nz_error check_descriptor(const nz_descriptor& descriptor) const override;
    bool add_operands(const LayerJob& job, ImageBuilder& image, nz_descriptor& load, nz_descriptor& run) const override;
    std::uint64_t stored_limit(const Layer& layer, const std::vector<std::size_t>& shape) const override;
    std::vector<std::uint8_t> pack_weights(const nz_descriptor& run, const Operands& weights) const;

    DcnnParameters parameters_;
};

}  // namespace nonzero::dcnn
