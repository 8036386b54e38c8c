#pragma once
// How a layer is cut into jobs of the mesh, tasks of its cores and planes of three columns of three taps
// (phantom_facts.md 9 rules 1 and 2). Plain C++.

#include <cstddef>

#include "models/masked/masked_layer.h"

namespace nonzero::phantom {

inline constexpr int kColumns = 3;  // of a plane, and
inline constexpr int kTaps = 3;     // of a column
inline constexpr int kPlaneTaps = kColumns * kTaps;

using masked::DilatedShape;
using masked::Range;

// What one tap of a plane multiplies; inside: neither beyond the kernel nor beyond the last channel.
struct Tap {
    bool inside = false;
    int channel = 0;  // inside the group
    int r = 0, s = 0;
    int row = 0;  // of the task's rows, where a task has several
};

class Geometry {
  public:
    // A mesh of rows x columns cores.
    Geometry(const DilatedShape& shape, int rows, int columns);

    const DilatedShape& shape() const { return shape_; }
    Mapping mapping() const { return mapping_; }
    int channels_per_group() const { return shape_.C / shape_.groups; }
    int filters_per_group() const { return shape_.K / shape_.groups; }
    std::size_t weights_of_filter() const { return sets_.weights_of_filter(); }
    int rows() const { return rows_; }
    int columns() const { return columns_; }
    int cores() const { return rows_ * columns_; }

    // What filters are sorted and cut into lanes in.
    const masked::FilterSets& sets() const { return sets_; }
    std::size_t filter_sets() const { return sets_.sets(); }
    Range filters_of(std::size_t set) const { return sets_.filters_of(set); }
    // Jobs of a set: its filters, by lanes of the mesh, times the tiles of rows.
    std::size_t lanes_of_set() const;
    std::size_t row_tiles() const;
    std::size_t jobs() const { return filter_sets() * lanes_of_set() * row_tiles(); }
    // Whose turn it is in a job: places in the sorted list of filters, a lane each; all of a fully connected layer.
    Range places_of(std::size_t job) const;

    // What a row lane has to do in a tile: output rows of a plane (convolution: one), or outputs row by row
    // (pointwise). Empty: no task. Not of fully connected layers.
    Range part(std::size_t tile, int lane) const;
    // The neurons of a core of a fully connected layer are neurons core, core + cores … of the sorted list.
    std::size_t neurons_of(int core) const;

    std::size_t planes(const Range& part) const;
    std::size_t windows(const Range& part) const;
    // tap 3 * column + r of a plane.
    Tap tap(std::size_t plane, int tap) const;

  private:
    std::size_t tiles_of_kernel() const;

    DilatedShape shape_;
    masked::FilterSets sets_;
    Mapping mapping_;
    int rows_;
    int columns_;
};

}  // namespace nonzero::phantom
