#pragma once
// Where the weights of an SCNN layer lie, by the block table; and what a tiled layer reads from DRAM again.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/engine/job_fetch.h"
#include "models/pe_array/temporal_tiling.h"
#include "models/scnn/block_stretch.h"
#include "models/scnn/layer_plan.h"

namespace nonzero::scnn {

class WeightFetch : public JobFetch {
  public:
    // Reads the block table: an entry per group, of a fully connected layer per group and PE. input: where the layer's
    // activations come from when they do not fit on chip.
    WeightFetch(const nz_region& weights, const nz_region& block_index, WorkContext& context, const LayerPlan& plan,
                const TemporalTiling& tiling, const nz_region& input);

    std::span<const std::uint8_t> of(std::size_t group, std::size_t part = 0) const override;

  private:
    // Traffic of a tiled layer whose bytes are those that the machine has already.
    struct Again {
        std::vector<std::uint8_t> bytes;
        DmaTransfer transfer;
        std::unique_ptr<DmaCompletion> completion;
    };
    nz_region whole() const override;
    void start_more(std::size_t group) override;
    void wait_more(std::size_t group) override;
    void read_again(Again& again, const nz_region& region, std::uint64_t times);
    std::span<const nz_block> blocks(std::size_t group) const {
        return std::span(table_).subspan(group * parts_, parts_);
    }

    nz_region region_;
    std::size_t parts_;  // of a group
    std::vector<nz_block> table_;
    std::vector<BlockStretch> stretches_;  // by group
    std::uint64_t most_ = 0;               // bytes of all groups at most
    std::uint64_t table_address_;
    TemporalTiling tiling_;
    nz_region input_;
    Again weights_again_[2];
    Again activations_[2];
};

}  // namespace nonzero::scnn
