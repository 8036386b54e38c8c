#pragma once
// What a machine makes of its sums: narrow accumulators, post-processed outputs and their capacity, and outputs that
// are the next layer's input.

#include "tests/platforms/platform_bench.h"

namespace nonzero::test {

// Random layers in accumulators of 11 bits: wrapped sums, and overflows counted once per output.
void check_wrapping_sums(const std::string& kind);

// Random layers and post-processing against the reference, in exactly the capacity that they need and in less; bytes
// behind an output are refused.
void check_random_outputs(const std::string& kind, const Settings& settings, std::uint64_t seed);

// Two convolutions over planes of `plane` x `plane`, the second on what the first wrote, untouched by the host; and as
// fast as with its input from the host.
void check_chain(const std::string& kind, int plane, int second_kernel);

}  // namespace nonzero::test
