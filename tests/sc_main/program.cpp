#include "tests/sc_main/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <regex>
#include <stdexcept>
#include <thread>

namespace nonzero::test {

namespace {

struct Pipe {
    Pipe() {
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe");
        }
    }
    int ends[2];
};

std::string read_all(int descriptor, bool first_line_only = false) {
    std::string text;
    char part[4096];
    ssize_t got = 0;
    while (!(first_line_only && text.find('\n') != std::string::npos) &&
           (got = ::read(descriptor, part, sizeof part)) > 0) {
        text.append(part, std::size_t(got));
    }
    ::close(descriptor);
    return text;
}

// The address sanitizer remarks once, in three lines, that an exception crosses a coroutine's stack.
std::string without_sanitizer_remark(const std::string& errors) {
#ifdef __SANITIZE_ADDRESS__
    static const std::regex remark("==\\d+==WARNING: ASan is ignoring requested.*\n.*\n.*issues/189\n");
    return std::regex_replace(errors, remark, "");
#else
    return errors;
#endif
}

}  // namespace

Outcome run_program(const std::vector<std::string>& arguments, const ProgramOptions& options) {
    Pipe output;
    Pipe errors;
    std::vector<std::string> words = arguments;
    std::vector<char*> argv{const_cast<char*>(NONZERO_BINARY)};
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
        ::dup2(output.ends[1], STDOUT_FILENO);
        ::dup2(errors.ends[1], STDERR_FILENO);
        if (options.largest_file) {
            const rlimit limit{*options.largest_file, *options.largest_file};
            ::setrlimit(RLIMIT_FSIZE, &limit);
        }
        if (options.before_start) {
            options.before_start();
        }
        ::execv(NONZERO_BINARY, argv.data());
        ::_exit(127);
    }
    ::close(output.ends[1]);
    ::close(errors.ends[1]);
    Outcome outcome;
    std::thread reader([&] { outcome.output = read_all(output.ends[0], options.first_line_only); });
    std::thread error_reader([&] { outcome.errors = read_all(errors.ends[0]); });
    if (options.while_running) {
        options.while_running(child);
    }
    reader.join();
    error_reader.join();
    outcome.errors = without_sanitizer_remark(outcome.errors);
    int status = 0;
    rusage usage{};
    ::wait4(child, &status, 0, &usage);
    outcome.peak_memory = std::int64_t{usage.ru_maxrss} * 1024;
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return outcome;
}

std::size_t lines_in(const std::string& text) {
    return std::size_t(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace nonzero::test
