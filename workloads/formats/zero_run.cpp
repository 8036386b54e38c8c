#include "workloads/formats/zero_run.h"

#include <algorithm>
#include <stdexcept>

namespace nonzero {

namespace {

constexpr std::size_t header_bytes = 4;

constexpr std::size_t longest_run(RunWidth width) {
    return width == RunWidth::bits4 ? 15 : 65535;
}

// Value and run bytes without header and padding. In 64 bits, so that no 32-bit count overflows it.
constexpr std::uint64_t entry_bytes(std::uint64_t entries, RunWidth width) {
    return 2 * entries + (width == RunWidth::bits4 ? (entries + 1) / 2 : 2 * entries);
}

constexpr std::uint64_t round_up_to_4(std::uint64_t bytes) {
    return (bytes + 3) & ~std::uint64_t{3};
}

std::uint16_t read_u16(const std::uint8_t* bytes) {
    return static_cast<std::uint16_t>(bytes[0] | bytes[1] << 8);
}

void write_u16(std::uint8_t* bytes, std::uint16_t value) {
    bytes[0] = static_cast<std::uint8_t>(value);
    bytes[1] = static_cast<std::uint8_t>(value >> 8);
}

bool all_zero(std::span<const std::uint8_t> bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

// Values and runs with their padding.
void append_entries(const ZeroRunBlock& block, RunWidth width, std::vector<std::uint8_t>& bytes) {
    const std::size_t entries = block.entries();
    const std::size_t start = bytes.size();
    bytes.resize(start + round_up_to_4(entry_bytes(entries, width)), 0);
    std::uint8_t* out = bytes.data() + start;
    for (const std::int16_t value : block.values) {
        write_u16(out, static_cast<std::uint16_t>(value));
        out += 2;
    }
    for (std::size_t entry = 0; entry < entries; ++entry) {
        if (width == RunWidth::bits4) {
            out[entry / 2] = static_cast<std::uint8_t>(out[entry / 2] | block.runs[entry] << (entry % 2 * 4));
        } else {
            write_u16(out + 2 * entry, block.runs[entry]);
        }
    }
}

// `bytes` are exactly those of append_entries(); false when their padding is not zero.
bool read_entries(std::span<const std::uint8_t> bytes, std::size_t entries, RunWidth width,
                  std::vector<std::int16_t>& values, std::vector<std::uint16_t>& runs) {
    const std::uint8_t* in = bytes.data();
    values.resize(entries);
    runs.resize(entries);
    for (std::int16_t& value : values) {
        value = static_cast<std::int16_t>(read_u16(in));
        in += 2;
    }
    for (std::size_t entry = 0; entry < entries; ++entry) {
        runs[entry] = width == RunWidth::bits4 ? static_cast<std::uint16_t>(in[entry / 2] >> (entry % 2 * 4) & 15)
                                               : read_u16(in + 2 * entry);
    }
    const bool half_byte_free = width == RunWidth::bits4 && entries % 2 != 0;
    return !(half_byte_free && in[entries / 2] >> 4 != 0) && all_zero(bytes.subspan(entry_bytes(entries, width)));
}

// Returns the entries of the block; values and runs have room for dense.size() of them.
std::size_t encode_into(std::span<const std::int16_t> dense, RunWidth width, std::int16_t* values,
                        std::uint16_t* runs) {
    const std::size_t longest = longest_run(width);
    std::size_t entries = 0;
    std::size_t next = 0;  // first position that no entry covers yet
    for (std::size_t position = 0; position < dense.size(); ++position) {
        const bool stored = dense[position] != 0;
        if (position - next > longest && stored) {
            for (; position - next > longest; next += longest + 1) {
                values[entries] = 0;
                runs[entries] = static_cast<std::uint16_t>(longest);
                ++entries;
            }
        }
        // Written in any case and counted when it is an entry: where the non-zeros are is not predictable, so a branch
        // here would cost more than the rest of the loop.
        values[entries] = dense[position];
        runs[entries] = static_cast<std::uint16_t>(position - next);
        entries += stored;
        next = stored ? position + 1 : next;
    }
    return entries;
}

}  // namespace

void encode_zero_run(std::span<const std::int16_t> dense, RunWidth width, ZeroRunBlock& block) {
    block.values.resize(dense.size());
    block.runs.resize(dense.size());
    const std::size_t entries = encode_into(dense, width, block.values.data(), block.runs.data());
    block.values.resize(entries);
    block.runs.resize(entries);
}

ZeroRunBlock encode_zero_run(std::span<const std::int16_t> dense, RunWidth width) {
    ZeroRunBlock block;
    encode_zero_run(dense, width, block);
    return block;
}

bool decode_zero_run(const ZeroRunBlock& block, std::span<std::int16_t> dense) {
    std::ranges::fill(dense, std::int16_t{0});
    if (block.runs.size() != block.values.size()) {
        return false;
    }
    std::size_t position = 0;
    for (std::size_t entry = 0; entry < block.entries(); ++entry) {
        position += block.runs[entry];
        if (position >= dense.size()) {
            return false;
        }
        dense[position++] = block.values[entry];
    }
    return true;
}

std::size_t packed_zero_run_bytes(std::size_t entries, RunWidth width) {
    return header_bytes + round_up_to_4(entry_bytes(entries, width));
}

void append_zero_run(const ZeroRunBlock& block, RunWidth width, std::vector<std::uint8_t>& bytes) {
    const std::size_t entries = block.entries();
    if (block.runs.size() != entries || entries > UINT32_MAX ||
        std::ranges::any_of(block.runs, [&](std::uint16_t run) { return run > longest_run(width); })) {
        throw std::invalid_argument("zero-run block does not fit its run width");
    }
    const std::size_t start = bytes.size();
    bytes.resize(start + header_bytes);
    write_u16(bytes.data() + start, static_cast<std::uint16_t>(entries));
    write_u16(bytes.data() + start + 2, static_cast<std::uint16_t>(entries >> 16));
    append_entries(block, width, bytes);
}

std::optional<ZeroRunBlock> take_zero_run(std::span<const std::uint8_t>& bytes, RunWidth width) {
    if (bytes.size() < header_bytes) {
        return std::nullopt;
    }
    const std::size_t entries = std::size_t{read_u16(bytes.data())} | std::size_t{read_u16(bytes.data() + 2)} << 16;
    const std::uint64_t size = header_bytes + round_up_to_4(entry_bytes(entries, width));
    if (size > bytes.size()) {
        return std::nullopt;
    }
    ZeroRunBlock block;
    if (!read_entries(bytes.subspan(header_bytes, size - header_bytes), entries, width, block.values, block.runs)) {
        return std::nullopt;
    }
    bytes = bytes.subspan(size);
    return block;
}

namespace {

constexpr std::size_t count_bytes(std::size_t length) {
    return length > UINT8_MAX ? 2 : 1;
}

constexpr std::uint64_t counts_bytes(std::uint64_t blocks, std::size_t length) {
    return round_up_to_4(blocks * count_bytes(length));
}

}  // namespace

std::uint64_t packed_series_bytes(std::uint64_t blocks, std::size_t length, std::uint64_t entries, RunWidth width) {
    return counts_bytes(blocks, length) + round_up_to_4(entry_bytes(entries, width));
}

void append_zero_run_series(std::span<const std::int16_t> dense, std::size_t length, RunWidth width,
                            std::vector<std::uint8_t>& bytes) {
    if (length == 0 || length > UINT16_MAX || dense.size() % length != 0) {
        throw std::invalid_argument("a series is made of blocks of 1 to 65535 elements");
    }
    const std::size_t blocks = dense.size() / length;
    const std::size_t start = bytes.size();
    bytes.resize(start + counts_bytes(blocks, length), 0);
    ZeroRunBlock all;
    all.values.resize(dense.size());
    all.runs.resize(dense.size());
    std::size_t entries = 0;
    for (std::size_t n = 0; n < blocks; ++n) {
        const std::size_t count = encode_into(dense.subspan(n * length, length), width, all.values.data() + entries,
                                              all.runs.data() + entries);
        std::uint8_t* const place = bytes.data() + start + n * count_bytes(length);
        place[0] = static_cast<std::uint8_t>(count);
        if (count_bytes(length) == 2) {
            place[1] = static_cast<std::uint8_t>(count >> 8);
        }
        entries += count;
    }
    all.values.resize(entries);
    all.runs.resize(entries);
    append_entries(all, width, bytes);
}

bool read_zero_run_series(std::span<const std::uint8_t> bytes, std::size_t blocks, std::size_t length, RunWidth width,
                          ZeroRunSeries& series) {
    const std::uint64_t before = counts_bytes(blocks, length);
    if (bytes.size() < before) {
        return false;
    }
    series.ends.resize(blocks);
    std::uint32_t entries = 0;
    for (std::size_t n = 0; n < blocks; ++n) {
        const std::uint8_t* const count = bytes.data() + n * count_bytes(length);
        entries += count_bytes(length) == 1 ? *count : read_u16(count);
        series.ends[n] = entries;
    }
    const std::size_t used = blocks * count_bytes(length);
    if (bytes.size() != packed_series_bytes(blocks, length, entries, width) ||
        !all_zero(bytes.subspan(used, before - used)) ||
        !read_entries(bytes.subspan(before), entries, width, series.values, series.positions)) {
        return false;
    }
    // From runs to positions.
    std::size_t entry = 0;
    for (const std::uint32_t end : series.ends) {
        std::size_t position = 0;
        for (; entry < end; ++entry, ++position) {
            position += series.positions[entry];
            if (position >= length) {
                return false;
            }
            series.positions[entry] = static_cast<std::uint16_t>(position);
        }
    }
    return true;
}

}  // namespace nonzero
