#pragma once
// Bytes that several hold and nobody copies. C++17-clean.

#include <cstddef>
#include <cstdint>
#include <memory>

namespace nonzero {

// They stay where they are, and what they are, while somebody holds the owner.
struct SharedBytes {
    std::shared_ptr<const void> owner;
    const std::uint8_t* data = nullptr;
    std::size_t size = 0;
};

}  // namespace nonzero
