// Coordinate computation and crossbar routing against the hash of scnn_facts.md 3.1 and 10.9 rule 8, evaluated for
// every product.

#include "models/scnn/crossbar_routing.h"

#include <catch2/catch.hpp>

#include "models/scnn/coordinate_computation.h"
#include "models/scnn/operand_blocks.h"
#include "tests/common/property.h"
#include "tests/models/scnn/literal_model.h"
#include "tests/models/scnn/random_shape.h"

using namespace nonzero;
using namespace nonzero::scnn;

namespace {

struct Case {
    Case() : shape(random_shape()), machine(random_machine()) {
        machine.accumulator_entries = 1 << 16;
        geometry = make_geometry(shape, machine);
    }
    ConvolutionShape shape;
    ScnnParameters machine;
    Geometry geometry;
};

// What the crossbar does with one activation, in the terms of the rules.
struct Direct {
    Direct(const Case& test, int y_in, int x_in)
        : shape(test.shape), bank(literal::bank_of(test.shape, test.machine)), y(y_in), x(x_in) {
        yo_min = first_reached(literal::rows_of(shape), test.machine.pe_rows, y);
        xo_min = first_reached(literal::columns_of(shape), test.machine.pe_columns, x);
    }
    static int first_reached(const literal::Axis& axis, int parts, int position) {
        for (int index = 0; index < parts; ++index) {
            const Range tile = literal::part(axis.inputs, parts, index);
            if (tile.contains(position)) {
                const std::vector<int> reached = literal::reached(axis, tile);
                return reached.empty() ? 0 : reached.front();
            }
        }
        return 0;
    }
    int phase() const {
        return (y + shape.pad_top) % shape.stride_y * shape.stride_x + (x + shape.pad_left) % shape.stride_x;
    }
    // Bank of the product with tap number `tap` of the phase, or -1 outside of the plane.
    int operator()(int tap, int columns, int k, int k_base) const {
        const int yo = (y + shape.pad_top) / shape.stride_y - tap / columns;
        const int xo = (x + shape.pad_left) / shape.stride_x - tap % columns;
        if (yo < 0 || xo < 0 || yo >= shape.P || xo >= shape.Q) {
            return -1;
        }
        return bank(k, k_base, yo, yo_min, xo, xo_min);
    }
    ConvolutionShape shape;
    literal::BankOf bank;
    int y;
    int x;
    int yo_min = 0;
    int xo_min = 0;
};

std::vector<WeightEntry> random_entries(const Case& test, const pe_array::ChannelGroup& group, int phase) {
    const PhaseKernel kernel = phase_kernel(test.geometry, phase);
    const auto dense = random_values(std::size_t(kernel.taps()) * std::size_t(group.k_count));
    std::vector<WeightEntry> entries;
    for (const literal::Entry& entry : literal::store(dense, test.machine.placeholders)) {
        entries.push_back({entry.value, std::uint16_t(entry.index % std::size_t(group.k_count)),
                           std::uint16_t(entry.index / std::size_t(group.k_count)), 0});
    }
    return entries;
}

template <class Count>
void check_activation(const Case& test, const Direct& direct, std::uint32_t place,
                      const CoordinateComputation& coordinates, const CrossbarRouting<Count>& routing,
                      const std::vector<WeightEntry>& entries, const pe_array::ChannelGroup& group) {
    const int columns = phase_kernel(test.geometry, direct.phase()).columns;
    const auto f = std::size_t(test.machine.f);
    std::uint32_t kept = 0;
    std::uint32_t dropped = 0;
    RC_ASSERT(routing.vectors() == (entries.size() + f - 1) / f);
    for (std::size_t vector = 0; vector < routing.vectors(); ++vector) {
        std::vector<int> expected(routing.banks(), 0);
        bool touches_plane = false;
        for (std::size_t n = vector * f; n < std::min(entries.size(), (vector + 1) * f); ++n) {
            if (entries[n].value == 0) {
                continue;
            }
            const int bank = direct(entries[n].tap, columns, group.k_begin + entries[n].k_offset, group.k_begin);
            kept += bank >= 0 ? 1 : 0;
            dropped += bank < 0 ? 1 : 0;
            touches_plane = touches_plane || bank >= 0;
            if (bank >= 0) {
                ++expected[std::size_t(bank)];
            }
        }
        const Count* const counts = routing.of(place) + vector * routing.banks();
        RC_ASSERT(std::vector<int>(counts, counts + routing.banks()) == expected);
        // What makes a slot void.
        const bool inside = (routing.touched(place, vector / 64) >> (vector % 64) & 1) != 0;
        RC_ASSERT(inside == touches_plane);
    }
    RC_ASSERT(routing.kept(place) == kept);
    RC_ASSERT(routing.operands() == kept + dropped);
    if (coordinates.interior(direct.phase(), place)) {
        RC_ASSERT(dropped == 0U);
    }
}

template <class Count>
void check_random_routing() {
    const Case test;
    const BankCodes codes(test.machine.bank_hash, test.geometry, test.machine.accumulator_banks);
    const CoordinateComputation coordinates(test.geometry, codes);
    const BankRows<Count> rows(codes);
    const pe_array::ChannelGroup group = *rc::gen::elementOf(test.geometry.channel_groups);
    const std::vector<std::uint16_t> k_codes = codes.k_codes(group.k_begin, group.k_count);
    std::vector<std::vector<WeightEntry>> entries;
    std::vector<CrossbarRouting<Count>> routings(std::size_t(test.geometry.phases()));
    for (int phase = 0; phase < test.geometry.phases(); ++phase) {
        entries.push_back(random_entries(test, group, phase));
        routings[std::size_t(phase)].build(coordinates, codes, rows, std::size_t(test.machine.f), phase, entries.back(),
                                           k_codes);
    }
    for (int y = 0; y < test.shape.H; ++y) {
        for (int x = 0; x < test.shape.W; ++x) {
            const Direct direct(test, y, x);
            const auto phase = std::size_t(direct.phase());
            const std::uint32_t place = coordinates.of(y, x);
            RC_ASSERT(place != CoordinateComputation::kVoid);
            RC_ASSERT(place < std::uint32_t(coordinates.classes(direct.phase())));
            check_activation(test, direct, place, coordinates, routings[phase], entries[phase], group);
        }
    }
    // A placeholder goes nowhere.
    for (const auto& routing : routings) {
        RC_ASSERT(routing.kept(CoordinateComputation::kVoid) == 0U);
        for (std::size_t word = 0; word < routing.touched_words(); ++word) {
            RC_ASSERT(routing.touched(CoordinateComputation::kVoid, word) == 0U);
        }
        const Count* const counts = routing.of(CoordinateComputation::kVoid);
        RC_ASSERT(std::count(counts, counts + routing.vectors() * routing.banks(), Count(0)) ==
                  std::ptrdiff_t(routing.vectors() * routing.banks()));
    }
}

// Every tap of every position: inside, interior and the tap codes.
void check_random_places() {
    const Case test;
    const BankCodes codes(test.machine.bank_hash, test.geometry, test.machine.accumulator_banks);
    const CoordinateComputation coordinates(test.geometry, codes);
    const int k = in_range(0, test.shape.K - 1);
    const int k_base = in_range(0, k);
    for (int y = 0; y < test.shape.H; ++y) {
        for (int x = 0; x < test.shape.W; ++x) {
            const Direct direct(test, y, x);
            const int phase = direct.phase();
            const std::uint32_t place = coordinates.of(y, x);
            const PhaseKernel kernel = phase_kernel(test.geometry, phase);
            bool all_inside = true;
            for (int tap = 0; tap < kernel.taps(); ++tap) {
                const int bank = direct(tap, kernel.columns, k, k_base);
                all_inside = all_inside && bank >= 0;
                const std::uint16_t code = coordinates.tap_codes(phase, std::size_t(tap))[place];
                RC_ASSERT((code == codes.outside()) == (bank < 0));
                RC_ASSERT(codes.bank(codes.index(code, codes.k_code(k, k - k_base))) == bank);
                RC_ASSERT(codes.bank(codes.index(code, codes.placeholder())) == -1);
                const auto word = coordinates.inside(phase, place)[std::size_t(tap / 64)];
                RC_ASSERT((word >> (tap % 64) & 1) == (bank >= 0 ? 1U : 0U));
            }
            RC_ASSERT(coordinates.interior(phase, place) == all_inside);
        }
    }
}

}  // namespace

