#include "models/base/host_failure.h"

#include <cstring>
#include <new>
#include <string>

namespace nonzero {

bool is_host_failure(const sc_core::sc_report& report) {
    const std::string type = report.get_msg_type();
    return type == kHostFailure || type == sc_core::SC_ID_STACK_SETUP_FAILED_ ||
           std::strstr(report.get_msg(), std::bad_alloc().what()) != nullptr;
}

std::string out_of_memory(const std::string& where) {
    return where + ": the host has not enough memory; give it more, or lift its limit";
}

}  // namespace nonzero
