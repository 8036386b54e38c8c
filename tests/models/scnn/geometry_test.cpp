// Geometry against the definitions of scnn_facts.md 10.9 rules 1, 2, 11 and 13, evaluated element by element.

#include "models/scnn/geometry.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/common/property.h"
#include "tests/models/scnn/literal_model.h"
#include "tests/models/scnn/random_shape.h"

using namespace nonzero;
using namespace nonzero::scnn;

namespace {

// The PE that holds an element of a line, by the definition of its parts.
int holder(int n, int parts, int element) {
    int found = -1;
    for (int index = 0; index < parts; ++index) {
        if (literal::part(n, parts, index).contains(element)) {
            RC_ASSERT(found == -1);
            found = index;
        }
    }
    RC_ASSERT(found >= 0);
    return found;
}

void check_spans(const std::vector<Span1D>& spans, const literal::Axis& axis, int parts, int reach_limit) {
    RC_ASSERT(spans.size() == std::size_t(parts));
    for (int index = 0; index < parts; ++index) {
        const Span1D& span = spans[std::size_t(index)];
        RC_ASSERT(span.tile == literal::part(axis.inputs, parts, index));
        RC_ASSERT(span.owned == literal::part(axis.outputs, parts, index));
        const std::vector<int> reached = literal::reached(axis, span.tile);
        RC_ASSERT(span.reach.empty() == reached.empty());
        if (!reached.empty()) {
            // Reached outputs have no gap.
            RC_ASSERT(reached.back() - reached.front() + 1 == int(reached.size()));
            RC_ASSERT(span.reach == (Range{reached.front(), reached.back() + 1}));
            RC_ASSERT(span.reach_begin <= span.reach.begin);
        }
        RC_ASSERT(span.reach.size() <= reach_limit);
    }
}

void check_groups(const Geometry& geometry, int kc) {
    const ConvolutionShape& shape = geometry.shape;
    const int of_group = shape.K / shape.groups;
    int next = 0;
    for (const pe_array::ChannelGroup& group : geometry.channel_groups) {
        RC_ASSERT(group.k_begin == next);
        RC_ASSERT(group.convolution_group == next / of_group);
        // Full, or as many as the convolution group has left.
        RC_ASSERT(group.k_count == std::min(kc, of_group - next % of_group));
        next += group.k_count;
    }
    RC_ASSERT(next == shape.K);
}

// Every product of one output channel group lands in a cell of its own output; no two outputs share one.
void check_cells(const Geometry& geometry) {
    const ConvolutionShape& shape = geometry.shape;
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        const Span1D& rows = geometry.row_of(pe);
        const Span1D& columns = geometry.column_of(pe);
        std::map<int, std::vector<int>> output_of_cell;
        for (int y = rows.tile.begin; y < rows.tile.end; ++y) {
            for (int x = columns.tile.begin; x < columns.tile.end; ++x) {
                for (int kh = (y + shape.pad_top) % shape.stride_y; kh < shape.KH; kh += shape.stride_y) {
                    for (int kw = (x + shape.pad_left) % shape.stride_x; kw < shape.KW; kw += shape.stride_x) {
                        const int yo = (y + shape.pad_top) / shape.stride_y - kh / shape.stride_y;
                        const int xo = (x + shape.pad_left) / shape.stride_x - kw / shape.stride_x;
                        for (int k = 0; k < geometry.kc; ++k) {
                            const int cell = geometry.cell(k, yo, xo, rows.reach_begin, columns.reach_begin);
                            RC_ASSERT(cell >= 0 && cell < geometry.cells());
                            const std::vector<int> output{k, yo, xo};
                            RC_ASSERT(output_of_cell.emplace(cell, output).first->second == output);
                        }
                    }
                }
            }
        }
    }
}

