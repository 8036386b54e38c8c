#include "workloads/formats/operand_series.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <stdexcept>

#include "workloads/formats/bit_stream.h"
#include "workloads/operand_scan.h"

namespace nonzero {

static_assert(std::endian::native == std::endian::little, "numbers of 16 bits lie in a series as the host holds them");

namespace {

constexpr std::size_t kHeaderBytes = 1;

RunWidth run_width(const OperandFormat& format) {
    return format.blocks == BlockFormat::zero_run4 ? RunWidth::bits4 : RunWidth::bits16;
}

std::uint64_t entry_bits(const OperandFormat& format) {
    return std::uint64_t(format.bits) +
           (format.blocks == BlockFormat::dense ? 0U : unsigned(bits_of(run_width(format))));
}

constexpr std::uint64_t whole_bytes(std::uint64_t bits) {
    return (bits + 7) / 8;
}

int count_width(std::size_t largest_count) {
    return std::max(1, static_cast<int>(std::bit_width(largest_count)));
}

void put_values(std::span<const std::int16_t> values, int bits, BitWriter& stream) {
    if (bits < 16 && !bounds_of(values).fit(bits)) {
        throw std::invalid_argument("an operand is wider than it is stored");
    }
    stream.put_all(values, bits);
}

// Reads the numbers of a stream, one after another; all of them lie inside of it.
class BitReader {
  public:
    explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    std::uint32_t take(int bits) {
        const std::uint32_t number = bits_at(bytes_, at_, bits);
        at_ += std::uint64_t(bits);
        return number;
    }
    template <class Number>
    void take_all(std::size_t count, int bits, std::vector<Number>& numbers) {
        numbers.resize(count);
        nonzero::take_all<Number>(bytes_, at_, bits, numbers);
        at_ += count * std::uint64_t(bits);
    }
    // Whether nothing but zeros follows in the last byte.
    bool at_end() { return at_ % 8 == 0 || take(static_cast<int>(8 - at_ % 8)) == 0; }

