#include "lowering/sparten_lowering.h"

#include "models/masked/descriptor_limits.h"

namespace nonzero::sparten {

nz_error SpartenLowering::check_shape(const nz_descriptor& descriptor) const {
    return masked::check_masked_shape(descriptor);
}

std::string SpartenLowering::limits() const {
    return masked::kMaskedLimits;
}

}  // namespace nonzero::sparten
