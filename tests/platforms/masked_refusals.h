#pragma once
// What all machines that read sparse masks refuse in the same way.

#include <string>

#include "tests/platforms/platform_bench.h"

namespace nonzero::test {

// What the lowering says of such parameters; empty where it takes them.
std::string refusal_of(const std::string& kind, const Settings& settings);

// Layers that the machine does not run are refused by name.
void check_refused_layers(const std::string& kind);

// Malformed operands end the layer with their address, and the machine goes on.
void check_malformed_operands(const std::string& kind);

}  // namespace nonzero::test
