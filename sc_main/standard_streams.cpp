#include "sc_main/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sc_main/exit_status.h"
#include "workloads/file_descriptor.h"
#include "workloads/host_error.h"

namespace nonzero {

namespace {

// The C library's streams report a failure again and again; these note the first and drop what follows.
bool outlives = false;
int output_failure = 0;  // errno

ssize_t write_output(void*, const char* text, size_t bytes) {
    if (output_failure == 0) {
        output_failure = write_whole(STDOUT_FILENO, text, bytes);
        if (output_failure == EPIPE && !outlives) {
            std::signal(SIGPIPE, SIG_DFL);
            std::raise(SIGPIPE);
        }
    }
    return ssize_t(bytes);
}

ssize_t write_errors(void*, const char* text, size_t bytes) {
    write_whole(STDERR_FILENO, text, bytes);
    return ssize_t(bytes);
}

std::FILE* stream(cookie_write_function_t* write, int buffering) {
    static constexpr std::size_t kBuffer = 1 << 14;
    std::FILE* file = ::fopencookie(nullptr, "w", {nullptr, write, nullptr, nullptr});
    if (file == nullptr || std::setvbuf(file, nullptr, buffering, kBuffer) != 0) {
        std::_Exit(exit_status::host_failed);
    }
    return file;
}

}  // namespace

void prepare_standard_streams() {
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        // What is opened gets the lowest free number.
        if (::fcntl(number, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != number) {
            std::_Exit(exit_status::host_failed);
        }
    }
    std::signal(SIGPIPE, SIG_IGN);
    stdout = stream(write_output, ::isatty(STDOUT_FILENO) == 1 ? _IOLBF : _IOFBF);
    stderr = stream(write_errors, _IONBF);
}

void outlive_standard_output() {
    outlives = true;
}

void flush_standard_output() {
    std::fflush(stdout);
    if (!outlives) {
        finish_standard_output();
    }
}

void finish_standard_output() {
    std::fflush(stdout);
    if (output_failure != 0 && output_failure != EPIPE) {
        throw_system_failure("the standard output cannot be written", output_failure);
    }
}

}  // namespace nonzero
