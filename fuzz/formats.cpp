// Storage formats of sparse operands: what is packed unpacks to the same, and damaged bytes are refused or unpacked.

#include <algorithm>
#include <stdexcept>

#include "fuzz/support.h"
#include "workloads/formats/bitmask.h"
#include "workloads/formats/csc.h"
#include "workloads/formats/nm_packed.h"
#include "workloads/formats/operand_series.h"

using namespace nonzero;
using fuzz::require;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Values = std::vector<std::int16_t>;

constexpr BlockFormat kBlockFormats[] = {BlockFormat::zero_run4, BlockFormat::zero_run16, BlockFormat::dense};

// Whether every entry lies inside of its block.
void check_positions(const OperandSeries& series, const SeriesShape& shape) {
    require(series.ends.size() == shape.blocks(), "a series has its blocks");
    for (std::size_t block = 0; block < shape.blocks(); ++block) {
        for (const std::uint32_t position : series.positions_of(block)) {
            require(position < shape.sizes[block % shape.sizes.size()], "an entry lies inside of its block");
        }
    }
}

void check_series(FuzzedDataProvider& data) {
    const OperandFormat format{data.PickValueInArray(kBlockFormats), data.ConsumeIntegralInRange(2, 16)};
    SeriesShape shape;
    for (auto sizes = data.ConsumeIntegralInRange<std::size_t>(1, 4); sizes > 0; --sizes) {
        shape.sizes.push_back(data.ConsumeIntegralInRange<std::size_t>(0, 300));
    }
    shape.repeats = data.ConsumeIntegralInRange<std::size_t>(0, 4);
    Values elements = fuzz::sparse_values(data, shape.elements());
    for (std::int16_t& value : elements) {
        value = std::int16_t(value >> (16 - format.bits));
    }
    Bytes bytes;
    append_series(elements, shape, format, bytes);
    require(bytes.size() <= series_limit(shape, format), "a series takes no more than its limit");
    OperandSeries series;
    require(read_series(bytes, shape, format, series), "a packed series is read");
    check_positions(series, shape);
    require(expand(series, shape) == elements, "a series unpacks to what was packed");
    fuzz::damage(data, bytes);
    std::span<const std::uint8_t> rest(bytes);
    while (take_series(rest, shape, format, series)) {
        check_positions(series, shape);
        if (shape.elements() == 0) {
            break;
        }
    }
}

void check_bitmask(FuzzedDataProvider& data) {
    const Values elements = fuzz::sparse_values(data, data.ConsumeIntegralInRange<std::size_t>(0, 80));
    BitmaskBlock block = encode_bitmask(elements);
    Values decoded(elements.size());
    require(decode_bitmask(block, decoded) && decoded == elements, "a bit mask unpacks to what was packed");
    fuzz::damage(data, block.mask);
    if (decode_bitmask(block, decoded) &&
        std::ranges::count(decoded, 0) + std::ptrdiff_t(block.values.size()) == std::ptrdiff_t(decoded.size())) {
        require(encode_bitmask(decoded) == block, "a bit mask that is taken is the one of its elements");
    }
}

template <class Item>
void damage_items(FuzzedDataProvider& data, std::vector<Item>& items) {
    if (items.empty() || data.ConsumeBool()) {
        return;
    }
    const auto place = data.ConsumeIntegralInRange<std::size_t>(0, items.size() - 1);
    if (data.ConsumeBool()) {
        items[place] = data.ConsumeIntegral<Item>();
    } else {
        items.erase(items.begin() + std::ptrdiff_t(place));
    }
}

void check_csc(FuzzedDataProvider& data) {
    const auto rows = data.ConsumeIntegralInRange<std::size_t>(0, 9);
    const auto columns = data.ConsumeIntegralInRange<std::size_t>(0, 9);
    const Values elements = fuzz::sparse_values(data, rows * columns);
    CscMatrix matrix = encode_csc(elements, rows, columns);
    Values decoded(elements.size());
    require(decode_csc(matrix, decoded) && decoded == elements, "a CSC matrix unpacks to what was packed");
    damage_items(data, matrix.values);
    damage_items(data, matrix.row_indices);
    damage_items(data, matrix.column_pointers);
    decode_csc(matrix, decoded);
}

void check_tiles(FuzzedDataProvider& data) {
    const NmTileFormat format{data.ConsumeIntegralInRange(1, 9), data.PickValueInArray({1, 7, 128, 256, 257, 32768})};
    const auto rows = data.ConsumeIntegralInRange<std::size_t>(0, 6);
    const auto columns = data.ConsumeIntegralInRange<std::size_t>(0, std::size_t(std::min(format.depth, 40)));
    const Values elements = fuzz::sparse_values(data, rows * columns);
    const auto slots = data.ConsumeIntegralInRange<std::size_t>(0, 8);
    const auto tile = encode_nm_tile({elements.data(), rows, columns, columns}, format, slots);
    Bytes bytes;
    Values decoded(elements.size());
    if (tile) {
        append_nm_tile(*tile, format, bytes);
        std::span<const std::uint8_t> rest(bytes);
        const auto taken = take_nm_tile(rest, format);
        require(taken == tile && rest.empty(), "a packed tile is taken whole");
        require(decode_nm_tile(*taken, format, columns, decoded) && decoded == elements,
                "a tile unpacks to what was packed");
    }
    fuzz::damage(data, bytes);
    std::span<const std::uint8_t> rest(bytes);
    while (const auto taken = take_nm_tile(rest, format)) {
        decode_nm_tile(*taken, format, columns, decoded);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    FuzzedDataProvider data(bytes, size);
    switch (data.ConsumeIntegralInRange(0, 3)) {
        case 0:
            check_series(data);
            break;
        case 1:
            check_bitmask(data);
            break;
        case 2:
            check_csc(data);
            break;
        default:
            check_tiles(data);
            break;
    }
    return 0;
}
