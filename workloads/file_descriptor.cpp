#include "workloads/file_descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "workloads/error.h"
#include "workloads/host_error.h"

namespace nonzero {

namespace {

constexpr mode_t kMode = 0666;  // less the user's umask

[[noreturn]] void refuse(const std::string& subject, const std::string& reason, const std::string& advice) {
    throw InputError(fmt::format("{} cannot be read: {}; {}", subject, reason, advice));
}

[[noreturn]] void refuse(const std::string& subject, int error, const std::string& advice) {
    if (is_host_failure(error)) {
        throw_system_failure(subject + " cannot be read", error);
    }
    refuse(subject, std::generic_category().message(error), advice);
}

bool is_standard_stream(const struct stat& status) {
    struct stat stream {};
    return (::fstat(STDOUT_FILENO, &stream) == 0 && is_same_file(status, stream)) ||
           (::fstat(STDERR_FILENO, &stream) == 0 && is_same_file(status, stream));
}

}  // namespace

bool is_same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int FileDescriptor::close() {
    const int number = release();
    return number >= 0 && ::close(number) != 0 ? errno : 0;
}

int write_whole(int descriptor, const void* data, std::size_t bytes) {
    const auto* from = static_cast<const char*>(data);
    while (bytes > 0) {
        const ssize_t written = ::write(descriptor, from, bytes);
        if (written < 0 && errno == EAGAIN) {  // somebody else has made it non-blocking
            pollfd file{descriptor, POLLOUT, 0};
            ::poll(&file, 1, -1);
        } else if (written < 0 && errno != EINTR) {
            return errno;
        } else if (written > 0) {
            from += written;
            bytes -= std::size_t(written);
        }
    }
    return 0;
}

FileDescriptor open_input(const std::string& path, const std::string& subject, const std::string& advice) {
    // Opening a pipe would wait for its writer.
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat status {};
    if (!file.is_open() || ::fstat(file.number(), &status) != 0) {
        refuse(subject, errno, advice);
    }
    if (!S_ISREG(status.st_mode)) {
        refuse(subject, S_ISDIR(status.st_mode) ? "it is a directory" : "it is not a regular file", advice);
    }
    return file;
}

std::string read_input(const std::string& path, const std::string& subject, const std::string& advice) {
    const FileDescriptor file = open_input(path, subject, advice);
    std::string text;
    while (text.size() <= kLargestText) {
        constexpr std::size_t kPiece = std::size_t{1} << 18;
        const std::size_t before = text.size();
        text.resize(before + kPiece);
        const ssize_t got = ::read(file.number(), text.data() + before, kPiece);
        if (got < 0 && errno != EINTR) {
            refuse(subject, errno, advice);
        }
        text.resize(before + std::size_t(std::max<ssize_t>(got, 0)));
        if (got == 0) {
            return text;
        }
    }
    refuse(subject, fmt::format("it has more than {} MiB", kLargestText >> 20), advice);
}

FileDescriptor open_output(const std::string& path, int more_flags) {
    FileDescriptor file(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | more_flags, kMode));
    if (file.is_open()) {
        ::fcntl(file.number(), F_SETFL, ::fcntl(file.number(), F_GETFL) & ~O_NONBLOCK);
    }
    return file;
}

void check_stream(const std::string& path, const std::string& failure) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
        if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) {
            throw InputError(failure + ": it is a pipe; give a regular file");
        }
        if (S_ISREG(status.st_mode) && is_standard_stream(status)) {
            throw InputError(failure + ": what the program prints goes there too; give another file");
        }
        if (!open_output(path, 0).is_open()) {
            throw_system_failure(failure, errno);
        }
        return;
    }
    const FileDescriptor probe = open_output(path, O_CREAT | O_EXCL);
    if (!probe.is_open() && errno != EEXIST) {
        throw_system_failure(failure, errno);
    }
    if (probe.is_open()) {
        ::unlink(path.c_str());
    }
}

FileDescriptor open_stream(const std::string& path, const std::string& failure) {
    check_stream(path, failure);
    FileDescriptor file = open_output(path, O_CREAT | O_TRUNC);
    if (!file.is_open()) {
        throw_system_failure(failure, errno);
    }
    return file;
}

}  // namespace nonzero
