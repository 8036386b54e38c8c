// Phase positions and the decoding of weight blocks, against loops over every position.

#include "models/scnn/operand_blocks.h"

#include <catch2/catch.hpp>

#include "tests/common/property.h"
#include "tests/models/scnn/literal_model.h"
#include "tests/models/scnn/random_shape.h"

using namespace nonzero;
using namespace nonzero::scnn;

namespace {

// The taps of one phase in the order of scnn_facts.md 10.9 rule 4, with their accumulator cell relative to that of the
// activation.
struct Tap {
    int kh;
    int kw;
};
std::vector<Tap> taps_of(const ConvolutionShape& shape, int phase) {
    std::vector<Tap> taps;
    for (int kh = 0; kh < shape.KH; ++kh) {
        for (int kw = 0; kw < shape.KW; ++kw) {
            if (kh % shape.stride_y * shape.stride_x + kw % shape.stride_x == phase) {
                taps.push_back({kh, kw});
            }
        }
    }
    return taps;
}

void check_random_block() {
    const ConvolutionShape shape = random_shape();
    ScnnParameters machine = random_machine();
    machine.accumulator_entries = 1 << 16;
    const Geometry geometry = make_geometry(shape, machine);
    const pe_array::ChannelGroup group = *rc::gen::elementOf(geometry.channel_groups);
    for (int phase = 0; phase < geometry.phases(); ++phase) {
        const std::vector<Tap> taps = taps_of(shape, phase);
        const PhaseKernel kernel = phase_kernel(geometry, phase);
        RC_ASSERT(kernel.taps() == int(taps.size()));
        const std::vector<std::int16_t> dense = random_values(taps.size() * std::size_t(group.k_count));
        const auto stored = literal::store(dense, machine.placeholders);
        std::vector<std::int16_t> values;
        std::vector<std::uint32_t> positions;
        for (const literal::Entry& entry : stored) {
            values.push_back(entry.value);
            positions.push_back(std::uint32_t(entry.index));
        }
        std::vector<WeightEntry> entries;
        decode_weight_block(geometry, group, kernel, values, positions, entries);
        RC_ASSERT(entries.size() == stored.size());
        for (std::size_t n = 0; n < entries.size(); ++n) {
            const std::size_t tap = stored[n].index / std::size_t(group.k_count);
            const int k = int(stored[n].index % std::size_t(group.k_count));
            RC_ASSERT(entries[n].value == stored[n].value);
            RC_ASSERT(int(entries[n].k_offset) == k);
            RC_ASSERT(std::size_t(entries[n].tap) == tap);
            // From any activation of this phase to its output.
            const int yq = 7;
            const int xq = 9;
            RC_ASSERT(geometry.cell(0, yq, xq, -3, -2) + entries[n].cell ==
                      geometry.cell(k, yq - taps[tap].kh / shape.stride_y, xq - taps[tap].kw / shape.stride_x, -3, -2));
        }
    }
}

void check_random_positions() {
    const int begin = in_range(0, 9);
    const Range range{begin, begin + in_range(0, 12)};
    const int pad = in_range(0, 6);
    const int stride = in_range(1, 5);
    for (int phase = 0; phase < stride; ++phase) {
        const PhasePositions positions = phase_positions(range, pad, stride, phase);
        int count = 0;
        for (int value = range.begin; value < range.end; ++value) {
            if ((value + pad) % stride == phase) {
                RC_ASSERT(positions.at(count) == value);
                ++count;
            }
        }
        RC_ASSERT(positions.count == count);
    }
}

}  // namespace

TEST_CASE("weight blocks decode to their taps, channels and cells") {
    CHECK(test::property_holds("blocks", [] { check_random_block(); }));
}

TEST_CASE("phase positions are those of the phase") {
    CHECK(test::property_holds("positions", [] { check_random_positions(); }));
}

TEST_CASE("a stride above the kernel has phases without taps") {
    ConvolutionShape shape;
    shape.H = shape.W = 9;
    shape.stride_y = shape.stride_x = 3;
    shape.P = shape.Q = 3;
    const Geometry geometry = make_geometry(shape, {});
    CHECK(phase_kernel(geometry, 0).taps() == 1);
    CHECK(phase_kernel(geometry, 1).taps() == 0);
    CHECK(phase_kernel(geometry, 3).taps() == 0);
    CHECK(weight_shape(geometry, geometry.channel_groups.front()).sizes ==
          std::vector<std::size_t>{1, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("blocks are numbered by channel, then phase") {
    ConvolutionShape shape;
    shape.C = 4;
    shape.H = shape.W = 8;
    shape.stride_y = 2;
    shape.stride_x = 3;
    shape.P = 4;
    shape.Q = 3;
    const Geometry geometry = make_geometry(shape, {});
    CHECK(block_number(geometry, 0, 5) == 5);
    CHECK(block_number(geometry, 3, 2) == 20);
}
