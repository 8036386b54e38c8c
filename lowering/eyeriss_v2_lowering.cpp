#include "lowering/eyeriss_v2_lowering.h"

#include "models/masked/descriptor_limits.h"

namespace nonzero::eyeriss_v2 {

nz_error EyerissV2Lowering::check_shape(const nz_descriptor& descriptor) const {
    return masked::check_masked_shape(descriptor);
}

std::string EyerissV2Lowering::limits() const {
    return masked::kMaskedLimits;
}

}  // namespace nonzero::eyeriss_v2
