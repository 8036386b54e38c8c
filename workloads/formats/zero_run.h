#pragma once
// Zero-run format (SCNN section 2.1 of its card): each stored entry is a value and the number of zeros before it. With a
// 4-bit run, the 16th zero in a row is stored as a placeholder, a stored entry of value zero, if a non-zero still
// follows; trailing zeros are never stored (card 10.9 rule 5). With a 16-bit run there are no placeholders in blocks of
// up to 65,536 elements.
//
// Bytes of a packed block, little endian: u32 entries | entries x int16 value | runs (4 bit: two per byte, low nibble
// first; 16 bit: u16) | zero padding to a multiple of 4.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace nonzero {

enum class RunWidth { bits4, bits16 };

struct ZeroRunBlock {
    std::vector<std::int16_t> values;
    std::vector<std::uint16_t> runs;
    std::size_t entries() const { return values.size(); }
    friend bool operator==(const ZeroRunBlock&, const ZeroRunBlock&) = default;
};

ZeroRunBlock encode_zero_run(std::span<const std::int16_t> dense, RunWidth width);

// False when an entry lies outside of dense; dense is zero-filled first.
bool decode_zero_run(const ZeroRunBlock& block, std::span<std::int16_t> dense);

std::size_t packed_zero_run_bytes(std::size_t entries, RunWidth width);
void append_zero_run(const ZeroRunBlock& block, RunWidth width, std::vector<std::uint8_t>& bytes);

// Reads one block from the front of bytes and advances it; nullopt when it is truncated or malformed.
std::optional<ZeroRunBlock> take_zero_run(std::span<const std::uint8_t>& bytes, RunWidth width);

}  // namespace nonzero
