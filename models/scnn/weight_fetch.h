#pragma once
// The weights of a layer on their way from memory: all before its first cycle (memory.timing = ideal), or those of the
// next group while one computes. Keep it alive until the engine's reset() after a fault or abort.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/common/double_buffered_read.h"
#include "models/common/temporal_tiling.h"
#include "models/scnn/block_stretch.h"
#include "models/scnn/layer_plan.h"

namespace nonzero::scnn {

class WeightFetch {
  public:
    // Reads the block table: an entry per group, of a fully connected layer per group and PE. input: where the layer's
    // activations come from when they do not fit on chip.
    WeightFetch(const nz_region& weights, const nz_region& block_index, WorkContext& context, const LayerPlan& plan,
                const TemporalTiling& tiling, const nz_region& input);

    // ideal: everything, then group() at any time.
    void read_all();
    // modelled: starts reading a group, if there is one of that number; two can be on the way or in use. Of a tiled
    // layer also what the other tiles read again, and the group's share of the activations.
    void start(std::size_t group);
    // … and waits until it is there.
    void wait(std::size_t group);

    // Weights of a group; of a fully connected layer those of one PE.
    std::span<const std::uint8_t> of(std::size_t group, std::size_t part = 0) const;
    std::size_t parts() const { return parts_; }

  private:
    // Traffic of a tiled layer whose bytes are those that the machine has already.
    struct Again {
        std::vector<std::uint8_t> bytes;
        DmaTransfer transfer;
        std::unique_ptr<DmaCompletion> completion;
    };
    void read_again(Again& again, const nz_region& region, std::uint64_t times);

    std::span<const nz_block> blocks(std::size_t group) const {
        return std::span(table_).subspan(group * parts_, parts_);
    }

    nz_region region_;
    WorkContext& context_;
    std::size_t parts_;
    std::vector<nz_block> table_;
    std::vector<BlockStretch> stretches_;  // by group; a single one for all of them with ideal memory
    std::uint64_t most_ = 0;               // bytes of all groups at most
    std::uint64_t table_address_;

    bool whole_ = false;  // read_all()
    std::vector<std::uint8_t> all_;
    DoubleBufferedRead ahead_;
    TemporalTiling tiling_;
    nz_region input_;
    Again weights_again_[2];
    Again activations_[2];
    std::span<const std::uint8_t> there_[2];
};

}  // namespace nonzero::scnn
