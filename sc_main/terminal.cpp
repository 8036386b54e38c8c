#include "sc_main/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "workloads/natural.h"
#include "workloads/text_table.h"

namespace nonzero {

std::size_t output_width() {
    if (::isatty(STDOUT_FILENO) != 1) {
        return 0;
    }
    const char* const columns = std::getenv("COLUMNS");
    if (const auto given = to_natural(columns == nullptr ? "" : columns); given.value_or(0) > 0) {
        return *given;
    }
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

std::string fitted(const std::string& text) {
    return wrap_lines(text, output_width());
}

}  // namespace nonzero
