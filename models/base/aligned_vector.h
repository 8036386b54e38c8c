#pragma once
// A vector that begins on a cache line, so that wide accesses to its elements do not straddle two.

#include <boost/align/aligned_allocator.hpp>
#include <cstddef>
#include <vector>

namespace nonzero {

inline constexpr std::size_t kCacheLine = 64;

template <class T>
using AlignedVector = std::vector<T, boost::alignment::aligned_allocator<T, kCacheLine>>;

}  // namespace nonzero
