#include "models/scnn/weight_fetch.h"

#include "models/engine/descriptor_tables.h"
#include "models/scnn/operand_blocks.h"

namespace nonzero::scnn {

namespace {

std::uint64_t part_limit(const LayerPlan& plan, std::size_t group, std::size_t part) {
    const Geometry& geometry = plan.geometry;
    const pe_array::ChannelGroup channels = geometry.group_of(int(group), int(part));
    return series_limit(geometry.fully_connected ? neuron_shape(geometry, channels) : weight_shape(geometry, channels),
                        plan.weight_format);
}

}  // namespace

WeightFetch::WeightFetch(const nz_region& weights, const nz_region& block_index, WorkContext& context,
                         const LayerPlan& plan, const TemporalTiling& tiling, const nz_region& input)
    : JobFetch(context),
      region_(weights),
      parts_(plan.geometry.fully_connected ? std::size_t(plan.geometry.pes()) : 1),
      table_(read_table<nz_block>(context, block_index, plan.geometry.channel_groups.size() * parts_)),
      table_address_(block_index.address),
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
        add_job(stretches_.back().in(region_));
        most_ += most;
    }
}

nz_region WeightFetch::whole() const {
    return BlockStretch(table_, most_, table_address_).in(region_);
}

void WeightFetch::start_more(std::size_t number) {
    if (!tiling_.on_chip()) {
        read_again(weights_again_[number % 2], region_of(number), tiling_.weight_reads - 1);
        read_again(activations_[number % 2], activation_share(input_, tiling_, number, jobs()), 1);
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
    context().start(again.transfer);
}

void WeightFetch::wait_more(std::size_t number) {
    for (Again* const again : {&weights_again_[number % 2], &activations_[number % 2]}) {
        if (again->completion) {
            context().wait_for(*again->completion);
        }
    }
}

std::span<const std::uint8_t> WeightFetch::of(std::size_t group, std::size_t part) const {
    return stretches_[group].of(bytes_of(group), table_[group * parts_ + part]);
}

}  // namespace nonzero::scnn
