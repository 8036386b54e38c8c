#pragma once

#include <string>

#include "workloads/network.h"

namespace nonzero {

// A plain text table: every layer with kind, input C x H x W, output K x P x Q, kernel, stride, padding, groups, dense
// multiply-accumulates, weights and published densities, then totals and the sources of the densities.
// width: of a terminal, for which it is broken; 0: as wide as it is.
std::string describe(const Network& network, std::size_t width = 0);

}  // namespace nonzero
