#include "models/sparten/vectors.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "models/masked/non_zeros.h"

namespace nonzero::sparten {

using masked::kWordBits;

namespace {

// `count` bits of words from `first` on, into a mask from a position on.
void put_bits(const std::vector<std::uint64_t>& from, std::size_t first, std::size_t count, const VectorShape& shape,
              std::size_t position, std::uint64_t* mask) {
    while (count > 0) {
        const std::size_t bit = position % shape.chunk_positions;
        const std::size_t n =
            std::min({count, shape.chunk_positions - bit, kWordBits - bit % kWordBits, kWordBits - first % kWordBits});
        std::uint64_t bits = from[first / kWordBits] >> first % kWordBits;
        if (n < kWordBits) {
            bits &= (std::uint64_t{1} << n) - 1;
        }
        mask[position / shape.chunk_positions * shape.chunk_words() + bit / kWordBits] |= bits << bit % kWordBits;
        first += n;
        position += n;
        count -= n;
    }
}

std::uint64_t chunk_weights(const FilterBlock& block, std::size_t filter, std::size_t chunk) {
    std::uint64_t count = 0;
    for (std::size_t word = 0; word < block.vectors.shape.chunk_words(); ++word) {
        count += std::uint64_t(std::popcount(block.vectors.mask(filter, chunk)[word]));
    }
    return count;
}

// Rule 2: with hardware balancing the places are dealt anew for every chunk.
void deal_places(Balancing balancing, FilterBlock& block) {
    const std::size_t filters = block.filters.size();
    block.places.resize(block.vectors.shape.chunks() * filters);
    std::vector<std::uint64_t> weights(filters);
    for (std::size_t chunk = 0; chunk < block.vectors.shape.chunks(); ++chunk) {
        const auto places = std::span(block.places).subspan(chunk * filters, filters);
        std::iota(places.begin(), places.end(), 0U);
        if (balancing == Balancing::gb_h) {
            for (std::size_t filter = 0; filter < filters; ++filter) {
                weights[filter] = chunk_weights(block, filter, chunk);
            }
            std::ranges::stable_sort(places, [&](auto a, auto b) { return weights[a] > weights[b]; });
        }
    }
}

}  // namespace

LayerPlan::LayerPlan(const nz_descriptor& descriptor, const SpartenParameters& with)
    : MaskedLayer(descriptor, with.operand_bits, with.accumulator_bits),
      parameters(with),
      vectors{filter_sets.weights_of_filter(), std::size_t(with.chunk_positions)} {}

Range LayerPlan::cells_of(std::size_t cluster) const {
    const auto clusters = std::size_t(parameters.clusters);
    const std::size_t each = (positions() + clusters - 1) / clusters;
    return positions() == 1 ? Range{0, 1}
                            : Range{std::min(cluster * each, positions()), std::min((cluster + 1) * each, positions())};
}

std::vector<Range> LayerPlan::blocks() const {
    const auto size = std::size_t(parameters.filters_of_block());
    std::vector<Range> blocks;
    for (std::size_t set = 0; set < filter_sets.sets(); ++set) {
        const Range filters = filter_sets.filters_of(set);
        for (std::size_t first = filters.begin; first < filters.end; first += size) {
            blocks.push_back({first, std::min(first + size, filters.end)});
        }
    }
    return blocks;
}

Vectors::Vectors(const VectorShape& of, std::size_t vectors, bool with_values)
    : shape(of), count(vectors), masks(vectors * of.words()), values(with_values ? vectors * of.positions : 0) {}

std::uint64_t Vectors::non_zeros() const {
    std::uint64_t bits = 0;
    for (const std::uint64_t word : masks) {
        bits += std::uint64_t(std::popcount(word));
    }
    return bits;
}

FilterBlock filter_block(const LayerPlan& plan, const masked::Filters& filters, const Range& places) {
    const VectorShape& shape = plan.vectors;
    const std::size_t taps = std::size_t(plan.shape.KH) * std::size_t(plan.shape.KW);
    const std::size_t channels = plan.channels_per_group();
    FilterBlock block;
    block.vectors = Vectors(shape, places.size(), !plan.count_only);
    for (std::size_t place = places.begin; place < places.end; ++place) {
        const std::size_t vector = place - places.begin;
        const std::size_t filter = filters.order[place];
        block.filters.push_back(filter);
        const auto known = std::ranges::find(block.groups, plan.group_of(filter));
        block.inputs.push_back(std::uint32_t(known - block.groups.begin()));
        if (known == block.groups.end()) {
            block.groups.push_back(plan.group_of(filter));
        }
        std::uint64_t* const mask = block.vectors.masks.data() + vector * shape.words();
        masked::for_each_non_zero(filters.tensors[place], [&](std::size_t element, std::int16_t value) {
            const std::size_t position = element % taps * channels + element / taps;
            const std::size_t bit = position % shape.chunk_positions;
            mask[position / shape.chunk_positions * shape.chunk_words() + bit / kWordBits] |= std::uint64_t{1}
                                                                                              << bit % kWordBits;
            if (!plan.count_only) {
                block.vectors.values[vector * shape.positions + position] = value;
            }
        });
    }
    deal_places(plan.parameters.balancing, block);
    return block;
}

InputMap::InputMap(const LayerPlan& plan, const masked::MaskedTensor& input)
    : masks_(masked::words_of(input.elements()) + 1), values_(plan.count_only ? 0 : input.elements()) {
    const auto channels = std::size_t(plan.shape.C);
    const std::size_t plane = std::size_t(plan.shape.H) * std::size_t(plan.shape.W);
    masked::for_each_non_zero(input, [&](std::size_t element, std::int16_t value) {
        const std::size_t at = element % plane * channels + element / plane;
        masks_[at / kWordBits] |= std::uint64_t{1} << at % kWordBits;
        if (!values_.empty()) {
            values_[at] = value;
        }
    });
}

Vectors InputMap::cells(const LayerPlan& plan, const Range& cells, std::span<const std::size_t> groups) const {
    Vectors vectors(plan.vectors, cells.size() * groups.size(), !plan.count_only);
    std::size_t vector = 0;
    for (std::size_t cell = cells.begin; cell < cells.end; ++cell) {
        for (const std::size_t group : groups) {
            append(plan, cell, group, vectors, vector++);
        }
    }
    return vectors;
}

void InputMap::append(const LayerPlan& plan, std::size_t cell, std::size_t group, Vectors& vectors,
                      std::size_t vector) const {
    const masked::DilatedShape& shape = plan.shape;
    const std::size_t channels = plan.channels_per_group();
    const int top = int(cell / std::size_t(shape.Q)) * shape.stride_y - shape.pad_top;
    const int left = int(cell % std::size_t(shape.Q)) * shape.stride_x - shape.pad_left;
    std::uint64_t* const mask = vectors.masks.data() + vector * vectors.shape.words();
    std::size_t position = 0;
    for (int r = 0; r < shape.KH; ++r) {
        const int y = top + r * shape.dilation_y;
        for (int s = 0; s < shape.KW; ++s, position += channels) {
            const int x = left + s * shape.dilation_x;
            if (y < 0 || y >= shape.H || x < 0 || x >= shape.W) {
                continue;
            }
            const std::size_t pixel = std::size_t(y) * std::size_t(shape.W) + std::size_t(x);
            const std::size_t first = pixel * std::size_t(shape.C) + group * channels;
            put_bits(masks_, first, channels, vectors.shape, position, mask);
            if (!values_.empty()) {
                std::copy_n(values_.begin() + std::ptrdiff_t(first), channels,
                            vectors.values.begin() + std::ptrdiff_t(vector * vectors.shape.positions + position));
            }
        }
    }
}

}  // namespace nonzero::sparten
