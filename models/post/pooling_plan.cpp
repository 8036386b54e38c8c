#include "models/post/pooling_plan.h"

#include <algorithm>
#include <limits>

#include "models/post/rounded_mean.h"

namespace nonzero {

namespace {

std::int16_t largest(std::span<const std::int16_t> inputs, Range rows, Range columns, std::size_t width) {
    std::int16_t value = std::numeric_limits<std::int16_t>::min();
    for (int row = rows.begin; row < rows.end; ++row) {
        const auto line = inputs.subspan(std::size_t(row) * width + std::size_t(columns.begin));
        value = std::max(value, *std::max_element(line.begin(), line.begin() + columns.size()));
    }
    return value;
}

std::int16_t average(std::span<const std::int16_t> inputs, Range rows, Range columns, std::size_t width) {
    std::int64_t sum = 0;
    for (int row = rows.begin; row < rows.end; ++row) {
        for (int column = columns.begin; column < columns.end; ++column) {
            sum += inputs[std::size_t(row) * width + std::size_t(column)];
        }
    }
    return std::int16_t(rounded_mean(sum, std::int64_t{rows.size()} * columns.size()));
}

}  // namespace

PoolingAxis::PoolingAxis(const Pooling& pooling, int n, int parts)
    : inputs_(std::size_t(parts)), uses_(std::size_t(n)), windows_(std::size_t(pooling.outputs(n))) {
    for (int part = 0; part < parts; ++part) {
        const Range owned = pooled(part);
        int& inputs = inputs_[std::size_t(part)];
        int taken = 0;  // outputs of the line in front of this one are inputs already, or never will be
        for (int output = owned.begin; output < owned.end; ++output) {
            const int first = output * pooling.stride - pooling.pad_before;
            const int begin = std::clamp(first, 0, n);
            const int end = std::clamp(first + pooling.size, 0, n);
            for (int place = std::max(begin, taken); place < end; ++place) {
                uses_[std::size_t(place)].push_back({part, inputs++});
            }
            taken = end;
            windows_[std::size_t(output)] = {inputs - (end - begin), inputs};
        }
    }
}

void PoolingPlan::pool(int unit, std::span<const std::int16_t> inputs, std::vector<std::int16_t>& outputs) const {
    const Range owned_rows = pooled_rows(unit);
    const Range owned_columns = pooled_columns(unit);
    const auto width = std::size_t(columns_.inputs(unit % unit_columns_));
    for (int row = owned_rows.begin; row < owned_rows.end; ++row) {
        for (int column = owned_columns.begin; column < owned_columns.end; ++column) {
            const Range rows = rows_.window(row);
            const Range columns = columns_.window(column);
            if (rows.empty() || columns.empty()) {
                outputs.push_back(0);
            } else {
                outputs.push_back(kind_ == PoolKind::max ? largest(inputs, rows, columns, width)
                                                         : average(inputs, rows, columns, width));
            }
        }
    }
}

}  // namespace nonzero
