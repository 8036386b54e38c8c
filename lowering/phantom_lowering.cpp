#include "lowering/phantom_lowering.h"

#include "models/phantom/descriptor_limits.h"

namespace nonzero::phantom {

PhantomLowering::PhantomLowering(const PhantomParameters& parameters) : parameters_(parameters) {
    check_switches(parameters);
}

nz_error PhantomLowering::check_shape(const nz_descriptor& descriptor) const {
    return check_shape_for_phantom(descriptor, parameters_);
}

std::string PhantomLowering::limits() const {
    return kPhantomLimits;
}

}  // namespace nonzero::phantom
