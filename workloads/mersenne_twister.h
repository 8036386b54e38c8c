#pragma once
// The numbers of std::mt19937_64, a whole state at a time, which vectorises (Matsumoto and Nishimura 2000).

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace nonzero {

class MersenneTwister {
  public:
    static constexpr std::size_t kWords = 312;

    // What a seed sequence generates: lower halves before upper halves.
    explicit MersenneTwister(std::span<const std::uint32_t, 2 * kWords> seed);

    std::span<const std::uint64_t, kWords> next();

  private:
    std::array<std::uint64_t, kWords> state_;
    std::array<std::uint64_t, kWords> numbers_{};
};

}  // namespace nonzero
