#include "workloads/host_error.h"

#include <cerrno>
#include <cstring>

#include "workloads/error.h"

namespace nonzero {

bool is_host_failure(int error) {
    switch (error) {
        case ENOMEM:
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
        case EMFILE:
        case ENFILE:
        case EAGAIN:
        case ENOBUFS:
        case ENOLCK:
        case EIO:
        case EPIPE:  // who was to take the output has gone
            return true;
        default:
            return false;
    }
}

void throw_system_failure(const std::string& text, int error) {
    const std::string message = text + ": " + std::strerror(error);
    if (is_host_failure(error)) {
        throw HostError(message);
    }
    throw InputError(message);
}

}  // namespace nonzero
