// The arithmetic of DeMM without SystemC: slots of a pattern, times of tiles, order of entries, sums of products.

#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include <algorithm>
#include <map>

#include "models/demm/geometry.h"
#include "models/demm/packed_rows.h"
#include "models/demm/row_products.h"
#include "models/demm/slot_rule.h"
#include "models/demm/tile_recurrence.h"
#include "models/memory/multi_port_memory.h"

using namespace nonzero;
using namespace nonzero::demm;

TEST_CASE("slots of a row follow from the pattern") {
    // demm_facts.md P9, P10, D9 and the rows of 3.
    CHECK(slots_of_pattern({8, 128}, 8, 128) == 1);
    CHECK(slots_of_pattern({1, 16}, 8, 128) == 1);
    CHECK(slots_of_pattern({1, 8}, 8, 128) == 2);
    CHECK(slots_of_pattern({1, 4}, 8, 128) == 4);
    CHECK(slots_of_pattern({2, 4}, 8, 128) == 8);
    CHECK(slots_of_pattern({8, 256}, 8, 128) == 1);
    CHECK(slots_of_pattern({16, 256}, 8, 128) == 2);
    CHECK(slots_of_pattern({200, 256}, 8, 128) == 16);  // no more than the window of the memory
    CHECK(slots_of_pattern({8, 256}, 8, 256) == 1);
    CHECK(slots_of_pattern({1, 1}, 8, 128) == 16);
    CHECK(slots_of_pattern({1, 128}, 8, 128) == 1);
    CHECK(slots_of_pattern({9, 128}, 8, 128) == 2);
    CHECK_FALSE(slots_of_pattern({1, 3}, 8, 128).has_value());
    CHECK_FALSE(slots_of_pattern({8, 192}, 8, 128).has_value());
}

TEST_CASE("tiles cover a line once") {
    for (const int n : {1, 63, 64, 65, 128, 200}) {
        int covered = 0;
        for (int tile = 0; tile < tiles_of(n, 64); ++tile) {
            const Range range = tile_range(n, 64, tile);
            CHECK(range.begin == covered);
            CHECK(range.size() >= 1);
            CHECK(range.size() <= 64);
            covered = range.end;
        }
        CHECK(covered == n);
    }
    CHECK(tile_range(2147483647, 128, tiles_of(2147483647, 128) - 1).end == 2147483647);
}

TEST_CASE("tile times follow the closed forms") {
    CHECK(test::property_holds("random tiles", [] {
        const auto depth = *rc::gen::inRange<Cycles>(0, 10);
        const auto count = *rc::gen::inRange<std::size_t>(1, 12);
        std::vector<Cycles> preload;
        std::vector<Cycles> slots;
        for (std::size_t n = 0; n < count; ++n) {
            preload.push_back(*rc::gen::inRange<Cycles>(1, 20));
            slots.push_back(*rc::gen::inRange<Cycles>(1, 20));
        }
        for (const Preload kind : {Preload::serial, Preload::naive, Preload::hidden}) {
            TileRecurrence recurrence(kind, depth);
            std::vector<TileTimes> times;
            Cycles all_slots = 0;
            for (std::size_t n = 0; n < count; ++n) {
                times.push_back(recurrence.next(preload[n], slots[n]));
                all_slots += slots[n];
            }
            Cycles expected = kind == Preload::hidden ? preload[0] + depth : 0;
            for (std::size_t n = 0; n < count; ++n) {
                const Cycles next = n + 1 < count ? preload[n + 1] : 0;
                expected += kind == Preload::hidden   ? std::max(slots[n], next)
                            : kind == Preload::serial ? preload[n] + slots[n]
                                                      : preload[n] + slots[n] + depth;
            }
            expected += kind == Preload::serial ? depth : 0;
            RC_ASSERT(recurrence.finish() == expected);
            RC_ASSERT(recurrence.exposed_preload() + recurrence.drain() + all_slots == expected);
            RC_ASSERT(recurrence.drain() == depth * (kind == Preload::naive ? count : 1));
            for (std::size_t n = 0; n < count; ++n) {
                RC_ASSERT(times[n].preload_end - times[n].preload_begin == preload[n]);
                RC_ASSERT(times[n].compute_end - times[n].compute_begin == slots[n]);
                RC_ASSERT(times[n].compute_begin >= times[n].preload_end);
                if (n > 0) {
                    RC_ASSERT(times[n].compute_begin >= times[n - 1].compute_end);
                    RC_ASSERT(times[n].preload_begin >= times[n - 1].preload_end);
                    const Cycles bank_free =
                        kind == Preload::hidden ? (n > 1 ? times[n - 2].compute_end : 0) : times[n - 1].compute_end;
                    RC_ASSERT(times[n].preload_begin >= bank_free);
                }
            }
        }
    }));
}

