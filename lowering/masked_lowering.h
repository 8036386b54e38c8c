#pragma once
// Lowering for machines that read sparse masks: activations and weights as masks with packed values, filters in the
// order in which the machine works them (formats: models/masked/packed_operands.h).

#include <string>

#include "lowering/lowering.h"
#include "models/host/host_interface.h"

namespace nonzero::masked {

class MaskedLowering : public Lowering {
  public:
    void check(const Layer& layer) const override;

  private:
    virtual std::string name() const = 0;
    // By which filters are stored in phantom_facts.md 9 rule 5's order.
    virtual bool sorts_filters() const = 0;
    // What follows from the layer's shape alone, and how large that may be.
    virtual nz_error check_shape(const nz_descriptor& descriptor) const = 0;
    virtual std::string limits() const = 0;

    // The inputs of a batch for a fully connected layer one by one, as all units then have neurons of their own.
    std::vector<LayerPart> parts_of(const LayerJob& job) const override;
    std::vector<nz_descriptor> lower_part(const LayerJob& part, ImageBuilder& image,
                                          const nz_descriptor* before) const override;
    std::vector<std::uint8_t> encode_part(const LayerJob& part, const Operands& output) const override;
    std::optional<Operands> decode_part(const LayerJob& part, const std::vector<std::uint8_t>& bytes,
                                        std::size_t& at) const override;
};

}  // namespace nonzero::masked
