#pragma once
// Where the weights of Phantom-2D's jobs lie: the values of a job's filters stand together
// (models/masked/packed_operands.h), and the jobs of one set of filters share them. Their masks are read before the
// layer.

#include "models/engine/job_fetch.h"

namespace nonzero::phantom {

class WeightFetch : public JobFetch {
  public:
    WeightFetch(WorkContext& context, const nz_region& values) : JobFetch(context), values_(values) {}

    // The next job reads bytes [begin, end) of the values.
    void add(std::size_t begin, std::size_t end) { add_job({values_.address + begin, end - begin}); }
    std::span<const std::uint8_t> of(std::size_t job, std::size_t /*part*/ = 0) const override { return bytes_of(job); }

  private:
    nz_region whole() const override { return values_; }

    nz_region values_;
};

}  // namespace nonzero::phantom
