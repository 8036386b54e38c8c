#pragma once
// Lowering for arrays of PEs: a LOAD of the activations, then the layer; or the layer alone, where the activations come
// with it. A machine derives from it and packs the operands.
//
// A matrix product has no plane. Its rows become the positions of a plane as wide as the grid, which is cut over the
// PEs like any other, with empty positions at its end; or each row runs as a fully connected layer, whose neurons are
// split over the PEs. matmul.layout says which; auto takes the one that needs fewer cycles by the machine's own
// estimate.

#include <string>
#include <utility>
#include <vector>

#include "lowering/layer_parts.h"
#include "lowering/lowering.h"
#include "models/pe_array/parameters.h"

namespace nonzero::pe_array {

class PeArrayLowering : public Lowering {
  public:
    void check(const Layer& layer) const final;
    bool pools() const override { return true; }
    std::optional<ProductLayout> layout(const LayerJob& job) const final;
    int idle_units(const Layer& layer) const final;
    int accumulator_bits() const override { return parameters_.accumulator_bits; }
    int operand_bits() const override { return parameters_.operand_bits; }

  protected:
    // platform: its name, for messages
    PeArrayLowering(std::string platform, const PeArrayParameters& parameters)
        : platform_(std::move(platform)), parameters_(parameters) {
        check_widths(parameters);
    }

    // Throws InputError naming the layer where a descriptor of it does not fit this machine.
    virtual void check_part(const Layer& layer) const;
    // Why the machine cannot run a layer's descriptor, or NZ_ERROR_NONE.
    virtual nz_error check_descriptor(const nz_descriptor& descriptor) const = 0;
    // Rows of a product that one plane takes.
    virtual int most_positions(const Layer& layer) const = 0;
    // Cycles of the parts of a product.
    virtual std::uint64_t estimate_cycles(const LayerJob& job, const std::vector<LayerPart>& parts) const = 0;
    // The plane that is cut over the PEs.
    virtual std::pair<int, int> cut_plane(const Layer& layer) const = 0;
    // Adds input and weights to the image and their regions to LOAD and layer. False: the input comes with the layer.
    // before: as for lower_part().
    virtual bool add_operands(const LayerJob& job, ImageBuilder& image, const nz_descriptor* before,
                              nz_descriptor& load, nz_descriptor& run) const = 0;
    // Bytes that a stored output of that shape takes at most.
    virtual std::uint64_t stored_limit(const Layer& layer, const std::vector<std::size_t>& shape) const = 0;

  private:
    std::vector<LayerPart> parts_of(const LayerJob& job) const final;
    std::vector<nz_descriptor> lower_part(const LayerJob& part, ImageBuilder& image,
                                          const nz_descriptor* before) const final;
    std::vector<ProductLayout> layouts_of(const Layer& layer) const;
    ProductLayout positions_of(const Layer& layer) const;

    std::string platform_;
    PeArrayParameters parameters_;
};

}  // namespace nonzero::pe_array
