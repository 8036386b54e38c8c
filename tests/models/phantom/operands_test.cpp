// Masks and packed values: bytes and back, addresses by prefix popcount, and operands as a core meets them, against
// plain loops.

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <random>

#include "models/masked/packed_operands.h"
#include "models/phantom/core_operands.h"
#include "tests/oracles/random_mask_machines.h"

using namespace nonzero;
using namespace nonzero::phantom;
using namespace nonzero::masked;
using namespace nonzero::test;

namespace {

Geometry geometry_of(const Layer& layer) {
    DilatedShape shape;
    shape.C = layer.C;
    shape.H = layer.H;
    shape.W = layer.W;
    shape.K = layer.K;
    shape.P = layer.P();
    shape.Q = layer.Q();
    shape.KH = layer.KH;
    shape.KW = layer.KW;
    shape.stride_y = layer.stride_y;
    shape.stride_x = layer.stride_x;
    shape.dilation_y = layer.dilation_y;
    shape.dilation_x = layer.dilation_x;
    shape.pad_top = layer.pad.top;
    shape.pad_left = layer.pad.left;
    shape.groups = layer.groups;
    return {shape, 3, 2};
}

MaskedTensor tensor_of(std::span<const std::int16_t> elements) {
    const std::vector<std::uint8_t> bytes = pack_masked(elements);
    auto tensor = MaskedTensor::from_mask(std::span(bytes).first(mask_bytes(elements.size())), elements.size());
    REQUIRE(tensor);
    REQUIRE(tensor->take_values(std::span(bytes).subspan(mask_bytes(elements.size())), 16));
    return *tensor;
}

// All weights out of a region, as the sequencer takes them, filter by filter.
std::vector<std::int16_t> unpacked(const Geometry& geometry, std::span<const std::uint8_t> bytes) {
    const auto order = read_order(geometry.sets(), bytes);
    REQUIRE(order);
    const std::size_t size = geometry.weights_of_filter();
    std::vector<std::int16_t> weights(order->size() * size);
    const std::size_t masks = order->size() * sizeof(std::uint32_t);
    std::span<const std::uint8_t> values = bytes.subspan(masks + order->size() * mask_bytes(size));
    for (std::size_t n = 0; n < order->size(); ++n) {
        auto filter = MaskedTensor::from_mask(bytes.subspan(masks + n * mask_bytes(size), mask_bytes(size)), size);
        REQUIRE(filter);
        const std::size_t own = filter->non_zeros() * sizeof(std::int16_t);
        REQUIRE(values.size() >= own);
        REQUIRE(filter->take_values(values.first(own), 16));
        values = values.subspan(own);
        for (std::size_t element = 0; element < size; ++element) {
            if (filter->at(element)) {
                weights[(*order)[n] * size + element] = filter->values()[filter->rank(element)];
            }
        }
    }
    CHECK(values.empty());
    return weights;
}

}  // namespace

TEST_CASE("masked tensors: bytes and back, and every address") {
    std::mt19937_64 random(1);
    for (int round = 0; round < 200; ++round) {
        std::vector<std::int16_t> elements(random() % 300);
        const auto zeros = unsigned(random() % 5);
        for (std::int16_t& element : elements) {
            element = random() % 4 < zeros ? std::int16_t{0} : std::int16_t(int(random() % 401) - 200);
        }
        std::vector<std::uint8_t> bytes = pack_masked(elements);
        CHECK(bytes.size() <= masked_limit(elements.size()));
        bytes.push_back(7);
        std::span<const std::uint8_t> rest(bytes);
        std::vector<std::int16_t> decoded(elements.size(), 1);
        CHECK(take_masked(rest, decoded));
        CHECK(decoded == elements);
        CHECK(rest.size() == 1);

        const MaskedTensor tensor = tensor_of(elements);
        std::size_t before = 0;
        for (std::size_t n = 0; n < elements.size(); ++n) {
            CHECK(tensor.rank(n) == before);
            CHECK(tensor.at(n) == (elements[n] != 0));
            if (elements[n] != 0) {
                CHECK(tensor.values()[before++] == elements[n]);
            }
            const std::size_t count = std::min<std::size_t>(1 + random() % 64, elements.size() - n);
            const std::uint64_t bits = tensor.bits(n, count);
            for (std::size_t i = 0; i < 64; ++i) {
                CHECK((bits >> i & 1U) == (i < count && elements[n + i] != 0 ? 1U : 0U));
            }
        }
        CHECK(tensor.non_zeros() == before);
    }
}

