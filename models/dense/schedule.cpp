#include "models/dense/schedule.h"

#include <algorithm>

namespace nonzero::dense {

namespace {

template <class T>
T ceil_div(T a, T b) {
    return (a + b - 1) / b;
}

}  // namespace

Schedule::Schedule(const DenseParameters& parameters, Mapping mapping, const ConvolutionShape& shape,
                   int weights_of_filter, int positions)
    : dataflow_(parameters.dataflow),
      multipliers_(std::uint64_t(parameters.multipliers())),
      lanes_(std::uint64_t(parameters.lanes())),
      row_lanes_(parameters.row_lanes),
      mapping_(mapping),
      output_columns_(std::uint64_t(shape.Q)),
      weights_of_filter_(std::uint64_t(weights_of_filter)) {
    if (dataflow_ == Dataflow::ideal) {
        sets_ = shape.groups;
        filters_of_set_ = filters_of_job_ = shape.K / sets_;
        positions_of_job_ = shape.Q;
        return;
    }
    const bool by_taps = mapping == Mapping::convolution || mapping == Mapping::depthwise;
    sets_ = mapping == Mapping::depthwise ? 1 : shape.groups;
    filters_of_set_ = shape.K / sets_;
    filters_of_job_ = mapping == Mapping::fully_connected ? parameters.lanes() : parameters.filter_lanes;
    positions_of_job_ =
        by_taps ? int(std::min(std::int64_t(positions), std::int64_t(row_lanes_) * shape.Q)) : positions;
    steps_ = by_taps ? weights_of_filter_ / std::uint64_t(shape.KH * shape.KW) *
                           std::uint64_t(ceil_div(shape.KH, 3) * ceil_div(shape.KW, 3))
                     : ceil_div(weights_of_filter_, std::uint64_t(kThreadsOfLane));
}

Cost Schedule::next(const Work& work, bool last) {
    if (dataflow_ == Dataflow::lanes) {
        return on_lanes(work);
    }
    Cost cost;
    cost.busy = std::uint64_t(work.filters) * std::uint64_t(work.positions) * weights_of_filter_;
    begun_ += cost.busy;
    cost.cycles = begun_ / multipliers_;
    begun_ %= multipliers_;
    if (last && begun_ != 0) {
        ++cost.cycles;
        cost.fragment = multipliers_ - begun_;
        begun_ = 0;
    }
    return cost;
}

Cost Schedule::on_lanes(const Work& work) const {
    const auto positions = std::uint64_t(work.positions);
    const std::uint64_t outputs = std::uint64_t(work.filters) * positions;
    Cost cost;
    switch (mapping_) {
        case Mapping::convolution:
        case Mapping::depthwise:
            cost.cycles = output_columns_ * steps_;
            break;
        case Mapping::pointwise:
            cost.cycles = ceil_div(positions, std::uint64_t(row_lanes_)) * steps_;
            break;
        case Mapping::fully_connected:
            cost.cycles = positions * steps_;
            break;
    }
    cost.busy = outputs * weights_of_filter_;
    cost.fragment = outputs * (steps_ * kThreadsOfLane - weights_of_filter_);
    cost.idle = (lanes_ * cost.cycles - outputs * steps_) * kThreadsOfLane;
    return cost;
}

}  // namespace nonzero::dense
