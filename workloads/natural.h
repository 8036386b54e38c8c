#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace nonzero {

// A natural number, decimal or 0x…, up to 2^64 - 1; nothing else in the text.
std::optional<std::uint64_t> to_natural(const std::string& text);

}  // namespace nonzero