TEST_CASE("masked tensors: malformed bytes") {
    const std::vector<std::int16_t> elements{1, 0, -3, 0, 0};
    const std::vector<std::uint8_t> sound = pack_masked(elements);
    REQUIRE(sound == std::vector<std::uint8_t>{0b101, 1, 0, 0xFD, 0xFF});
    std::vector<std::int16_t> decoded(5);
    const auto takes = [&](std::vector<std::uint8_t> bytes) {
        std::span<const std::uint8_t> rest(bytes);
        const std::size_t before = rest.size();
        const bool taken = take_masked(rest, decoded);
        CHECK((taken || rest.size() == before));
        return taken;
    };
    CHECK(takes(sound));
    CHECK_FALSE(takes({}));
    CHECK_FALSE(takes({0b101, 1, 0, 0xFD}));
    CHECK_FALSE(takes({0b100101, 1, 0, 0xFD, 0xFF, 1, 0}));  // behind the last element
    CHECK_FALSE(takes({0b101, 1, 0, 0, 0}));                 // a zero among the values
    MaskedTensor tensor = *MaskedTensor::from_mask(std::vector<std::uint8_t>{1}, 5);
    CHECK(tensor.take_values(std::vector<std::uint8_t>{0xFF, 0x00}, 9));
    CHECK_FALSE(tensor.take_values(std::vector<std::uint8_t>{0x00, 0x01}, 9));  // 256
    CHECK(tensor.take_values(std::vector<std::uint8_t>{0x00, 0xFF}, 9));        // -256
    CHECK_FALSE(tensor.take_values(std::vector<std::uint8_t>{0, 0}, 9));
    CHECK_FALSE(tensor.take_values({}, 9));
}

TEST_CASE("packed filters: bytes and back, in the order of work") {
    std::mt19937_64 random(2);
    for (int round = 0; round < 200; ++round) {
        const RandomLayer layer = random_mask_layer(random, round);
        const Geometry geometry = geometry_of(layer.layer);
        const bool sort = round % 3 != 0;
        std::vector<std::uint8_t> bytes =
            pack_filters(geometry.sets(), layer.weights.data, sort, Stored::masks_and_values);
        const auto weights = unpacked(geometry, bytes);
        REQUIRE(weights == layer.weights.data);
        const auto order = read_order(geometry.sets(), bytes);
        REQUIRE(order);
        const std::size_t size = weights.size() / order->size();
        const auto non_zeros = [&](std::size_t filter) {
            const auto own = std::span(weights).subspan(filter * size, size);
            return std::ptrdiff_t(size) - std::ranges::count(own, 0);
        };
        for (std::size_t set = 0; set < geometry.filter_sets(); ++set) {
            for (std::size_t n = geometry.filters_of(set).begin + 1; n < geometry.filters_of(set).end; ++n) {
                const std::size_t a = (*order)[n - 1];
                const std::size_t b = (*order)[n];
                CHECK((sort ? non_zeros(a) > non_zeros(b) || (non_zeros(a) == non_zeros(b) && a < b) : a < b));
            }
        }
        // Masks alone are the front of the whole.
        const auto masks = pack_filters(geometry.sets(), layer.weights.data, sort, Stored::masks);
        CHECK(std::equal(masks.begin(), masks.end(), bytes.begin()));
        bytes[0] = 200;
        CHECK_FALSE(read_order(geometry.sets(), bytes));
    }
}

