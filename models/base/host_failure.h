#pragma once
// A failure of the host (workloads/host_error.h) inside a simulation. The modelled machine has no part in it, so it is
// neither a status nor an error code of the platform: it ends the simulation, as an SC_ERROR report that sc_start()
// throws.

#include <string>
#include <systemc>

namespace nonzero {

inline constexpr const char* kHostFailure = "/nonzero/host";  // the report's message type

// A report of that type, or one of the kernel: of std::bad_alloc in a process, of no memory for its stack.
bool is_host_failure(const sc_core::sc_report& report);

// Text for a failed allocation of what has that name.
std::string out_of_memory(const std::string& where);

}  // namespace nonzero
