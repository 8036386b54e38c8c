#include "workloads/formats/operand_block.h"

#include <algorithm>
#include <utility>

namespace nonzero {

namespace {

constexpr std::size_t element_bytes = 2;

RunWidth width_of(BlockFormat format) {
    return format == BlockFormat::zero_run4 ? RunWidth::bits4 : RunWidth::bits16;
}

void append_elements(std::span<const std::int16_t> elements, std::vector<std::uint8_t>& bytes) {
    for (const std::int16_t element : elements) {
        bytes.push_back(static_cast<std::uint8_t>(element));
        bytes.push_back(static_cast<std::uint8_t>(element >> 8));
    }
}

void read_elements(std::span<const std::uint8_t> bytes, std::vector<std::int16_t>& elements) {
    elements.resize(bytes.size() / element_bytes);
    for (std::size_t n = 0; n < elements.size(); ++n) {
        elements[n] = static_cast<std::int16_t>(bytes[2 * n] | bytes[2 * n + 1] << 8);
    }
}

}  // namespace

std::uint64_t packed_block_limit(std::size_t size, BlockFormat format) {
    return format == BlockFormat::dense ? size * element_bytes : packed_zero_run_bytes(size, width_of(format));
}

std::size_t append_block(std::span<const std::int16_t> elements, BlockFormat format, ZeroRunBlock& scratch,
                         std::vector<std::uint8_t>& bytes) {
    if (format == BlockFormat::dense) {
        append_elements(elements, bytes);
        return elements.size();
    }
    encode_zero_run(elements, width_of(format), scratch);
    append_zero_run(scratch, width_of(format), bytes);
    return scratch.entries();
}

bool take_block(std::span<const std::uint8_t>& bytes, std::size_t size, BlockFormat format, ZeroRunBlock& block) {
    if (format == BlockFormat::dense) {
        if (bytes.size() / element_bytes < size) {
            return false;
        }
        read_elements(bytes.first(size * element_bytes), block.values);
        block.runs.assign(size, 0);
        bytes = bytes.subspan(size * element_bytes);
        return true;
    }
    auto taken = take_zero_run(bytes, width_of(format));
    if (taken) {
        block = std::move(*taken);
    }
    return taken.has_value();
}

std::uint64_t packed_series_limit(std::size_t blocks, std::size_t length, BlockFormat format) {
    const std::uint64_t elements = std::uint64_t{blocks} * length;
    if (format == BlockFormat::dense || length == 0) {
        return elements * element_bytes;
    }
    return packed_series_bytes(blocks, length, elements, width_of(format));
}

void append_series(std::span<const std::int16_t> elements, std::size_t length, BlockFormat format,
                   std::vector<std::uint8_t>& bytes) {
    if (format == BlockFormat::dense) {
        append_elements(elements, bytes);
    } else if (length > 0) {
        append_zero_run_series(elements, length, width_of(format), bytes);
    }
}

bool read_series(std::span<const std::uint8_t> bytes, std::size_t blocks, std::size_t length, BlockFormat format,
                 ZeroRunSeries& series) {
    if (format != BlockFormat::dense && length > 0) {
        return read_zero_run_series(bytes, blocks, length, width_of(format), series);
    }
    const std::size_t elements = blocks * length;
    if (bytes.size() != elements * element_bytes) {
        return false;
    }
    read_elements(bytes, series.values);
    series.ends.resize(blocks);
    series.positions.resize(elements);
    for (std::size_t n = 0; n < blocks; ++n) {
        series.ends[n] = static_cast<std::uint32_t>((n + 1) * length);
        for (std::size_t i = 0; i < length; ++i) {
            series.positions[n * length + i] = static_cast<std::uint16_t>(i);
        }
    }
    return true;
}

}  // namespace nonzero