void check_random_geometry() {
    const ConvolutionShape shape = random_shape();
    const ScnnParameters machine = random_machine();
    const Geometry geometry = make_geometry(shape, machine);
    const int rows = literal::footprint(literal::rows_of(shape), machine.pe_rows);
    const int columns = literal::footprint(literal::columns_of(shape), machine.pe_columns);
    RC_ASSERT(geometry.shape == shape);
    RC_ASSERT(geometry.footprint_rows == rows);
    RC_ASSERT(geometry.footprint_columns == columns);
    check_spans(geometry.rows, literal::rows_of(shape), machine.pe_rows, rows);
    check_spans(geometry.columns, literal::columns_of(shape), machine.pe_columns, columns);

    int kc = 0;
    while (kc < machine.kc && kc < shape.K / shape.groups && (kc + 1) * rows * columns <= machine.accumulator_entries) {
        ++kc;
    }
    RC_ASSERT(geometry.kc == kc);
    RC_CLASSIFY(kc == 0, "does not fit");
    std::vector<int> owned(std::size_t(geometry.pes()), 0);
    for (int yo = 0; yo < shape.P; ++yo) {
        for (int xo = 0; xo < shape.Q; ++xo) {
            const int owner =
                holder(shape.P, machine.pe_rows, yo) * machine.pe_columns + holder(shape.Q, machine.pe_columns, xo);
            RC_ASSERT(geometry.owner(yo, xo) == owner);
            ++owned[std::size_t(owner)];
        }
    }
    RC_ASSERT(geometry.largest_owned() == *std::max_element(owned.begin(), owned.end()));
    if (kc > 0) {
        check_groups(geometry, kc);
        check_cells(geometry);
    }
}

}  // namespace

TEST_CASE("geometry of random convolutions follows its definitions") {
    CHECK(test::property_holds("geometry", [] { check_random_geometry(); }));
}

TEST_CASE("AlexNet conv1 keeps 8 channels per group") {
    ConvolutionShape shape;
    shape.C = 3;
    shape.H = shape.W = 227;
    shape.K = 96;
    shape.P = shape.Q = 55;
    shape.KH = shape.KW = 11;
    shape.stride_y = shape.stride_x = 4;
    const Geometry geometry = make_geometry(shape, {});
    CHECK(geometry.kc == 8);
    CHECK(geometry.footprint_rows == 10);
    CHECK(geometry.channel_groups.size() == 12);
    CHECK(geometry.phases() == 16);
    CHECK(geometry.largest_owned() == 49);
}

TEST_CASE("a plane smaller than the array leaves tiles empty") {
    ConvolutionShape shape;
    shape.H = shape.W = shape.P = shape.Q = 3;
    const Geometry geometry = make_geometry(shape, {});
    int empty = 0;
    for (const Span1D& span : geometry.rows) {
        empty += span.tile.empty() ? 1 : 0;
        CHECK(span.tile == span.owned);
    }
    CHECK(empty == 5);
    CHECK(geometry.largest_owned() == 1);
    CHECK(geometry.owner(2, 0) == 7 * 8 + 2);
}

TEST_CASE("one output channel that does not fit the accumulators gives no group") {
    ConvolutionShape shape;
    shape.H = shape.W = shape.P = shape.Q = 17 * 8;
    ScnnParameters machine;
    machine.accumulator_entries = 17 * 17;
    CHECK(make_geometry(shape, machine).kc == 1);
    machine.accumulator_entries -= 1;
    CHECK(make_geometry(shape, machine).kc == 0);
    CHECK(make_geometry(shape, machine).channel_groups.empty());
}

TEST_CASE("a group that does not fit the accumulators shrinks, or is refused on request") {
    ConvolutionShape shape;
    shape.C = 3;
    shape.H = shape.W = 64;
    shape.K = 32;
    shape.P = shape.Q = 62;
    shape.KH = shape.KW = 3;
    ScnnParameters parameters;
    parameters.kc = 16;  // 16 channels x 10 x 10 outputs of a PE
    CHECK(make_geometry(shape, parameters).kc == 10);
    parameters.accumulator_overflow = AccumulatorOverflow::refuse;
    CHECK(make_geometry(shape, parameters).kc == 0);
    parameters.kc = 10;
    CHECK(make_geometry(shape, parameters).kc == 10);
    parameters.kc = 64;
    shape.K = 10;  // fewer channels than pe.kc need no more room
    CHECK(make_geometry(shape, parameters).kc == 10);
}
