#include "sc_main/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace nonzero {

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::show(std::size_t number, std::size_t of, const std::string& name) const {
    if (terminal_) {
        fmt::print(stderr, "\r\033[Klayer {}/{} {}", number, of, name);
    }
}

void Progress::clear() const {
    if (terminal_) {
        fmt::print(stderr, "\r\033[K");
    }
}

}  // namespace nonzero
