// Who computes what, and which inputs are held for that.

#include "models/dcnn/geometry.h"

#include <catch2/catch.hpp>
#include <map>
#include <tuple>

#include "tests/common/property.h"
#include "tests/models/dcnn/problem.h"

using namespace nonzero;
using namespace nonzero::dcnn;

TEST_CASE("every output is computed once, from inputs that its PE holds") {
    CHECK(test::property_holds("partition", [] {
        const Problem problem = random_problem(random_machine());
        const ConvolutionShape& s = problem.shape;
        const Geometry geometry = make_geometry(s, problem.parameters);
        std::map<std::tuple<int, int, int>, int> computed;
        std::uint64_t most = 0;
        for (int pe = 0; pe < problem.pes(); ++pe) {
            RC_ASSERT(geometry.outputs(pe) == std::uint64_t(problem.outputs(pe)));
            RC_ASSERT(geometry.held_inputs(pe) == problem.held(pe).size());
            std::uint64_t products = 0;
            int channels = 0;
            for (std::size_t g = 0; g < geometry.channel_groups.size(); ++g) {
                const pe_array::ChannelGroup group = geometry.group_of(int(g), pe);
                RC_ASSERT(geometry.channel_groups[g].k_count >= 1);
                RC_ASSERT(group.k_count <= problem.parameters.kc);
                const Range range{group.k_begin, group.k_begin + group.k_count};
                channels += range.size();
                for (int k = range.begin; k < range.end; ++k) {
                    RC_ASSERT(k / (s.K / s.groups) == group.convolution_group);
                    for (int y = geometry.row_of(pe).outputs.begin; y < geometry.row_of(pe).outputs.end; ++y) {
                        for (int x = geometry.column_of(pe).outputs.begin; x < geometry.column_of(pe).outputs.end;
                             ++x) {
                            ++computed[{k, y, x}];
                            products += geometry.taps();
                        }
                    }
                }
            }
            RC_ASSERT(geometry.channels_of(pe).size() == channels);
            most = std::max(most, products);
            const Span1D& rows = geometry.row_of(pe);
            const int needed = (rows.outputs.size() - 1) * s.stride_y + s.KH;
            RC_ASSERT(rows.needed() == (rows.outputs.empty() ? 0 : needed));
        }
        RC_ASSERT(computed.size() == std::size_t(s.K) * std::size_t(s.P) * std::size_t(s.Q));
        RC_ASSERT(std::all_of(computed.begin(), computed.end(), [](const auto& entry) { return entry.second == 1; }));
        RC_ASSERT(geometry.largest_products() == most);
    }));
}

TEST_CASE("the tiles of AlexNet's second layer") {
    ConvolutionShape shape;
    shape.C = 96;
    shape.K = 256;
    shape.H = shape.W = shape.P = shape.Q = 27;
    shape.KH = shape.KW = 5;
    shape.pad_top = shape.pad_left = 2;
    shape.groups = 2;
    const Geometry geometry = make_geometry(shape, DcnnParameters{});
    CHECK(geometry.row_of(0).outputs == Range{0, 3});
    CHECK(geometry.row_of(0).inputs == Range{0, 5});
    CHECK(geometry.row_of(0).padding_before == 2);
    CHECK(geometry.row_of(0).padding_after == 0);
    CHECK(geometry.row_of(63).outputs == Range{23, 27});
    CHECK(geometry.row_of(63).inputs == Range{21, 27});
    CHECK(geometry.row_of(63).padding_after == 2);
    CHECK(geometry.channel_groups.size() == 32);
    CHECK(geometry.channel_groups[16].convolution_group == 1);
    CHECK(geometry.channel_groups[16].k_begin == 128);
    CHECK(geometry.taps() == 1200);
    CHECK(geometry.largest_products() == 16 * 256 * 1200);
}
