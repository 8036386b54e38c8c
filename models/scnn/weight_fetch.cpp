#include "models/scnn/weight_fetch.h"

#include "models/common/descriptor_tables.h"
#include "models/scnn/operand_blocks.h"

namespace nonzero::scnn {

namespace {

std::uint64_t part_limit(const LayerPlan& plan, std::size_t group, std::size_t part) {
    const Geometry& geometry = plan.geometry;
    const ChannelGroup channels = geometry.group_of(int(group), int(part));
    return geometry.fully_connected
               ? packed_series_limit(std::size_t(geometry.shape.C), std::size_t(channels.k_count), plan.weight_format)
               : weight_group_limit(geometry, channels, plan.weight_format);
}

}  // namespace

WeightFetch::WeightFetch(const nz_region& weights, const nz_region& block_index, WorkContext& context,
                         const LayerPlan& plan, const TemporalTiling& tiling, const nz_region& input)
    : region_(weights),
      context_(context),
      parts_(plan.geometry.fully_connected ? std::size_t(plan.geometry.pes()) : 1),
      table_(read_table<nz_block>(context, block_index, plan.geometry.channel_groups.size() * parts_)),
      table_address_(block_index.address),
      ahead_(context),
      tiling_(tiling),
      input_(input) {
    for (std::size_t group = 0; group < plan.geometry.channel_groups.size(); ++group) {
        std::uint64_t most = 0;
        for (std::size_t part = 0; part < parts_; ++part) {
            const std::uint64_t largest = part_limit(plan, group, part);
            check_block(table_[group * parts_ + part], region_, largest, table_address_);
            most += largest;
        }
        stretches_.emplace_back(blocks(group), most, table_address_);
        most_ += most;
    }
}

void WeightFetch::read_all() {
    whole_ = true;
    stretches_.assign(1, BlockStretch(table_, most_, table_address_));
    const nz_region stretch = stretches_.front().in(region_);
    all_.resize(stretch.size);
    if (stretch.size > 0) {
        context_.read(stretch.address, all_.data(), stretch.size);
    }
}

void WeightFetch::start(std::size_t group) {
    if (group >= stretches_.size()) {
        return;
    }
    const nz_region weights = stretches_[group].in(region_);
    ahead_.start(group, weights);
    if (!tiling_.on_chip()) {
        read_again(weights_again_[group % 2], weights, tiling_.weight_reads - 1);
        read_again(activations_[group % 2], activation_share(input_, tiling_, group, stretches_.size()), 1);
    }
}

void WeightFetch::read_again(Again& again, const nz_region& region, std::uint64_t times) {
    again.completion.reset();
    again.bytes.resize(region.size * times);
    if (again.bytes.empty()) {
        return;
    }
    again.completion = std::make_unique<DmaCompletion>();
    again.transfer = {};
    again.transfer.address = region.address;
    again.transfer.rows = times;
    again.transfer.row_bytes = region.size;
    again.transfer.row_pitch = 0;
    again.transfer.buffer = again.bytes.data();
    again.transfer.completion = again.completion.get();
    context_.start(again.transfer);
}

void WeightFetch::wait(std::size_t group) {
    there_[group % 2] = ahead_.wait(group);
    for (Again* const again : {&weights_again_[group % 2], &activations_[group % 2]}) {
        if (again->completion) {
            context_.wait_for(*again->completion);
        }
    }
}

std::span<const std::uint8_t> WeightFetch::of(std::size_t group, std::size_t part) const {
    const nz_block& block = table_[group * parts_ + part];
    return whole_ ? stretches_.front().of(all_, block) : stretches_[group].of(there_[group % 2], block);
}

}  // namespace nonzero::scnn