namespace {

struct RandomTile {
    std::size_t rows = 1;
    std::size_t columns = 1;
    NmTileFormat format;
    std::vector<std::int16_t> dense;
    std::size_t weights_of(std::size_t row) const {
        const auto begin = dense.begin() + std::ptrdiff_t(row * columns);
        return columns - std::size_t(std::count(begin, begin + std::ptrdiff_t(columns), 0));
    }
    MatrixTile view() const { return {dense.data(), rows, columns, columns}; }
};

RandomTile random_tile(int magnitude) {
    RandomTile tile;
    tile.rows = *rc::gen::inRange<std::size_t>(1, 9);
    tile.columns = *rc::gen::inRange<std::size_t>(1, 20);
    tile.format.ports = *rc::gen::inRange(1, 6);
    tile.format.depth = int(tile.columns) + *rc::gen::inRange(0, 3);
    const int zeros = *rc::gen::inRange(0, 11);
    for (std::size_t n = 0; n < tile.rows * tile.columns; ++n) {
        tile.dense.push_back(*rc::gen::inRange(0, 10) < zeros
                                 ? std::int16_t(0)
                                 : std::int16_t(*rc::gen::inRange(-magnitude, magnitude + 1)));
    }
    return tile;
}

RowRule rule_of(const RandomTile& tile, std::optional<int> uniform) {
    return {tile.format.ports, int(tile.columns), 16, uniform};
}

}  // namespace

TEST_CASE("entries stand at their ports, and rows that are only counted agree") {
    CHECK(test::property_holds("random tiles", [] {
        const RandomTile tile = random_tile(300);
        std::size_t fullest = 1;
        std::vector<std::uint16_t> counts;
        for (std::size_t row = 0; row < tile.rows; ++row) {
            counts.push_back(std::uint16_t(tile.weights_of(row)));
            fullest = std::max(fullest, nm_slots(counts.back(), tile.format.ports));
        }
        std::optional<int> uniform;
        if (*rc::gen::inRange(0, 2) == 0) {
            uniform = int(fullest) + *rc::gen::inRange(0, 3);
        }
        const auto packed = encode_nm_tile(tile.view(), tile.format, std::size_t(uniform.value_or(0)));
        RC_ASSERT(packed.has_value());
        const auto rows = arrange_rows(*packed, rule_of(tile, uniform));
        RC_ASSERT(rows.has_value());
        const auto ports = std::size_t(tile.format.ports);
        RC_ASSERT(rows->row_slots == packed->row_slots);
        RC_ASSERT(rows->values.size() == rows->slots * ports);

        // Put back where they came from, every weight is found once.
        std::vector<std::int16_t> found(tile.dense.size());
        std::vector<std::uint64_t> port_weights(ports);
        std::size_t slot = 0;
        for (std::size_t row = 0; row < tile.rows; ++row) {
            for (const std::size_t end = slot + rows->row_slots[row]; slot < end; ++slot) {
                for (std::size_t port = 0; port < ports; ++port) {
                    const std::uint16_t address = rows->memory_rows[port * rows->slots + slot];
                    const std::int16_t value = rows->values[slot * ports + port];
                    RC_ASSERT((address == RowReadBurst::kNoRead) == (value == 0));
                    if (value != 0) {
                        std::int16_t& place = found[row * tile.columns + address];
                        RC_ASSERT(place == 0);
                        place = value;
                        ++port_weights[port];
                    }
                }
            }
        }
        RC_ASSERT(found == tile.dense);
        RC_ASSERT(rows->port_weights == port_weights);

        const auto counted = count_rows(counts, rule_of(tile, uniform));
        RC_ASSERT(counted.has_value());
        RC_ASSERT(counted->row_slots == rows->row_slots);
        RC_ASSERT(counted->slots == rows->slots);
        RC_ASSERT(counted->weights == rows->weights);
        RC_ASSERT(counted->port_weights == rows->port_weights);
        if (fullest > 1) {
            RC_ASSERT(!count_rows(counts, rule_of(tile, int(fullest) - 1)).has_value());
        }
    }));
}

