#include "models/dcnn/weight_fetch.h"

namespace nonzero::dcnn {

WeightFetch::WeightFetch(const nz_region& region, WorkContext& context, const Geometry& geometry,
                         const OperandFormat& format)
    : JobFetch(context), parts_(geometry.fully_connected ? std::size_t(geometry.pes()) : 1) {
    std::uint64_t end = region.address;
    for (std::size_t group = 0; group < geometry.channel_groups.size(); ++group) {
        const std::uint64_t begin = end;
        for (std::size_t part = 0; part < parts_; ++part) {
            const auto rows = std::size_t(geometry.group_of(int(group), int(part)).k_count);
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

std::span<const std::uint8_t> WeightFetch::of(std::size_t group, std::size_t part) const {
    const nz_region& block = blocks_[group * parts_ + part];
    return bytes_of(group).subspan(block.address - region_of(group).address, block.size);
}

}  // namespace nonzero::dcnn
