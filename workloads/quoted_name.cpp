#include "workloads/quoted_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace nonzero {

namespace {

constexpr std::size_t longest_name = 80;   // bytes
constexpr std::size_t longest_text = 400;  // bytes
constexpr std::size_t most_names = 40;
constexpr const char* cut_mark = "...";

// Unicode's general categories Cc, Zl and Zp, and of Cf what has no shape of its own.
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 14> hidden_ranges{{{0x00, 0x1F},
                                                                                 {0x7F, 0x9F},
                                                                                 {0xAD, 0xAD},
                                                                                 {0x61C, 0x61C},
                                                                                 {0x180E, 0x180E},
                                                                                 {0x200B, 0x200F},
                                                                                 {0x2028, 0x202E},
                                                                                 {0x2060, 0x206F},
                                                                                 {0xFEFF, 0xFEFF},
                                                                                 {0xFFF9, 0xFFFB},
                                                                                 {0xFFFE, 0xFFFF},
                                                                                 {0x1BCA0, 0x1BCA3},
                                                                                 {0x1D173, 0x1D17A},
                                                                                 {0xE0000, 0xE007F}}};

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// Bytes of the printable character at `at`; 0 where there is none.
std::size_t printable_bytes(const std::string& text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t bytes = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (bytes == 0 || first > 0xF4 || at + bytes > text.size()) {
        return 0;
    }
    std::uint32_t code = bytes == 1 ? first : first & (0x7FU >> bytes);
    for (std::size_t next = at + 1; next < at + bytes; ++next) {
        if (!is_continuation(text[next])) {
            return 0;
        }
        code = code << 6U | (static_cast<unsigned char>(text[next]) & 0x3FU);
    }
    const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
    const bool no_character = (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF;
    const bool hidden = std::ranges::any_of(
        hidden_ranges, [code](const auto& range) { return code >= range.first && code <= range.second; });
    return overlong || no_character || hidden ? 0 : bytes;
}

// The first `bytes` at most, whole characters of printable text.
std::string beginning(const std::string& text, std::size_t bytes) {
    while (bytes > 0 && is_continuation(text[bytes])) {
        --bytes;
    }
    return text.substr(0, bytes);
}

}  // namespace

std::string printable(const std::string& text) {
    std::string shown;
    shown.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t bytes = printable_bytes(text, at); bytes != 0) {
            shown.append(text, at, bytes);
            at += bytes;
            continue;
        }
        shown += '?';
        // One mark for a whole character that is well formed but hidden.
        ++at;
        while (at < text.size() && is_continuation(text[at]) && static_cast<unsigned char>(text[at - 1]) >= 0x80) {
            ++at;
        }
    }
    return shown;
}

bool is_printable(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = printable_bytes(text, at);
        if (bytes == 0) {
            return false;
        }
        at += bytes;
    }
    return true;
}

std::string shown_name(const std::string& name) {
    // No character is shorter shown than written, so what is cut off need not be looked at.
    std::string shown = printable(name.substr(0, 4 * longest_name));
    if (shown.size() <= longest_name && name.size() <= 4 * longest_name) {
        return shown;
    }
    return beginning(shown, std::min(longest_name, shown.size())) + cut_mark;
}

std::string quoted_name(const std::string& name) {
    return fmt::format("'{}'", shown_name(name));
}

std::string shown_text(const std::string& text) {
    std::string shown = printable(text);
    if (shown.size() <= longest_text) {
        return shown;
    }
    std::size_t end = shown.size() - longest_text / 2;
    while (end < shown.size() && is_continuation(shown[end])) {
        ++end;
    }
    return beginning(shown, longest_text / 2) + cut_mark + shown.substr(end);
}

std::string listed_names(const std::vector<std::string>& names) {
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < most_names; ++i) {
        list += (i == 0 ? "" : ", ") + shown_name(names[i]);
    }
    return names.size() <= most_names ? list : fmt::format("{} and {} others", list, names.size() - most_names);
}

}  // namespace nonzero