TEST_CASE("operands of a core are those that its planes read") {
    std::mt19937_64 random(3);
    for (int round = 0; round < 200; ++round) {
        const RandomLayer layer = random_mask_layer(random, round);
        const Geometry geometry = geometry_of(layer.layer);
        if (geometry.mapping() == Mapping::fully_connected) {
            continue;
        }
        const MaskedTensor input = tensor_of(layer.input.data);
        const DilatedShape& shape = geometry.shape();
        const auto channels = std::size_t(geometry.channels_per_group());
        const std::size_t group = random() % std::size_t(shape.groups);
        const Range part = geometry.part(0, int(random() % 3));
        if (part.size() == 0) {
            continue;
        }
        const MovingOperand moving = arrange_inputs(geometry, input, group * channels, part);
        std::size_t place = 0;
        std::vector<bool> read(layer.input.size());
        for (std::size_t row = 0; row < geometry.planes(part) * kPlaneTaps; ++row) {
            CHECK(moving.first[row] == place);
            const Tap tap = geometry.tap(row / kPlaneTaps, int(row % kPlaneTaps));
            for (std::size_t window = 0; window < geometry.windows(part); ++window) {
                const bool run = geometry.mapping() == Mapping::pointwise;
                const int output = int(part.begin + window);
                const int p = run ? output / shape.Q : int(part.begin) + tap.row;
                const int q = run ? output % shape.Q : int(window);
                const int y = p * shape.stride_y + tap.r * shape.dilation_y - shape.pad_top;
                const int x = q * shape.stride_x + tap.s * shape.dilation_x - shape.pad_left;
                std::int16_t value = 0;
                if (tap.inside && y >= 0 && y < shape.H && x >= 0 && x < shape.W) {
                    const std::size_t element =
                        ((group * channels + std::size_t(tap.channel)) * std::size_t(shape.H) + std::size_t(y)) *
                            std::size_t(shape.W) +
                        std::size_t(x);
                    value = layer.input.data[element];
                    read[element] = true;
                }
                CHECK(moving.masks.at(row, window) == (value != 0));
                if (value != 0) {
                    CHECK(moving.values[place++] == value);
                }
            }
        }
        CHECK(place == moving.values.size());
        // Each element that is read crosses the wires once, with the rest of its row.
        const InputElements crossing = inputs_read(geometry, input, group * channels, part);
        CHECK(crossing.all >= std::size_t(std::ranges::count(read, true)));
        CHECK(crossing.non_zeros <= crossing.all);
        if (geometry.mapping() == Mapping::pointwise) {
            CHECK(crossing.non_zeros == moving.values.size());
        }
    }
}

TEST_CASE("inputs are kept where several lanes of filters meet them and they take little memory") {
    const auto kept = [](int channels, int filters, int groups) {
        DilatedShape shape;
        shape.C = channels * groups;
        shape.K = filters * groups;
        shape.groups = groups;
        shape.H = shape.W = shape.P = shape.Q = 224;
        shape.KH = shape.KW = 3;
        shape.stride_y = shape.stride_x = 1;
        shape.pad_top = shape.pad_left = 1;
        return keeps_inputs({shape, 7, 4});
    };
    static_assert(std::size_t{74} * 9 * 224 * 224 <= kKeptValues && std::size_t{75} * 9 * 224 * 224 > kKeptValues);
    CHECK(kept(74, 5, 1));
    CHECK_FALSE(kept(75, 5, 1));
    CHECK_FALSE(kept(74, 4, 1));
    CHECK(kept(37, 5, 2));
    CHECK_FALSE(kept(38, 5, 2));
    CHECK_FALSE(kept(1, 5, 8));
}

