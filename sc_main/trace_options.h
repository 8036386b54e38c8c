#pragma once
// The options of `run` that let one see inside a simulation.

#include <string>

#include "platforms/platform.h"
#include "sc_main/options.h"

namespace nonzero {

// The kernel adds the suffix where it is missing.
std::string with_vcd_suffix(const std::string& file);
void add_trace_options(Options& options);
// Throws InputError for a malformed window, a selection without anything to select from, files that cannot be written.
void read_trace_options(const Options& options, PlatformOptions& platform);

}  // namespace nonzero
