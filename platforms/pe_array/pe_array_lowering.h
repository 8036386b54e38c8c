#pragma once
// Lowering for arrays of PEs: a LOAD of the activations, then the layer; or the layer alone, where the activations come
// with it. A machine derives from it and packs the operands.

#include <string>
#include <utility>

#include "models/pe_array/parameters.h"
#include "platforms/lowering.h"

namespace nonzero::pe_array {

class PeArrayLowering : public Lowering {
  public:
    void check(const Layer& layer) const override;
    bool pools() const override { return true; }
    MemoryImage lower(const LayerJob& job, std::uint64_t base) const final;
    int accumulator_bits() const override { return parameters_.accumulator_bits; }
    int operand_bits() const override { return parameters_.operand_bits; }

  protected:
    // platform: its name, for messages
    PeArrayLowering(std::string platform, const PeArrayParameters& parameters)
        : platform_(std::move(platform)), parameters_(parameters) {}

    // Why the machine cannot run a layer's descriptor, or NZ_ERROR_NONE.
    virtual nz_error check_descriptor(const nz_descriptor& descriptor) const = 0;
    // Adds input and weights to the image and their regions to LOAD and layer. False: the input comes with the layer.
    virtual bool add_operands(const LayerJob& job, ImageBuilder& image, nz_descriptor& load,
                              nz_descriptor& run) const = 0;
    // Bytes that a stored output of that shape takes at most.
    virtual std::uint64_t stored_limit(const Layer& layer, const std::vector<std::size_t>& shape) const = 0;

    [[noreturn]] static void refuse_output(const LayerJob& job);

  private:
    std::string platform_;
    PeArrayParameters parameters_;
};

}  // namespace nonzero::pe_array
