// Storage formats of sparse operands: what is packed unpacks to the same, and damaged bytes are refused or unpacked.

#include <algorithm>
#include <stdexcept>

#include "fuzz/support.h"
#include "workloads/formats/bitmask.h"
#include "workloads/formats/csc.h"
#include "workloads/formats/nm_packed.h"
#include "workloads/formats/operand_block.h"

using namespace nonzero;
using fuzz::require;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Values = std::vector<std::int16_t>;

constexpr BlockFormat kBlockFormats[] = {BlockFormat::zero_run4, BlockFormat::zero_run16, BlockFormat::dense};

void check_blocks(FuzzedDataProvider& data) {
    const BlockFormat format = data.PickValueInArray(kBlockFormats);
    const Values elements = fuzz::sparse_values(data, data.ConsumeIntegralInRange<std::size_t>(0, 80));
    Bytes bytes;
    ZeroRunBlock block;
    append_block(elements, format, block, bytes);
    require(bytes.size() <= packed_block_limit(elements.size(), format), "a block takes no more than its limit");
    std::span<const std::uint8_t> rest(bytes);
    Values decoded(elements.size());
    require(take_block(rest, elements.size(), format, block) && rest.empty(), "a packed block is taken whole");
    require(decode_zero_run(block, decoded) && decoded == elements, "a block unpacks to what was packed");
    fuzz::damage(data, bytes);
    for (rest = bytes; take_block(rest, elements.size(), format, block) && !rest.empty() && !elements.empty();) {
        decode_zero_run(block, decoded);
    }
}

void check_series(FuzzedDataProvider& data) {
    const BlockFormat format = data.PickValueInArray(kBlockFormats);
    const auto length = data.ConsumeIntegralInRange<std::size_t>(1, 300);
    const auto blocks = data.ConsumeIntegralInRange<std::size_t>(0, 6);
    const Values elements = fuzz::sparse_values(data, blocks * length);
    Bytes bytes;
    append_series(elements, length, format, bytes);
    require(bytes.size() <= packed_series_limit(blocks, length, format), "a series takes no more than its limit");
    ZeroRunSeries series;
    const auto check = [&] {
        Values decoded(elements.size());
        std::size_t entry = 0;
        for (std::size_t n = 0; n < blocks; ++n) {
            for (; entry < series.ends[n]; ++entry) {
                require(series.positions[entry] < length, "an entry lies inside of its block");
                decoded[n * length + series.positions[entry]] = series.values[entry];
            }
        }
        return decoded;
    };
    require(read_series(bytes, blocks, length, format, series), "a packed series is read");
    require(check() == elements, "a series unpacks to what was packed");
    fuzz::damage(data, bytes);
    if (read_series(bytes, blocks, length, format, series)) {
        check();
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
    switch (data.ConsumeIntegralInRange(0, 4)) {
        case 0:
            check_blocks(data);
            break;
        case 1:
            check_series(data);
            break;
        case 2:
            check_bitmask(data);
            break;
        case 3:
            check_csc(data);
            break;
        default:
            check_tiles(data);
            break;
    }
    return 0;
}
