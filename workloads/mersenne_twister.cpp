#include "workloads/mersenne_twister.h"

#include "workloads/vector_clones.h"

namespace nonzero {

namespace {

constexpr std::size_t kShift = 156;
constexpr std::uint64_t kUpper = ~std::uint64_t{0} << 31;

std::uint64_t twisted(std::uint64_t word, std::uint64_t next, std::uint64_t shifted) {
    const std::uint64_t joined = (word & kUpper) | (next & ~kUpper);
    return shifted ^ (joined >> 1) ^ (-(joined & 1) & 0xB5026F5AA96619E9U);
}

NONZERO_VECTOR_CLONES void twist(std::uint64_t* state, std::uint64_t* numbers) {
    constexpr std::size_t kLast = MersenneTwister::kWords - 1;
    for (std::size_t n = 0; n < MersenneTwister::kWords - kShift; ++n) {
        state[n] = twisted(state[n], state[n + 1], state[n + kShift]);
    }
    for (std::size_t n = MersenneTwister::kWords - kShift; n < kLast; ++n) {
        state[n] = twisted(state[n], state[n + 1], state[n + kShift - MersenneTwister::kWords]);
    }
    state[kLast] = twisted(state[kLast], state[0], state[kShift - 1]);
    for (std::size_t n = 0; n < MersenneTwister::kWords; ++n) {
        std::uint64_t word = state[n];
        word ^= (word >> 29) & 0x5555555555555555U;
        word ^= (word << 17) & 0x71D67FFFEDA60000U;
        word ^= (word << 37) & 0xFFF7EEE000000000U;
        numbers[n] = word ^ (word >> 43);
    }
}

}  // namespace

MersenneTwister::MersenneTwister(std::span<const std::uint32_t, 2 * kWords> seed) {
    for (std::size_t n = 0; n < kWords; ++n) {
        state_[n] = std::uint64_t{seed[2 * n + 1]} << 32 | seed[2 * n];
    }
}

std::span<const std::uint64_t, MersenneTwister::kWords> MersenneTwister::next() {
    twist(state_.data(), numbers_.data());
    return numbers_;
}

}  // namespace nonzero
