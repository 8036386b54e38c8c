#pragma once
// Standard output and standard error as a long run needs them: what becomes of them never ends its work or spoils its
// files.
//   closed by who called     as if they were /dev/null; files never get their numbers
//   nobody reads any more    the rest of the output is dropped and the files are completed; where there are none, the
//                            process ends by SIGPIPE like any filter
//   cannot be written        output: the files are completed, then it is a failure of the host; errors: dropped

namespace nonzero {

// First of all. SIGPIPE is ignored from here on: a write tells.
void prepare_standard_streams();

// From here on the command writes files that are worth completing without its output.
void outlive_standard_output();

// Writes what has been printed. Throws HostError when nothing more can be printed and nothing else is to be done.
void flush_standard_output();

// At the end: the same, whatever else was done.
void finish_standard_output();

}  // namespace nonzero
