#include "models/masked/packed_operands.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "models/masked/filter_order.h"
#include "models/masked/masked_tensor.h"
#include "workloads/formats/bitmask.h"

namespace nonzero::masked {

static_assert(std::endian::native == std::endian::little, "values are stored as the host holds them");

namespace {

template <class Item>
void append(std::vector<std::uint8_t>& bytes, const std::vector<Item>& items) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(items.data());
    bytes.insert(bytes.end(), first, first + items.size() * sizeof(Item));
}

std::size_t set_bits(std::span<const std::uint8_t> mask) {
    std::size_t bits = 0;
    for (const std::uint8_t byte : mask) {
        bits += std::size_t(std::popcount(byte));
    }
    return bits;
}

// A mask and its values, which lie apart; false: malformed.
bool decode(std::span<const std::uint8_t> mask, std::span<const std::uint8_t>& values,
            std::span<std::int16_t> elements) {
    BitmaskBlock block;
    block.mask.assign(mask.begin(), mask.end());
    block.values.resize(set_bits(mask));
    const std::size_t size = block.values.size() * sizeof(std::int16_t);
    if (values.size() < size) {
        return false;
    }
    if (size > 0) {
        std::memcpy(block.values.data(), values.data(), size);
    }
    values = values.subspan(size);
    return std::ranges::find(block.values, 0) == block.values.end() && decode_bitmask(block, elements);
}

}  // namespace

std::vector<std::uint8_t> pack_masked(std::span<const std::int16_t> elements, Stored stored) {
    const BitmaskBlock block = encode_bitmask(elements);
    std::vector<std::uint8_t> bytes = block.mask;
    if (stored == Stored::masks_and_values) {
        append(bytes, block.values);
    }
    return bytes;
}

bool take_masked(std::span<const std::uint8_t>& bytes, std::span<std::int16_t> elements) {
    const std::size_t mask = mask_bytes(elements.size());
    if (bytes.size() < mask) {
        return false;
    }
    std::span<const std::uint8_t> values = bytes.subspan(mask);
    if (!decode(bytes.first(mask), values, elements)) {
        return false;
    }
    bytes = values;
    return true;
}

std::uint64_t masked_limit(std::uint64_t elements) {
    return mask_bytes(elements) + elements * sizeof(std::int16_t);
}

std::vector<std::uint8_t> pack_filters(const FilterSets& sets, std::span<const std::int16_t> weights, bool sort,
                                       Stored stored) {
    const std::size_t size = sets.weights_of_filter();
    std::vector<BitmaskBlock> blocks;
    std::vector<std::uint64_t> non_zeros;
    for (std::size_t filter = 0; filter < sets.filters(); ++filter) {
        blocks.push_back(encode_bitmask(weights.subspan(filter * size, size)));
        non_zeros.push_back(blocks.back().values.size());
    }
    const std::vector<std::size_t> order = order_of_work(sets, sort, non_zeros);
    std::vector<std::uint8_t> bytes;
    append(bytes, std::vector<std::uint32_t>(order.begin(), order.end()));
    for (const std::size_t filter : order) {
        append(bytes, blocks[filter].mask);
    }
    for (std::size_t n = 0; stored == Stored::masks_and_values && n < order.size(); ++n) {
        append(bytes, blocks[order[n]].values);
    }
    return bytes;
}

std::optional<std::vector<std::size_t>> read_order(const FilterSets& sets, std::span<const std::uint8_t> bytes) {
    std::vector<std::uint32_t> table(sets.filters());
    if (bytes.size() < table.size() * sizeof table[0]) {
        return std::nullopt;
    }
    std::memcpy(table.data(), bytes.data(), table.size() * sizeof table[0]);
    std::vector<bool> met(table.size());
    for (std::size_t set = 0; set < sets.sets(); ++set) {
        const Range filters = sets.filters_of(set);
        for (std::size_t place = filters.begin; place < filters.end; ++place) {
            const std::size_t filter = table[place];
            if (filter < filters.begin || filter >= filters.end || met[filter]) {
                return std::nullopt;
            }
            met[filter] = true;
        }
    }
    return std::vector<std::size_t>(table.begin(), table.end());
}

}  // namespace nonzero::masked
