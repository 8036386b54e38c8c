#include "models/dcnn/weight_fetch.h"

#include <algorithm>
#include <limits>

#include "workloads/vector_clones.h"

namespace nonzero::dcnn {

namespace {

NONZERO_VECTOR_CLONES
void count_non_zeros(const std::int16_t* weights, std::size_t count, std::uint8_t* counts) {
    for (std::size_t n = 0; n < count; ++n) {
        counts[n] = std::uint8_t(counts[n] + (weights[n] != 0 ? 1 : 0));
    }
}

}  // namespace

NonZeroCounts::NonZeroCounts(std::span<const nz_region> blocks, std::size_t taps)
    : taps_(taps), counts_(blocks.size() * taps) {
    std::uint64_t end = 0;
    for (const nz_region& block : blocks) {
        end += block.size / sizeof(std::int16_t);
        ends_.push_back(end);
    }
}

void NonZeroCounts::take(std::uint64_t offset, std::span<const unsigned char> bytes) {
    const auto* weights = reinterpret_cast<const std::int16_t*>(bytes.data());
    std::uint64_t first = offset / sizeof(std::int16_t);
    const std::uint64_t last = first + bytes.size() / sizeof(std::int16_t);
    while (first != last) {
        const auto block = std::size_t(std::ranges::upper_bound(ends_, first) - ends_.begin());
        const std::uint64_t begin = block == 0 ? 0 : ends_[block - 1];
        const std::size_t tap = (first - begin) % taps_;
        const std::size_t count = std::min<std::uint64_t>(taps_ - tap, last - first);
        count_non_zeros(weights, count, counts_.data() + block * taps_ + tap);
        weights += count;
        first += count;
    }
}

WeightFetch::WeightFetch(const nz_region& region, WorkContext& context, const Geometry& geometry,
                         const OperandFormat& format, bool counts)
    : JobFetch(context),
      parts_(geometry.fully_connected ? std::size_t(geometry.pes()) : 1),
      taps_(std::size_t(geometry.taps())),
      counts_(counts) {
    std::uint64_t end = region.address;
    for (std::size_t group = 0; group < geometry.channel_groups.size(); ++group) {
        const std::uint64_t begin = end;
        for (std::size_t part = 0; part < parts_; ++part) {
            const auto rows = std::size_t(geometry.group_of(int(group), int(part)).k_count);
            counts_ = counts_ && rows <= std::numeric_limits<std::uint8_t>::max();
            blocks_.push_back({end, series_limit(weight_shape(geometry, rows), format)});
            end += blocks_.back().size;
        }
        add_job({begin, end - begin});
    }
    if (end - region.address > region.size) {
        throw Fault{NZ_ERROR_REGION, region.address};
    }
}

nz_region WeightFetch::whole() const {
    const std::uint64_t begin = blocks_.front().address;
    return {begin, blocks_.back().address + blocks_.back().size - begin};
}

DmaSink* WeightFetch::sink() {
    return counts_ ? &counted_.emplace(blocks_, taps_) : nullptr;
}

std::optional<std::span<const std::uint8_t>> WeightFetch::non_zeros(std::size_t group, std::size_t part) const {
    return counted_ ? std::optional(counted_->of(group * parts_ + part)) : std::nullopt;
}

std::span<const std::uint8_t> WeightFetch::of(std::size_t group, std::size_t part) const {
    const nz_region& block = blocks_[group * parts_ + part];
    return bytes_of(group).subspan(block.address - region_of(group).address, block.size);
}

}  // namespace nonzero::dcnn
