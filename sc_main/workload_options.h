#pragma once
// The options that say what is run, on what and how, read into the plain structs of study/spec.h.

#include <string>
#include <vector>

#include "sc_main/options.h"
#include "study/spec.h"

namespace nonzero {

// --network … --output
void add_workload_options(Options& options);
WorkloadSpec read_workload(const Options& options);

// --set and --config of a command with one platform, its first argument.
void add_platform_options(Options& options);
MachineSpec read_machine(const Options& options);

// --no-values, --dram-…, --energy-table, --jobs, --threads; what is read has the traces too (trace_options.h).
void add_run_options(Options& options);
RunSpec read_run(const Options& options);

// The parts between commas; throws InputError where one is empty.
std::vector<std::string> split_list(const std::string& text);

}  // namespace nonzero
