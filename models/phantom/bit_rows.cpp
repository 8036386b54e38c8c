#include "models/phantom/bit_rows.h"

#include <bit>

#include "workloads/vector_clones.h"

namespace nonzero::phantom {

NONZERO_VECTOR_CLONES std::uint64_t bits_in(const std::uint64_t* words, std::size_t count) {
    std::uint64_t bits = 0;
    for (std::size_t word = 0; word < count; ++word) {
        bits += std::uint64_t(std::popcount(words[word]));
    }
    return bits;
}

}  // namespace nonzero::phantom
