#include "workloads/quoted_name.h"

#include <cstddef>

namespace nonzero {

std::string quoted_name(const std::string& name) {
    constexpr std::size_t longest = 80;
    std::string shown = name;
    if (shown.size() > longest) {
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0U) == 0x80U) {
            --end;  // not inside a UTF-8 sequence
        }
        shown.resize(end);
        shown += "...";
    }
    for (char& character : shown) {
        const auto code = static_cast<unsigned char>(character);
        if (code < 0x20 || code == 0x7F) {
            character = '?';
        }
    }
    return "'" + shown + "'";
}

}  // namespace nonzero
