// Pooling over a grid of units against the reference, which knows no units.

#include "models/post/pooling_plan.h"
#include "models/host/descriptor_check.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <set>
#include <utility>

#include "tests/models/common/random_convolution.h"
#include "workloads/reference.h"

using namespace nonzero;

namespace {

struct Problem {
    Pooling pooling;
    int rows = in_range(1, 20);
    int columns = in_range(1, 20);
    int unit_rows = in_range(1, 8);
    int unit_columns = in_range(1, 8);
};

// Windows that step over outputs, that lie in the padding altogether, and planes without any window included.
Problem random_problem() {
    Problem problem;
    Pooling& pooling = problem.pooling;
    pooling.kind = *rc::gen::element(PoolKind::max, PoolKind::average);
    pooling.size = *rc::gen::element(1, 2, 3, 5, 20);
    pooling.stride = in_range(1, 7);
    pooling.pad_before = in_range(0, pooling.size + 1);
    pooling.pad_after = in_range(0, pooling.size + 1);
    return problem;
}

bool sees(const Pooling& pooling, int pooled_output, int output) {
    const int begin = pooled_output * pooling.stride - pooling.pad_before;
    return output >= begin && output < begin + pooling.size;
}

// Outputs of a line that windows of a part see.
std::set<int> seen(const Pooling& pooling, int n, Range pooled) {
    std::set<int> outputs;
    for (int window = pooled.begin; window < pooled.end; ++window) {
        for (int output = 0; output < n; ++output) {
            if (sees(pooling, window, output)) {
                outputs.insert(output);
            }
        }
    }
    return outputs;
}

}  // namespace

TEST_CASE("pooling over units equals the reference, each unit getting what its windows see exactly once") {
    CHECK(test::property_holds("pooling", [] {
        const Problem problem = random_problem();
        const Pooling& pooling = problem.pooling;
        const PoolingPlan plan(pooling, problem.rows, problem.columns, problem.unit_rows, problem.unit_columns);
        const int units = problem.unit_rows * problem.unit_columns;
        Operands plane({1, std::size_t(problem.rows), std::size_t(problem.columns)});
        for (std::int16_t& value : plane.data) {
            value = *rc::gen::element<std::int16_t>(std::int16_t(in_range(-9, 9)), INT16_MIN, INT16_MAX);
        }
        std::vector<std::vector<std::int16_t>> inputs(static_cast<std::size_t>(units));
        std::vector<std::vector<int>> times(static_cast<std::size_t>(units));
        for (int unit = 0; unit < units; ++unit) {
            inputs[std::size_t(unit)].resize(plan.inputs(unit));
            times[std::size_t(unit)].resize(plan.inputs(unit));
        }
        std::size_t owned = 0;
        for (int unit = 0; unit < units; ++unit) {
            const Range rows = balanced_part(problem.rows, problem.unit_rows, unit / problem.unit_columns);
            const Range columns = balanced_part(problem.columns, problem.unit_columns, unit % problem.unit_columns);
            RC_ASSERT(plan.owned(unit) == std::size_t(rows.size()) * std::size_t(columns.size()));
            owned += plan.owned(unit);
            plan.for_each_use(unit, [&](std::size_t number, int to, std::size_t address) {
                const auto row = std::size_t(rows.begin) + number / std::size_t(columns.size());
                const auto column = std::size_t(columns.begin) + number % std::size_t(columns.size());
                inputs[std::size_t(to)].at(address) = plane.at(0, row, column);
                ++times[std::size_t(to)].at(address);
            });
        }
        RC_ASSERT(owned == plane.size());

        const int pooled_rows = pooling.outputs(problem.rows);
        const int pooled_columns = pooling.outputs(problem.columns);
        Operands found({1, std::size_t(pooled_rows), std::size_t(pooled_columns)});
        std::size_t put_out = 0;
        for (int unit = 0; unit < units; ++unit) {
            const Range rows = balanced_part(pooled_rows, problem.unit_rows, unit / problem.unit_columns);
            const Range columns = balanced_part(pooled_columns, problem.unit_columns, unit % problem.unit_columns);
            RC_ASSERT(plan.pooled_rows(unit) == rows);
            RC_ASSERT(plan.pooled_columns(unit) == columns);
            RC_ASSERT(times[std::size_t(unit)] == std::vector<int>(plan.inputs(unit), 1));
            RC_ASSERT(plan.inputs(unit) ==
                      seen(pooling, problem.rows, rows).size() * seen(pooling, problem.columns, columns).size());
            std::vector<std::int16_t> outputs;
            plan.pool(unit, inputs[std::size_t(unit)], outputs);
            RC_ASSERT(outputs.size() == std::size_t(rows.size()) * std::size_t(columns.size()));
            std::size_t n = 0;
            for (int row = rows.begin; row < rows.end; ++row) {
                for (int column = columns.begin; column < columns.end; ++column) {
                    found.at(0, std::size_t(row), std::size_t(column)) = outputs[n++];
                }
            }
            put_out += n;
        }
        RC_ASSERT(put_out == found.size());
        const Padding pad{pooling.pad_before, pooling.pad_before, pooling.pad_after, pooling.pad_after};
        RC_ASSERT(found == pool(plane, pooling.kind, pooling.size, pooling.size, pooling.stride, pooling.stride, pad,
                                pooled_rows, pooled_columns));
    }));
}

TEST_CASE("pooling as a descriptor says it") {
    nz_descriptor d{};
    CHECK_FALSE(pooling_of(d).has_value());
    d.pool_kind = NZ_POOL_AVERAGE;
    d.pool_size = 200;
    d.pool_stride = 255;
    d.pool_pad = NZ_POOL_PAD(3, 12);
    CHECK(d.pool_pad == 0xC3);
    CHECK(pooling_of(d) == Pooling{PoolKind::average, 200, 255, 3, 12});
    d.pool_kind = NZ_POOL_MAX;
    d.pool_pad = NZ_POOL_PAD(15, 0);
    CHECK(pooling_of(d) == Pooling{PoolKind::max, 200, 255, 15, 0});
}

TEST_CASE("averages round half up over the elements inside the plane") {
    const PoolingPlan plan({PoolKind::average, 2, 2, 1, 1}, 2, 2, 1, 1);
    const std::int16_t inputs[] = {-3, 4, 5, -32768};
    std::vector<std::int16_t> outputs;
    plan.pool(0, inputs, outputs);
    CHECK(outputs == std::vector<std::int16_t>{-3, 4, 5, -32768});  // one element each, the padding left out
    const PoolingPlan pairs({PoolKind::average, 2, 1, 0, 0}, 2, 2, 1, 1);
    const auto average = [&](std::int16_t a, std::int16_t b, std::int16_t c, std::int16_t d) {
        const std::int16_t four[] = {a, b, c, d};
        outputs.clear();
        pairs.pool(0, four, outputs);
        return outputs.at(0);
    };
    CHECK(average(1, 1, 0, 0) == 1);    // 0.5
    CHECK(average(-1, -1, 0, 0) == 0);  // -0.5
    CHECK(average(-3, -3, 0, 0) == -1);
    CHECK(average(-1, -1, -1, 0) == -1);  // -0.75
    CHECK(average(1, 0, 0, 0) == 0);
    CHECK(average(INT16_MIN, INT16_MIN, INT16_MIN, INT16_MIN) == INT16_MIN);
}
