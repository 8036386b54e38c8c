#pragma once
// Blocks of operands as they lie in memory, one after another without gaps: compressed by zero runs (zero_run.h), or
// dense, every element an entry of its own.
//
// Bytes of a series of compressed blocks: u8 `width` | a stream of bits, the lowest of a byte first, of
//   the number of entries of each block that has elements, `width` bits each: as many as the largest one needs, 1 at
//   least;
//   the values of all blocks, in two's complement of OperandFormat::bits each;
//   their runs, 4 or 16 bits each;
//   zeros up to a whole byte.
// Of dense blocks: the values and the zeros. A series without elements has no bytes. How many blocks there are, and how
// large they are, is known from elsewhere.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "workloads/formats/zero_run.h"

namespace nonzero {

enum class BlockFormat { zero_run4, zero_run16, dense };

// Whether an entry of value zero is a placeholder. In a dense block it is an element like any other.
constexpr bool has_placeholders(BlockFormat format) {
    return format != BlockFormat::dense;
}

struct OperandFormat {
    BlockFormat blocks = BlockFormat::zero_run4;
    int bits = 16;  // of a stored value, 2 .. 16
};

// Blocks of so many elements each, and that `repeats` times.
struct SeriesShape {
    std::vector<std::size_t> sizes;
    std::size_t repeats = 1;

    std::size_t blocks() const { return sizes.size() * repeats; }
    std::uint64_t elements() const;
    std::uint64_t blocks_with_elements() const;
    std::size_t largest_block() const;
};

// Bytes that a series has at most.
std::uint64_t series_limit(const SeriesShape& shape, const OperandFormat& format);

struct StoredEntries {
    std::size_t all = 0;
    std::size_t largest_block = 0;
};
// elements: those of all blocks. std::invalid_argument when they are not as many as the shape says or one does not fit
// the format's bits.
StoredEntries append_series(std::span<const std::int16_t> elements, const SeriesShape& shape,
                            const OperandFormat& format, std::vector<std::uint8_t>& bytes);

// Compressed blocks that have elements, one after another, on their way into a series.
struct EncodedBlocks {
    std::vector<std::uint32_t> counts;  // entries of each block
    std::vector<std::int16_t> values;
    std::vector<std::uint16_t> runs;
};
// std::invalid_argument when these do not belong together or do not fit the format's bits. Whether runs stay inside of
// their blocks is not looked at.
void append_encoded(const EncodedBlocks& blocks, const OperandFormat& format, std::vector<std::uint8_t>& bytes);

// A series, read.
struct OperandSeries {
    std::vector<std::uint32_t> ends;  // per block: entries of it and of those before it
    std::vector<std::int16_t> values;
    std::vector<std::uint32_t> positions;  // within the block

    std::size_t entries() const { return values.size(); }
    std::span<const std::int16_t> values_of(std::size_t block) const {
        return std::span(values).subspan(begin(block), ends[block] - begin(block));
    }
    std::span<const std::uint32_t> positions_of(std::size_t block) const {
        return std::span(positions).subspan(begin(block), ends[block] - begin(block));
    }

  private:
    std::size_t begin(std::size_t block) const { return block == 0 ? 0 : ends[block - 1]; }
};
// Reads a series from the front of bytes and advances them; false, and bytes as before, when there is none of that
// shape: truncated, an entry outside of its block, or other bits than append_series() would have written for its
// entries. The storage of `series` is reused.
bool take_series(std::span<const std::uint8_t>& bytes, const SeriesShape& shape, const OperandFormat& format,
                 OperandSeries& series);
// The same of bytes that hold nothing else.
bool read_series(std::span<const std::uint8_t> bytes, const SeriesShape& shape, const OperandFormat& format,
                 OperandSeries& series);

// The elements of a dense series, without their positions: of 16 bits the bytes themselves, which begin at an even
// address, else unpacked into `storage`. nullopt where read_series() would say false.
std::optional<std::span<const std::int16_t>> dense_elements(std::span<const std::uint8_t> bytes, std::size_t elements,
                                                            int bits, std::vector<std::int16_t>& storage);

// All elements of a series of that shape.
std::vector<std::int16_t> expand(const OperandSeries& series, const SeriesShape& shape);

}  // namespace nonzero
