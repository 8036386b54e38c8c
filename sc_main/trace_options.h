#pragma once
// The options of `run` that let one see inside a simulation.

#include <string>

#include "platforms/platform_options.h"
#include "sc_main/options.h"

namespace nonzero {

// The kernel adds the suffix where it is missing.
std::string with_vcd_suffix(const std::string& file);
void add_trace_options(Options& options);
// Throws InputError for a malformed window, a selection without anything to select from, files that cannot be written
// or are the results' own. Of a command without these options: none.
TraceFiles read_trace_options(const Options& options);

}  // namespace nonzero
