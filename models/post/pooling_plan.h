#pragma once
// Pooling spread over the post-processing units of a grid (scnn_facts.md 1.5, 8.14). Plain C++.
//
// The planes before pooling (P x Q) and after it (P' x Q') are each cut by the balanced split. The unit that owns a
// pooled output computes it; finished outputs that its windows see and other units own have to be sent to it, each of
// them once. A window holds the elements inside the plane only.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/base/planar_split.h"
#include "workloads/pooling.h"

namespace nonzero {

// One dimension: a line of n outputs over `parts` units.
class PoolingAxis {
  public:
    PoolingAxis(const Pooling& pooling, int n, int parts);

    // An output of the line as the input number `index` of a part's windows.
    struct Use {
        int part;
        int index;
    };

    int size() const { return int(uses_.size()); }
    int pooled_size() const { return int(windows_.size()); }
    Range owned(int part) const { return balanced_part(size(), parts(), part); }
    Range pooled(int part) const { return balanced_part(pooled_size(), parts(), part); }
    // Outputs that the windows of a part see.
    int inputs(int part) const { return inputs_[std::size_t(part)]; }
    // By part, ascending; none for an output that the windows step over.
    std::span<const Use> uses(int output) const { return uses_[std::size_t(output)]; }
    // Inputs of the owning part in a window; empty where the window lies in the padding.
    Range window(int pooled_output) const { return windows_[std::size_t(pooled_output)]; }

  private:
    int parts() const { return int(inputs_.size()); }

    std::vector<int> inputs_;
    std::vector<std::vector<Use>> uses_;
    std::vector<Range> windows_;
};

class PoolingPlan {
  public:
    PoolingPlan(const Pooling& pooling, int plane_rows, int plane_columns, int unit_rows, int unit_columns)
        : kind_(pooling.kind),
          unit_columns_(unit_columns),
          rows_(pooling, plane_rows, unit_rows),
          columns_(pooling, plane_columns, unit_columns) {}

    const PoolingAxis& rows() const { return rows_; }
    const PoolingAxis& columns() const { return columns_; }
    Range pooled_rows(int unit) const { return rows_.pooled(unit / unit_columns_); }
    Range pooled_columns(int unit) const { return columns_.pooled(unit % unit_columns_); }
    // Outputs of one channel: that a unit owns before pooling, and that its windows see.
    std::size_t owned(int unit) const {
        return std::size_t(rows_.owned(unit / unit_columns_).size()) *
               std::size_t(columns_.owned(unit % unit_columns_).size());
    }
    std::size_t inputs(int unit) const {
        return std::size_t(rows_.inputs(unit / unit_columns_)) * std::size_t(columns_.inputs(unit % unit_columns_));
    }

    // use(n, to, address) for output number n (rows outer) that a unit owns and every unit `to`, perhaps itself, whose
    // windows see it as their input number `address`.
    template <class Function>
    void for_each_use(int unit, Function use) const;

    // Appends the pooled outputs of one channel, rows outer; inputs: inputs(unit) values.
    void pool(int unit, std::span<const std::int16_t> inputs, std::vector<std::int16_t>& outputs) const;

  private:
    PoolKind kind_;
    int unit_columns_;
    PoolingAxis rows_;
    PoolingAxis columns_;
};

template <class Function>
void PoolingPlan::for_each_use(int unit, Function use) const {
    const Range rows = rows_.owned(unit / unit_columns_);
    const Range columns = columns_.owned(unit % unit_columns_);
    std::size_t number = 0;
    for (int row = rows.begin; row < rows.end; ++row) {
        for (int column = columns.begin; column < columns.end; ++column, ++number) {
            for (const PoolingAxis::Use& row_use : rows_.uses(row)) {
                for (const PoolingAxis::Use& column_use : columns_.uses(column)) {
                    use(number, row_use.part * unit_columns_ + column_use.part,
                        std::size_t(row_use.index) * std::size_t(columns_.inputs(column_use.part)) +
                            std::size_t(column_use.index));
                }
            }
        }
    }
}

}  // namespace nonzero
