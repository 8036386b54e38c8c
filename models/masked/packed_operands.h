#pragma once
// How operands lie in memory, as masks and packed values of 16 bits (workloads/formats/bitmask.h), little endian:
//   input    mask of C x H x W elements | its non-zeros. An output, K x P x Q, is the same.
//   weights  u32 filter[K], in the order of work | the masks of these filters, C/groups x KH x KW elements each, whole
//            bytes | their non-zeros, filter after filter
// COUNT_ONLY reads no values; an image made for counting ends before them. Plain C++.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/masked/masked_layer.h"

namespace nonzero::masked {

enum class Stored { masks_and_values, masks };

std::vector<std::uint8_t> pack_masked(std::span<const std::int16_t> elements, Stored stored = Stored::masks_and_values);
// From the front of the bytes, which move on; false: malformed, a zero among the values.
bool take_masked(std::span<const std::uint8_t>& bytes, std::span<std::int16_t> elements);
// Bytes that so many elements take at most.
std::uint64_t masked_limit(std::uint64_t elements);

// weights: K x C/groups x KH x KW. sort: phantom_facts.md 9 rule 5.
std::vector<std::uint8_t> pack_filters(const FilterSets& sets, std::span<const std::int16_t> weights, bool sort,
                                       Stored stored);
// The filters in the order of work out of the front of a region; nullopt unless each set has its own, once.
std::optional<std::vector<std::size_t>> read_order(const FilterSets& sets, std::span<const std::uint8_t> bytes);

}  // namespace nonzero::masked
