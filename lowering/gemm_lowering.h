#pragma once
// Lowering for GEMM machines: a layer becomes one descriptor whose operands are the dense activations and the weights
// as this machine packs them (regions: models/gemm/gemm_plan.h). A machine derives from it and packs the weights.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lowering/lowering.h"
#include "models/gemm/gemm_plan.h"

namespace nonzero::gemm {

class GemmLowering : public Lowering {
  public:
    // platform: its name, for messages
    GemmLowering(std::string platform, const GemmWidths& widths) : platform_(std::move(platform)), widths_(widths) {}

    void check(const Layer& layer) const override;
    int accumulator_bits() const override { return widths_.accumulator_bits; }
    int operand_bits() const override { return widths_.operand_bits; }

  protected:
    // A of all convolution groups, (groups * Mo) x K, row-major.
    struct Weights {
        const Layer* layer = nullptr;
        GemmShape shape;
        const Operands* matrix = nullptr;
        std::optional<NmPattern> pattern;  // that the machine is to go by, see pattern_of()
    };
    // Of the layer's pattern, the one that the descriptor names; most machines go by none. Activations in place of
    // weights have none.
    virtual std::optional<NmPattern> pattern_of(const std::optional<NmPattern>& /*pattern*/) const {
        return std::nullopt;
    }
    // What the machine has to know of weights that are only counted, if anything: appended to the head of the region.
    virtual void append_counts(const Weights& /*weights*/, std::vector<std::uint8_t>& /*bytes*/) const {}
    // InputError where the machine cannot hold them.
    virtual void append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const = 0;

    template <class Item>
    static void append(std::vector<std::uint8_t>& bytes, const std::vector<Item>& items) {
        const auto* const first = reinterpret_cast<const std::uint8_t*>(items.data());
        bytes.insert(bytes.end(), first, first + items.size() * sizeof(Item));
    }
    const std::string& platform() const { return platform_; }

  private:
    std::vector<nz_descriptor> lower_part(const LayerJob& part, ImageBuilder& image,
                                          const nz_descriptor* before) const override;
    std::vector<std::uint8_t> encode_part(const LayerJob& part, const Operands& output) const override;
    std::optional<Operands> decode_part(const LayerJob& part, const std::vector<std::uint8_t>& bytes,
                                        std::size_t& at) const override;
    nz_region add_weights(const LayerJob& part, const Weights& weights, ImageBuilder& image) const;

    std::string platform_;
    GemmWidths widths_;
};

}  // namespace nonzero::gemm