TEST_CASE("entries that break the rule are refused") {
    // Two rows, two ports, columns 0 .. 3.
    const NmPackedTile sound{{1, 2}, {5, -6, 7, 8, 9, 0}, {0, 3, 1, 2, 3, 0}};
    const RowRule rule{2, 4, 8, std::nullopt};
    const auto accepted = [&](auto change) {
        NmPackedTile tile = sound;
        change(tile);
        return arrange_rows(tile, rule).has_value();
    };
    CHECK(accepted([](NmPackedTile&) {}));
    CHECK_FALSE(accepted([](NmPackedTile& tile) { tile.columns[1] = 4; }));   // outside of the tile
    CHECK_FALSE(accepted([](NmPackedTile& tile) { tile.columns[1] = 0; }));   // twice the same
    CHECK_FALSE(accepted([](NmPackedTile& tile) { tile.columns[3] = 0; }));   // descending
    CHECK_FALSE(accepted([](NmPackedTile& tile) { tile.columns[5] = 1; }));   // padding with an address
    CHECK_FALSE(accepted([](NmPackedTile& tile) { tile.values[2] = 0; }));    // padding before a weight
    CHECK_FALSE(accepted([](NmPackedTile& tile) { tile.values[0] = 128; }));  // too wide
    CHECK_FALSE(accepted([](NmPackedTile& tile) { tile.values[0] = -129; }));
    CHECK_FALSE(accepted([](NmPackedTile& tile) {  // a slot of padding only
        tile.values[4] = 0;
        tile.columns[4] = 0;
    }));
    CHECK_FALSE(arrange_rows(sound, {2, 4, 8, 2}).has_value());  // not uniform
    CHECK_FALSE(arrange_rows(sound, {2, 4, 8, 1}).has_value());
    const std::uint16_t counts[] = {3, 5};
    CHECK_FALSE(count_rows(counts, {2, 4, 8, std::nullopt}).has_value());  // more weights than columns
}

namespace {

template <class Sum>
void check_products(int magnitude) {
    const RandomTile tile = random_tile(magnitude);
    const auto packed = encode_nm_tile(tile.view(), tile.format);
    const auto rows = arrange_rows(packed.value(), rule_of(tile, std::nullopt)).value();
    const auto columns = *rc::gen::inRange<std::size_t>(1, 150);
    const std::size_t pitch = (columns + 31) / 32 * 32;
    std::vector<std::int16_t> operands(tile.columns * pitch);
    for (std::int16_t& word : operands) {
        word = std::int16_t(*rc::gen::inRange(-magnitude, magnitude + 1));
    }
    std::vector<const std::int16_t*> pointers;
    for (const std::uint16_t row : rows.memory_rows) {
        pointers.push_back(row == RowReadBurst::kNoRead ? nullptr : operands.data() + row * pitch);
    }
    RowWork work;
    work.row_slots = rows.row_slots;
    work.values = rows.values.data();
    work.operands = pointers.data();
    work.port_stride = rows.slots;
    work.ports = tile.format.ports;
    work.k = *rc::gen::inRange(1, 6);
    work.columns = columns;

    // Row by row, k slots and thus k * N weights at a time.
    std::vector<Sum> expected;
    const std::size_t stride = sum_stride(columns);
    for (std::size_t row = 0; row < tile.rows; ++row) {
        std::vector<std::size_t> weights;
        for (std::size_t column = 0; column < tile.columns; ++column) {
            if (tile.dense[row * tile.columns + column] != 0) {
                weights.push_back(column);
            }
        }
        const auto most = std::size_t(work.k) * std::size_t(work.ports);
        RC_ASSERT(accumulations(rows.row_slots[row], work.k) ==
                  std::max<std::size_t>(1, (weights.size() + most - 1) / most));
        for (std::size_t begin = 0; begin == 0 || begin < weights.size(); begin += most) {
            for (std::size_t p = 0; p < stride; ++p) {
                Sum sum = 0;
                for (std::size_t n = begin; n < std::min(begin + most, weights.size()) && p < pitch; ++n) {
                    sum += Sum(tile.dense[row * tile.columns + weights[n]]) * operands[weights[n] * pitch + p];
                }
                expected.push_back(sum);
            }
        }
    }
    std::vector<Sum> sums(expected.size(), Sum(77));
    multiply_rows(work, sums.data());
    RC_ASSERT(sums == expected);
}

}  // namespace

TEST_CASE("sums of products in 32 bits") {
    CHECK(test::property_holds("random rows", [] { check_products<std::int32_t>(300); }));
}
TEST_CASE("sums of products of the widest operands") {
    CHECK(test::property_holds("random rows", [] { check_products<double>(32767); }));
}
