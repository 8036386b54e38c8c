#pragma once
// Zero-run format (SCNN section 2.1 of its card): each stored entry is a value and the number of zeros before it. With
// a 4-bit run, the 16th zero in a row is stored as a placeholder, a stored entry of value zero, if a non-zero still
// follows; trailing zeros are never stored (card 10.9 rule 5). With a 16-bit run there are no placeholders in blocks of
// up to 65,536 elements.
//
// Bytes of a packed block, little endian: u32 entries | entries x int16 value | runs (4 bit: two per byte, low nibble
// first; 16 bit: u16) | zero padding to a multiple of 4.
//
// A series packs many short blocks of equal length (the weights of a few neurons, a block per input) with a count of a
// byte or two each instead of a header of four: counts (u8; u16 where the length is above 255) | zero padding to 4 |
// the values of all blocks | their runs | zero padding to 4.

#include <cstddef>
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
// The same into a block whose storage is reused; what it held before is dropped.
void encode_zero_run(std::span<const std::int16_t> dense, RunWidth width, ZeroRunBlock& block);

// False when an entry lies outside of dense or the block has not one run per value; dense is zero-filled first.
bool decode_zero_run(const ZeroRunBlock& block, std::span<std::int16_t> dense);

std::size_t packed_zero_run_bytes(std::size_t entries, RunWidth width);
// The block has to be encoded with the same width (std::invalid_argument otherwise).
void append_zero_run(const ZeroRunBlock& block, RunWidth width, std::vector<std::uint8_t>& bytes);

// Reads one block from the front of bytes and advances it; nullopt, and bytes as before, when it is truncated or its
// padding is not zero. Whether the entries fit the dense block shows in decode_zero_run.
std::optional<ZeroRunBlock> take_zero_run(std::span<const std::uint8_t>& bytes, RunWidth width);

// dense: blocks of `length` elements, 1 .. 65535, one after another.
void append_zero_run_series(std::span<const std::int16_t> dense, std::size_t length, RunWidth width,
                            std::vector<std::uint8_t>& bytes);
// Bytes of a series of `blocks` blocks with `entries` entries in all.
std::uint64_t packed_series_bytes(std::uint64_t blocks, std::size_t length, std::uint64_t entries, RunWidth width);

struct ZeroRunSeries {
    std::vector<std::uint32_t> ends;  // per block: entries of it and of those before it
    std::vector<std::int16_t> values;
    std::vector<std::uint16_t> positions;  // within the block
};
// Reads `bytes` whole; false when they are no series of that many blocks or an entry lies outside of its block. The
// storage of `series` is reused.
bool read_zero_run_series(std::span<const std::uint8_t> bytes, std::size_t blocks, std::size_t length, RunWidth width,
                          ZeroRunSeries& series);

}  // namespace nonzero
