#pragma once
// Where the weights of the dense machine lie: group after group, each a dense series (operand_series.h); of a fully
// connected layer each group has those of one PE after those of the other.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/dcnn/geometry.h"
#include "models/engine/job_fetch.h"
#include "workloads/formats/operand_series.h"

namespace nonzero::dcnn {

// Counts the weights of 16 bits that are not zero: all that is left of them where only cycles are asked for.
class NonZeroCounts : public DmaSink {
  public:
    // blocks: of `taps` weights a row, one after another; their rows fit a count.
    NonZeroCounts(std::span<const nz_region> blocks, std::size_t taps);

    // Whole weights.
    void take(std::uint64_t offset, std::span<const unsigned char> bytes) override;
    // By tap.
    std::span<const std::uint8_t> of(std::size_t block) const {
        return std::span(counts_).subspan(block * taps_, taps_);
    }

  private:
    std::size_t taps_;
    std::vector<std::uint64_t> ends_;  // of the blocks, in weights
    std::vector<std::uint8_t> counts_;
};

class WeightFetch : public JobFetch {
  public:
    // Fault{NZ_ERROR_REGION} when the region is too small. counts: weights that are read all at once are counted and
    // not kept; they have 16 bits, and no burst cuts one.
    WeightFetch(const nz_region& region, WorkContext& context, const Geometry& geometry, const OperandFormat& format,
                bool counts = false);

    std::span<const std::uint8_t> of(std::size_t group, std::size_t part = 0) const override;
    std::uint64_t bytes(std::size_t group, std::size_t part) const { return blocks_[group * parts_ + part].size; }
    // Of counted weights, by tap: the rows whose weight is not zero. Else nothing.
    std::optional<std::span<const std::uint8_t>> non_zeros(std::size_t group, std::size_t part) const;

  private:
    nz_region whole() const override;
    DmaSink* sink() override;

    std::size_t parts_;
    std::size_t taps_;
    bool counts_;
    std::vector<nz_region> blocks_;  // [group][part]
    std::optional<NonZeroCounts> counted_;
};

}  // namespace nonzero::dcnn
