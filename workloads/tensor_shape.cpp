#include "workloads/tensor_shape.h"

#include <fmt/format.h>

#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

void check_shape(const Layer& layer, const char* what, const std::vector<std::size_t>& found,
                 const std::vector<std::size_t>& expected) {
    if (found != expected) {
        throw InputError(fmt::format("layer {}: the {} have shape {}, the layer needs {}", quoted_name(layer.name),
                                     what, fmt::join(found, "x"), fmt::join(expected, "x")));
    }
}

}  // namespace nonzero