TEST_CASE("sums of a core are those of its operands, in 32 bits and beyond") {
    std::mt19937_64 random(4);
    std::array<int, 2> beyond{};
    for (int round = 0; round < 300; ++round) {
        RandomLayer layer = random_mask_layer(random, round);
        const Geometry geometry = geometry_of(layer.layer);
        const Range part = geometry.part(0, 0);
        if (geometry.mapping() == Mapping::fully_connected || part.size() == 0) {
            continue;
        }
        const bool wide = round % 2 != 0;
        for (std::vector<std::int16_t>* const operand : {&layer.input.data, &layer.weights.data}) {
            for (std::int16_t& value : *operand) {
                value = wide && value != 0 ? std::int16_t(value < 0 ? -32768 : 32767) : value;
            }
        }
        const std::size_t size = geometry.weights_of_filter();
        const StationaryOperand filter = arrange_filter(geometry, tensor_of(std::span(layer.weights.data).first(size)));
        const MovingOperand moving = arrange_inputs(geometry, tensor_of(layer.input.data), 0, part);
        const std::size_t planes = geometry.planes(part);
        const std::size_t windows = geometry.windows(part);
        const std::size_t rows = geometry.mapping() == Mapping::depthwise ? part.size() : 1;
        std::vector<std::int64_t> expected(rows * windows);
        std::uint64_t products = 0;
        std::int64_t furthest = 0;
        for (std::size_t plane = 0, stays = 0; plane < planes; ++plane) {
            const std::size_t own = plane % filter.masks.size();
            stays = own == 0 ? 0 : stays;
            for (std::size_t tap = 0; tap < kPlaneTaps; ++tap) {
                std::size_t moves = moving.first[plane * kPlaneTaps + tap];
                const bool used = (filter.masks[own] >> tap & 1U) != 0;
                for (std::size_t window = 0; window < windows; ++window) {
                    if (moving.masks.at(plane * kPlaneTaps + tap, window)) {
                        const std::int64_t value = moving.values[moves++];
                        if (used) {
                            std::int64_t& sum = expected[plane / filter.masks.size() * windows * (rows > 1) + window];
                            sum += value * filter.values[stays];
                            furthest = std::max(furthest, std::abs(sum));
                            ++products;
                        }
                    }
                }
                stays += used;
            }
        }
        for (int again = 0; again < 2; ++again) {
            std::vector<std::int64_t> sums(expected.size());
            CHECK(multiply(geometry, filter, moving, planes, windows, sums) == products);
            CHECK(sums == expected);
        }
        CHECK(multiply(geometry, filter, moving, planes, windows, {}) == products);
        ++beyond[furthest > std::numeric_limits<std::int32_t>::max()];
    }
    CHECK(beyond[0] > 0);
    CHECK(beyond[1] > 0);
}

TEST_CASE("rows of values are added in pairs as one by one, at every width") {
    std::mt19937_64 random(5);
    for (std::size_t positions = kRowBlock; positions <= 20 * kRowBlock; positions += kRowBlock) {
        std::vector<std::int16_t> rows(2 * 20 * positions);
        for (std::int16_t& value : rows) {
            value = std::int16_t(random());
        }
        std::vector<RowPair> pairs;
        for (std::uint32_t pair = 0; pair < 20; pair += 1 + std::uint32_t(random() % 3)) {
            pairs.push_back({pair, {std::int16_t(random() % 512 - 256), std::int16_t(random() % 512 - 256)}});
        }
        std::vector<std::int32_t> expected(positions, 7);
        for (const RowPair& pair : pairs) {
            for (std::size_t n = 0; n < 2 * positions; ++n) {
                expected[n / 2] += pair.weights[n % 2] * rows[2 * positions * pair.pair + n];
            }
        }
        for (const auto add : {add_row_pairs, add_row_pairs_plain}) {
            std::vector<std::int32_t> sums(positions, 7);
            add(pairs, rows.data(), positions, sums.data());
            CHECK(sums == expected);
        }
    }
}