TEST_CASE("tap codes and banks of every position equal the hash") {
    CHECK(test::property_holds("places", [] { check_random_places(); }));
}

TEST_CASE("8-bit routing tables hold the banks of every product") {
    CHECK(test::property_holds("routing", [] { check_random_routing<std::uint8_t>(); }));
}

TEST_CASE("16-bit routing tables hold the banks of every product") {
    CHECK(test::property_holds("routing", [] { check_random_routing<std::uint16_t>(); }));
}

TEST_CASE("kernels of more than 64 taps are routed") {
    ConvolutionShape shape;
    shape.H = shape.W = 14;
    shape.KH = shape.KW = 11;
    shape.P = shape.Q = 4;
    shape.K = 2;
    const Geometry geometry = make_geometry(shape, {});
    const BankCodes codes(BankHash::h1, geometry, 32);
    const CoordinateComputation coordinates(geometry, codes);
    const BankRows<std::uint8_t> rows(codes);
    CHECK(coordinates.tap_words(0) == 2);
    std::vector<WeightEntry> entries;
    entries.reserve(121);
    for (int tap = 0; tap < 121; ++tap) {
        entries.push_back({1, 1, std::uint16_t(tap), 0});
    }
    CrossbarRouting<std::uint8_t> routing;
    routing.build(coordinates, codes, rows, 4, 0, entries, codes.k_codes(0, 2));
    const literal::BankOf bank = literal::bank_of(shape, {});
    for (int y = 0; y < 14; ++y) {
        for (int x = 0; x < 14; ++x) {
            std::vector<int> expected(32, 0);
            for (int tap = 0; tap < 121; ++tap) {
                const int yo = y - tap / 11;
                const int xo = x - tap % 11;
                if (yo >= 0 && yo < 4 && xo >= 0 && xo < 4) {
                    ++expected[std::size_t(bank(1, 0, yo, 0, xo, 0))];
                }
            }
            std::vector<int> counted(32, 0);
            for (std::size_t vector = 0; vector < routing.vectors(); ++vector) {
                for (std::size_t n = 0; n < 32; ++n) {
                    counted[n] += routing.of(coordinates.of(y, x))[vector * routing.banks() + n];
                }
            }
            CHECK(counted == expected);
        }
    }
}
