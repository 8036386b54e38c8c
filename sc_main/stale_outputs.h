#pragma once
// What a command line names as an output is this run's own or is not there: what an earlier run left under that name is
// removed before anything is read, so that a run that is refused, fails or is killed never leaves results that look
// like its own.

#include <string>
#include <vector>

namespace nonzero {

// Of `run` and `compare`: the files of --json with the host times beside it, --vcd and --timeline; of `schedule` and
// `tune`: the files of --json and --timeline; of `pack`: the manifest and the C header in --out. Reads the arguments as
// they are, so it works for a command line with mistakes too. Pipes, devices and folders stay; so does what is an input
// of the same command line, which is refused by InputError.
void remove_stale_outputs(const std::string& command, const std::vector<std::string>& arguments);

}  // namespace nonzero
