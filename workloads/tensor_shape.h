#pragma once
// Whether a tensor has the shape that its layer needs.

#include <cstddef>
#include <vector>

#include "workloads/layer.h"

namespace nonzero {

// InputError that names layer, tensor and both shapes.
void check_shape(const Layer& layer, const char* what, const std::vector<std::size_t>& found,
                 const std::vector<std::size_t>& expected);

}  // namespace nonzero
