#pragma once
// Zero-run coding (scnn_facts.md 2.1): each stored entry is a value and the number of zeros before it. With
// a 4-bit run, the 16th zero in a row is stored as a placeholder, a stored entry of value zero, if a non-zero still
// follows; trailing zeros are never stored (scnn_facts.md 10.9 rule 5). With a 16-bit run there are no placeholders in
// blocks of up to 65,536 elements. How the entries of many blocks lie in memory: operand_series.h.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nonzero {

enum class RunWidth { bits4, bits16 };

constexpr int bits_of(RunWidth width) {
    return width == RunWidth::bits4 ? 4 : 16;
}

struct ZeroRunBlock {
    std::vector<std::int16_t> values;
    std::vector<std::uint16_t> runs;
    std::size_t entries() const { return values.size(); }
    friend bool operator==(const ZeroRunBlock&, const ZeroRunBlock&) = default;
};

ZeroRunBlock encode_zero_run(std::span<const std::int16_t> dense, RunWidth width);
// Writes the entries of a block where there is room for dense.size() of them; returns how many they are.
std::size_t encode_zero_run(std::span<const std::int16_t> dense, RunWidth width, std::int16_t* values,
                            std::uint16_t* runs);

// False when an entry lies outside of dense or the block has not one run per value; dense is zero-filled first.
bool decode_zero_run(const ZeroRunBlock& block, std::span<std::int16_t> dense);

}  // namespace nonzero
