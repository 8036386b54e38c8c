#pragma once
// How the dense machines cut a layer into jobs, and what these cost (phantom_facts.md 9.7). Plain C++.

#include <cstdint>

#include "models/base/cycles.h"
#include "models/base/planar_split.h"
#include "models/dense/parameters.h"
#include "models/pe_array/convolution_shape.h"

namespace nonzero::dense {

// A job: neighbouring filters at neighbouring outputs, row by row.
struct Work {
    int filters = 0;
    int positions = 0;
};

// In multiplier cycles, which sum up to multipliers x cycles.
struct Cost {
    Cycles cycles = 0;
    std::uint64_t busy = 0;      // products
    std::uint64_t fragment = 0;  // a lane's taps beyond the kernel or the last channel; what the last cycle has not
    std::uint64_t idle = 0;      // lanes without a filter, row or pixel
};

class Schedule {
  public:
    Schedule() = default;
    Schedule(const DenseParameters& parameters, Mapping mapping, const ConvolutionShape& shape, int weights_of_filter,
             int positions);

    // Filters are cut into jobs in sets: convolution groups, or all together.
    int filter_sets() const { return sets_; }
    int filters_of_set() const { return filters_of_set_; }
    int filters_of_job() const { return filters_of_job_; }
    int positions_of_job() const { return positions_of_job_; }

    // Of the next job; last: of the layer, which ends the ideal machine's last cycle.
    Cost next(const Work& work, bool last);

  private:
    Cost on_lanes(const Work& work) const;

    Dataflow dataflow_ = Dataflow::ideal;
    std::uint64_t multipliers_ = 1;
    std::uint64_t lanes_ = 1;
    int row_lanes_ = 1;
    Mapping mapping_ = Mapping::convolution;
    std::uint64_t output_columns_ = 1;
    std::uint64_t weights_of_filter_ = 1;
    std::uint64_t steps_ = 1;  // cycles of a lane for one output
    int sets_ = 1;
    int filters_of_set_ = 1;
    int filters_of_job_ = 1;
    int positions_of_job_ = 1;
    std::uint64_t begun_ = 0;  // products in the cycle that the last job has begun
};

}  // namespace nonzero::dense
