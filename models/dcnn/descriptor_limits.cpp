#include "models/dcnn/descriptor_limits.h"

#include "models/dcnn/geometry.h"
#include "models/pe_array/descriptor_limits.h"

namespace nonzero::dcnn {

namespace {

// Inputs with their padding in all PEs together: what the model keeps of a layer. Halos of large kernels multiply them.
constexpr std::uint64_t kMaximumInputs = std::uint64_t{1} << 29;

std::uint64_t padded_inputs(const nz_descriptor& d, const DcnnParameters& parameters) {
    const Geometry geometry = make_geometry(shape_of(d), parameters);
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    for (const Span1D& span : geometry.rows) {
        rows += std::uint64_t(span.needed());
    }
    for (const Span1D& span : geometry.columns) {
        columns += std::uint64_t(span.needed());
    }
    return rows * columns * d.c;
}

}  // namespace

nz_error check_for_dcnn(const nz_descriptor& d, const DcnnParameters& parameters) {
    if (const nz_error error = pe_array::check_for_pe_array(d, parameters); error != NZ_ERROR_NONE) {
        return error;
    }
    return padded_inputs(d, parameters) > kMaximumInputs ? NZ_ERROR_CAPACITY : NZ_ERROR_NONE;
}

bool same_input(const nz_descriptor& load, const nz_descriptor& layer) {
    // The PEs' parts do not depend on output channels and groups.
    ConvolutionShape loaded = shape_of(load);
    const ConvolutionShape wanted = shape_of(layer);
    loaded.K = wanted.K;
    loaded.groups = wanted.groups;
    return loaded == wanted;
}

}  // namespace nonzero::dcnn
