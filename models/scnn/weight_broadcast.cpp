#include "models/scnn/weight_broadcast.h"

#include <algorithm>
#include <cstddef>
#include <deque>
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
        : f_(std::uint32_t(parameters.f)), message_blocks_(one_block_each ? 1 : kMessageBlocks) {}

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
        const int first_channel = group.convolution_group * geometry.channels_per_convolution_group();
        const bool dense = !has_placeholders(plan.weight_format.blocks);
        if (!read_series(bytes, weight_shape(geometry, group), plan.weight_format, series_)) {
            return false;
        }
        const std::vector<std::uint16_t> k_codes = plan.codes.k_codes(group.k_begin, group.k_count);
        std::size_t number = 0;  // of the group's blocks
        std::size_t kept = 0;    // messages that have not been worked
        std::size_t used = 0;
        std::size_t table_bytes = 0;
        std::uint64_t bytes_sent = 0;
        const auto flush = [&] {
            WeightBlocks message;
            message.blocks = std::span(rooms_[kept].blocks).first(used);
            message.routings = std::span<const CrossbarRouting<Count>>(rooms_[kept].routings).first(used);
            // Of the group's bytes the share of these entries, with what is left over in the last message.
            const std::uint64_t until = number == series_.ends.size() ? bytes.size()
                                                                      : bytes.size() * series_.ends[number - 1] /
                                                                            std::max<std::size_t>(1, series_.entries());
            message.bytes = until - bytes_sent;
            kept = send(message) ? 0 : kept + 1;
            used = 0;
            table_bytes = 0;
            bytes_sent = until;
        };
        for (int channel = first_channel; channel < first_channel + geometry.channels_per_convolution_group();
             ++channel) {
            for (int phase = 0; phase < geometry.phases(); ++phase) {
                decode_weight_block(geometry, group, phase_kernels_[std::size_t(phase)], series_.values_of(number),
                                    series_.positions_of(number), entries_);
                ++number;
                if (kept == rooms_.size()) {
                    rooms_.emplace_back(message_blocks_);
                }
                WeightBlock& decoded = rooms_[kept].blocks[used];
                CrossbarRouting<Count>& routing = rooms_[kept].routings[used];
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
                if (!plan.count_only) {
                    decoded.operands.assign(entries_, geometry.channel_stride);
                }
                routing.build(plan.coordinates, plan.codes, *bank_rows_, f_, phase, entries_, k_codes, dense);
                table_bytes += routing.bytes();
                if (++used == message_blocks_ || table_bytes >= kMessageTableBytes) {
                    flush();
                }
            }
        }
        if (used > 0) {
            flush();
        }
        return true;
    }

  private:
    // What a message shows.
    struct Room {
        explicit Room(std::size_t size) : blocks(size), routings(size) {}
        std::vector<WeightBlock> blocks;
        std::vector<CrossbarRouting<Count>> routings;
    };

    std::uint32_t f_;
    std::size_t message_blocks_;
    std::optional<BankRows<Count>> bank_rows_;
    std::vector<PhaseKernel> phase_kernels_;
    std::deque<Room> rooms_;
    OperandSeries series_;
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
