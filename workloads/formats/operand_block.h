#pragma once
// A block of operands as a machine stores it: compressed by zero runs (zero_run.h), or dense, every element as an entry
// of its own.
//
// Bytes of a dense block, little endian: int16 per element, nothing else; its size is known from elsewhere.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "workloads/formats/zero_run.h"

namespace nonzero {

enum class BlockFormat { zero_run4, zero_run16, dense };

// Whether an entry of value zero is a placeholder. In a dense block it is an element like any other.
constexpr bool has_placeholders(BlockFormat format) {
    return format != BlockFormat::dense;
}

// Bytes of a block of `size` elements at most.
std::uint64_t packed_block_limit(std::size_t size, BlockFormat format);
// Appends the block; returns its entries. `scratch` is storage that is reused.
std::size_t append_block(std::span<const std::int16_t> elements, BlockFormat format, ZeroRunBlock& scratch,
                         std::vector<std::uint8_t>& bytes);
// Reads a block of `size` elements from the front of bytes and advances it; false, and bytes as before, when there is
// none. Dense ones get runs of zero. Whether compressed entries lie inside shows when their runs are added up.
bool take_block(std::span<const std::uint8_t>& bytes, std::size_t size, BlockFormat format, ZeroRunBlock& block);

// Many short blocks of `length` elements (a series of zero_run.h, or dense blocks one after another). No bytes at all
// where the length is 0.
std::uint64_t packed_series_limit(std::size_t blocks, std::size_t length, BlockFormat format);
void append_series(std::span<const std::int16_t> elements, std::size_t length, BlockFormat format,
                   std::vector<std::uint8_t>& bytes);
bool read_series(std::span<const std::uint8_t> bytes, std::size_t blocks, std::size_t length, BlockFormat format,
                 ZeroRunSeries& series);

}  // namespace nonzero
