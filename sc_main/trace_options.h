#pragma once
// The options of `run` that let one see inside a simulation.

#include <string>

#include "platforms/platform_options.h"
#include "sc_main/options.h"

namespace nonzero {

// The kernel adds the suffix where it is missing.
std::string with_vcd_suffix(const std::string& file);
// Throws InputError where two of --json, --timeline and --vcd are one file; host_times: another one is written beside
// that of --json.
void check_distinct_files(const Options& options, bool host_times);
void add_trace_options(Options& options);
// Throws InputError for a malformed window, a selection without anything to select from, files that cannot be written
// or are the results' own. Of a command without these options: none.
TraceFiles read_trace_options(const Options& options);

}  // namespace nonzero
