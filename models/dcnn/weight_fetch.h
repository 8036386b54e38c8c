#pragma once
// Where the weights of the dense machine lie: group after group, each a dense series (operand_series.h); of a fully
// connected layer each group has those of one PE after those of the other.

#include <vector>

#include "models/dcnn/geometry.h"
#include "models/engine/job_fetch.h"
#include "workloads/formats/operand_series.h"

namespace nonzero::dcnn {

class WeightFetch : public JobFetch {
  public:
    // Fault{NZ_ERROR_REGION} when the region is too small.
    WeightFetch(const nz_region& region, WorkContext& context, const Geometry& geometry, const OperandFormat& format);

    std::span<const std::uint8_t> of(std::size_t group, std::size_t part = 0) const override;

  private:
    nz_region whole() const override;

    std::size_t parts_;
    std::vector<nz_region> blocks_;  // [group][part]
};

}  // namespace nonzero::dcnn
