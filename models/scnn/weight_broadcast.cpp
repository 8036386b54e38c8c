#include "models/scnn/weight_broadcast.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace nonzero::scnn {

namespace {

// Routing tables of one message stay in the second-level cache while all PEs work it.
constexpr std::size_t kMessageTableBytes = 128 * 1024;
constexpr std::size_t kMessageBlocks = 64;

template <class Count>
class Broadcast final : public WeightBroadcast {
  public:
    Broadcast(const ScnnParameters& parameters, bool one_block_each)
        : f_(std::uint32_t(parameters.f)), blocks_(one_block_each ? 1 : kMessageBlocks), routings_(blocks_.size()) {}

    void begin_layer(const LayerPlan& plan) override {
        bank_rows_.emplace(plan.codes);
        phase_kernels_.clear();
        for (int phase = 0; phase < plan.geometry.phases(); ++phase) {
            phase_kernels_.push_back(phase_kernel(plan.geometry, phase));
        }
    }

    bool group(const LayerPlan& plan, const pe_array::ChannelGroup& group, std::span<const std::uint8_t> bytes,
               const Send& send) override {
        const Geometry& geometry = plan.geometry;
        const int first_channel = group.convolution_group * geometry.channels_per_group();
        const bool dense = !has_placeholders(plan.weight_format);
        std::size_t used = 0;
        std::size_t table_bytes = 0;
        std::size_t message_begin = bytes.size();
        const auto flush = [&] {
            WeightBlocks message;
            message.blocks = std::span(blocks_).first(used);
            message.routings = std::span<const ScatterRouting<Count>>(routings_).first(used);
            message.bytes = message_begin - bytes.size();
            send(message);
            used = 0;
            table_bytes = 0;
            message_begin = bytes.size();
        };
        for (int channel = first_channel; channel < first_channel + geometry.channels_per_group(); ++channel) {
            for (int phase = 0; phase < geometry.phases(); ++phase) {
                const PhaseKernel& kernel = phase_kernels_[std::size_t(phase)];
                if (!take_block(bytes, std::size_t(kernel.taps()) * std::size_t(group.k_count), plan.weight_format,
                                block_) ||
                    !decode_weight_block(geometry, group, kernel, block_, entries_)) {
                    return false;
                }
                WeightBlock& decoded = blocks_[used];
                decoded.block = block_number(geometry, channel, phase);
                if (!std::all_of(entries_.begin(), entries_.end(),
                                 [&](const WeightEntry& e) { return plan.holds(e.value); })) {
                    return false;
                }
                WeightVectors& vectors = decoded.vectors;
                vectors.entries = std::uint32_t(entries_.size());
                vectors.non_zeros = std::uint32_t(
                    std::count_if(entries_.begin(), entries_.end(), [](const WeightEntry& e) { return e.value != 0; }));
                vectors.operands = dense ? vectors.entries : vectors.non_zeros;
                vectors.vectors = (vectors.entries + f_ - 1) / f_;
                vectors.unused_lanes = vectors.vectors * f_ - vectors.entries;
                if (!plan.count_only) {
                    decoded.operands.assign(entries_, geometry.channel_stride);
                }
                routings_[used].build(plan.places, plan.codes, *bank_rows_, f_, phase, entries_, group.k_begin, dense);
                table_bytes += routings_[used].bytes();
                if (++used == blocks_.size() || table_bytes >= kMessageTableBytes) {
                    flush();
                }
            }
        }
        if (used > 0) {
            flush();
        }
        return bytes.empty();
    }

  private:
    std::uint32_t f_;
    std::optional<BankRows<Count>> bank_rows_;
    std::vector<PhaseKernel> phase_kernels_;
    std::vector<WeightBlock> blocks_;
    std::vector<ScatterRouting<Count>> routings_;
    ZeroRunBlock block_;
    std::vector<WeightEntry> entries_;
};

}  // namespace

std::unique_ptr<WeightBroadcast> make_weight_broadcast(const ScnnParameters& parameters, bool one_block_each) {
    if (narrow_counts(parameters)) {
        return std::make_unique<Broadcast<std::uint8_t>>(parameters, one_block_each);
    }
    return std::make_unique<Broadcast<std::uint16_t>>(parameters, one_block_each);
}

}  // namespace nonzero::scnn
