#include "tests/sc_main/terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace nonzero::test {

namespace {

// Of a terminal the end is an error of the read.
std::string read_all(int descriptor) {
    std::string text;
    char part[4096];
    ssize_t got = 0;
    while ((got = ::read(descriptor, part, sizeof part)) > 0) {
        text.append(part, std::size_t(got));
    }
    ::close(descriptor);
    return text;
}

}  // namespace

Outcome run_on_terminal(const std::vector<std::string>& arguments, unsigned columns, const std::string& set_columns) {
    int terminal = -1;
    int output = -1;
    winsize size{};
    size.ws_col = static_cast<unsigned short>(columns);
    size.ws_row = 24;
    int errors[2];
    if (::openpty(&terminal, &output, nullptr, nullptr, &size) != 0 || ::pipe2(errors, O_CLOEXEC) != 0) {
        throw std::runtime_error("no terminal");
    }
    std::vector<std::string> words = arguments;
    std::vector<char*> argv{const_cast<char*>(NONZERO_BINARY)};
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        if (set_columns.empty()) {
            ::unsetenv("COLUMNS");
        } else {
            ::setenv("COLUMNS", set_columns.c_str(), 1);
        }
        ::close(terminal);
        ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(errors[1], STDERR_FILENO);
        ::close(output);
        ::execv(NONZERO_BINARY, argv.data());
        ::_exit(127);
    }
    ::close(output);
    ::close(errors[1]);
    Outcome outcome;
    std::thread reader([&] { outcome.output = read_all(terminal); });
    outcome.errors = read_all(errors[0]);
    reader.join();
    std::erase(outcome.output, '\r');  // the terminal's own
    int status = 0;
    ::waitpid(child, &status, 0);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return outcome;
}

std::size_t longest_line(const std::string& text) {
    std::istringstream lines(text);
    std::size_t longest = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto characters = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
        longest = std::max(longest, std::size_t(characters));
    }
    return longest;
}

}  // namespace nonzero::test