  private:
    std::span<const std::uint8_t> bytes_;
    std::uint64_t at_ = 0;
};

bool take_dense(std::span<const std::uint8_t>& bytes, const SeriesShape& shape, const OperandFormat& format,
                OperandSeries& series) {
    const std::uint64_t elements = shape.elements();
    const std::uint64_t size = whole_bytes(elements * entry_bits(format));
    if (size > bytes.size()) {
        return false;
    }
    BitReader stream(bytes.first(size));
    stream.take_all(elements, format.bits, series.values);
    if (!stream.at_end()) {
        return false;
    }
    series.ends.clear();
    series.positions.resize(elements);
    auto next = series.positions.begin();
    for (std::size_t repeat = 0; repeat < shape.repeats; ++repeat) {
        for (const std::size_t block : shape.sizes) {
            std::iota(next, next + std::ptrdiff_t(block), std::uint32_t{0});
            next += std::ptrdiff_t(block);
            series.ends.push_back(static_cast<std::uint32_t>(next - series.positions.begin()));
        }
    }
    bytes = bytes.subspan(size);
    return true;
}

// The ends of the blocks from their counts; false when a block has more entries than elements, all of them are more
// than `most`, or the counts would have fitted in fewer bits.
bool take_counts(BitReader& stream, int width, const SeriesShape& shape, std::uint64_t most,
                 std::vector<std::uint32_t>& ends) {
    ends.clear();
    std::uint64_t entries = 0;
    std::size_t largest = 0;
    for (std::size_t repeat = 0; repeat < shape.repeats; ++repeat) {
        for (const std::size_t block : shape.sizes) {
            const std::uint32_t count = block == 0 ? 0 : stream.take(width);
            entries += count;
            if (count > block || entries > most) {
                return false;
            }
            largest = std::max<std::size_t>(largest, count);
            ends.push_back(static_cast<std::uint32_t>(entries));
        }
    }
    return count_width(largest) == width;
}

// From runs to positions; false when one lies outside of its block.
bool add_up_runs(BitReader& stream, int run_bits, const SeriesShape& shape, OperandSeries& series) {
    std::vector<std::uint16_t> runs;
    stream.take_all(series.entries(), run_bits, runs);
    series.positions.resize(series.entries());
    std::size_t entry = 0;
    std::size_t number = 0;
    for (std::size_t repeat = 0; repeat < shape.repeats; ++repeat) {
        for (const std::size_t block : shape.sizes) {
            std::size_t position = 0;
            for (const std::uint32_t end = series.ends[number++]; entry < end; ++entry, ++position) {
                position += runs[entry];
                if (position >= block) {
                    return false;
                }
                series.positions[entry] = static_cast<std::uint32_t>(position);
            }
        }
    }
    return true;
}

}  // namespace

std::uint64_t SeriesShape::elements() const {
    std::uint64_t elements = 0;
    for (const std::size_t size : sizes) {
        elements += size;
    }
    return elements * repeats;
}

std::uint64_t SeriesShape::blocks_with_elements() const {
    return std::uint64_t(sizes.size() - std::size_t(std::ranges::count(sizes, std::size_t{0}))) * repeats;
}

std::size_t SeriesShape::largest_block() const {
    return sizes.empty() ? 0 : std::ranges::max(sizes);
}

std::uint64_t series_limit(const SeriesShape& shape, const OperandFormat& format) {
    const std::uint64_t bits = shape.elements() * entry_bits(format);
    if (format.blocks == BlockFormat::dense || bits == 0) {
        return whole_bytes(bits);
    }
    const auto width = std::uint64_t(count_width(shape.largest_block()));
    return kHeaderBytes + whole_bytes(shape.blocks_with_elements() * width + bits);
}

void append_encoded(const EncodedBlocks& blocks, const OperandFormat& format, std::vector<std::uint8_t>& bytes) {
    std::size_t entries = 0;
    for (const std::uint32_t count : blocks.counts) {
        entries += count;
    }
    const int run_bits = bits_of(run_width(format));
    if (entries != blocks.values.size() || entries != blocks.runs.size() ||
        std::ranges::any_of(blocks.runs, [&](std::uint16_t run) { return run >> run_bits != 0; })) {
        throw std::invalid_argument("zero-run blocks do not fit their format");
    }
    if (blocks.counts.empty()) {
        return;
    }
    const int width = count_width(std::ranges::max(blocks.counts));
    bytes.push_back(static_cast<std::uint8_t>(width));
    BitWriter stream(bytes);
    for (const std::uint32_t count : blocks.counts) {
        stream.put(count, width);
    }
    put_values(blocks.values, format.bits, stream);
    stream.put_all(std::span(blocks.runs), run_bits);
    stream.finish();
}

StoredEntries append_series(std::span<const std::int16_t> elements, const SeriesShape& shape,
                            const OperandFormat& format, std::vector<std::uint8_t>& bytes) {
    if (elements.size() != shape.elements()) {
        throw std::invalid_argument("a series has other elements than its shape says");
    }
    if (format.blocks == BlockFormat::dense) {
        BitWriter stream(bytes);
        put_values(elements, format.bits, stream);
        stream.finish();
        return {elements.size(), shape.largest_block()};
    }
    EncodedBlocks blocks;
    blocks.values.resize(elements.size());
    blocks.runs.resize(elements.size());
    StoredEntries stored;
    std::size_t next = 0;
    for (std::size_t repeat = 0; repeat < shape.repeats; ++repeat) {
        for (const std::size_t size : shape.sizes) {
            if (size == 0) {
                continue;
            }
            const std::size_t count =
                encode_zero_run(elements.subspan(next, size), run_width(format), blocks.values.data() + stored.all,
                                blocks.runs.data() + stored.all);
            blocks.counts.push_back(static_cast<std::uint32_t>(count));
            stored.all += count;
            stored.largest_block = std::max(stored.largest_block, count);
            next += size;
        }
    }
    blocks.values.resize(stored.all);
    blocks.runs.resize(stored.all);
    append_encoded(blocks, format, bytes);
    return stored;
}

bool take_series(std::span<const std::uint8_t>& bytes, const SeriesShape& shape, const OperandFormat& format,
                 OperandSeries& series) {
    if (format.blocks == BlockFormat::dense) {
        return take_dense(bytes, shape, format, series);
    }
    const std::uint64_t counts = shape.blocks_with_elements();
    if (counts == 0) {
        series.ends.assign(shape.blocks(), 0);
        series.values.clear();
        series.positions.clear();
        return true;
    }
    if (bytes.empty()) {
        return false;
    }
    const int width = bytes.front();
    const auto body = bytes.subspan(kHeaderBytes);
    if (width < 1 || width > count_width(shape.largest_block()) ||
        whole_bytes(counts * std::uint64_t(width)) > body.size()) {
        return false;
    }
    BitReader stream(body);
    const std::uint64_t most = std::min<std::uint64_t>(body.size() * 8 / entry_bits(format), UINT32_MAX);
    if (!take_counts(stream, width, shape, most, series.ends)) {
        return false;
    }
    const std::size_t entries = series.ends.back();
    const std::uint64_t size = whole_bytes(counts * std::uint64_t(width) + entries * entry_bits(format));
    if (size > body.size()) {
        return false;
    }
    stream.take_all(entries, format.bits, series.values);
    if (!add_up_runs(stream, bits_of(run_width(format)), shape, series) || !stream.at_end()) {
        return false;
    }
    bytes = body.subspan(size);
    return true;
}

bool read_series(std::span<const std::uint8_t> bytes, const SeriesShape& shape, const OperandFormat& format,
                 OperandSeries& series) {
    return take_series(bytes, shape, format, series) && bytes.empty();
}

std::optional<std::span<const std::int16_t>> dense_elements(std::span<const std::uint8_t> bytes, std::size_t elements,
                                                            int bits, std::vector<std::int16_t>& storage) {
    if (bytes.size() != whole_bytes(std::uint64_t{elements} * std::uint64_t(bits))) {
        return std::nullopt;
    }
    if (bits == 16) {
        return std::span(reinterpret_cast<const std::int16_t*>(bytes.data()), elements);
    }
    BitReader stream(bytes);
    stream.take_all(elements, bits, storage);
    return stream.at_end() ? std::optional<std::span<const std::int16_t>>(storage) : std::nullopt;
}

std::vector<std::int16_t> expand(const OperandSeries& series, const SeriesShape& shape) {
    std::vector<std::int16_t> elements(shape.elements(), 0);
    std::size_t begin = 0;
    std::size_t number = 0;
    for (std::size_t repeat = 0; repeat < shape.repeats; ++repeat) {
        for (const std::size_t size : shape.sizes) {
            const auto values = series.values_of(number);
            const auto positions = series.positions_of(number++);
            for (std::size_t n = 0; n < values.size(); ++n) {
                elements[begin + positions[n]] = values[n];
            }
            begin += size;
        }
    }
    return elements;
}

}  // namespace nonzero
