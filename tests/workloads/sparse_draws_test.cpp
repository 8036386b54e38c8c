#include "workloads/sparse_draws.h"

#include "tests/common/property.h"

#include <boost/random/bernoulli_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/seed_seq.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "tests/common/in_range.h"
#include "workloads/mersenne_twister.h"

using namespace nonzero;

namespace {

using Words = std::vector<std::uint64_t>;
using Values = std::vector<std::int16_t>;

constexpr ValueRange kRanges[] = {{-127, 127}, {1, 255}, {-3, 0}, {-16384, 16383}};

// A stream of given words.
struct WordSource {
    using result_type = std::uint64_t;
    static constexpr std::uint64_t min() { return 0; }
    static constexpr std::uint64_t max() { return UINT64_MAX; }
    std::uint64_t operator()() { return words.at(next++); }

    Words words;
    std::size_t next = 0;
};

// Element after element, by the distributions of a library.
template <class Source>
Values drawn_one_by_one(Source& source, std::size_t count, double density, const ValueRange& range) {
    const bool skips_zero = range.low <= 0 && range.high >= 0;
    const boost::random::bernoulli_distribution<double> is_non_zero(density);
    Values elements(count);
    for (std::int16_t& element : elements) {
        if (is_non_zero(source)) {
            const int value =
                boost::random::uniform_int_distribution<int>(range.low, range.high - (skips_zero ? 1 : 0))(source);
            element = std::int16_t(value + (skips_zero && value >= 0 ? 1 : 0));
        }
    }
    return elements;
}

Values drawn_in_parts(const Words& words, std::size_t count, double density, const ValueRange& range,
                      std::size_t largest_part) {
    SparseDraws draws(density, range);
    Values elements(count);
    std::size_t filled = 0;
    for (std::size_t next = 0; filled < count;) {
        const std::size_t part = std::min(largest_part, count - filled);
        filled += draws.take(std::span(words).subspan(next, part), &elements[filled]);
        next += part;
    }
    return elements;
}

}  // namespace

TEST_CASE("the twister has the numbers of the standard's") {
    std::seed_seq sequence{5, 4, 3};
    std::mt19937_64 expected(sequence);
    std::array<std::uint32_t, 2 * MersenneTwister::kWords> seed;
    sequence.generate(seed.begin(), seed.end());
    MersenneTwister twister(seed);
    for (int state = 0; state < 4; ++state) {
        for (const std::uint64_t number : twister.next()) {
            REQUIRE(number == expected());
        }
    }
}

TEST_CASE("elements are those that are drawn one by one") {
    CHECK(test::property_holds("of any density and range, the words taken in any parts", [] {
        const std::size_t count = std::size_t(in_range(1, 700));
        const double density = *rc::gen::element(0.001, 0.1, 0.35, 0.5, 0.75, 0.999, 1.0);
        const ValueRange range = *rc::gen::elementOf(std::vector<ValueRange>(std::begin(kRanges), std::end(kRanges)));
        boost::random::mt19937_64 engine(unsigned(in_range(0, 1 << 20)));
        Words words(2 * count + 200);
        boost::random::mt19937_64 copy = engine;
        std::ranges::generate(words, copy);
        const auto part = std::size_t(in_range(1, 200));
        RC_ASSERT(drawn_in_parts(words, count, density, range, part) ==
                  drawn_one_by_one(engine, count, density, range));
    }));
}

TEST_CASE("words at every bound mean what they mean one by one") {
    for (const ValueRange& range : {kRanges[0], kRanges[1], kRanges[2], kRanges[3]}) {
        for (const double density : {0.25, 0.35, 1.0}) {
            const auto flag = std::uint64_t(0.25 * 18446744073709551615.0) - 4096;  // an element that is not zero
            const auto numbers = std::uint64_t(range.high - range.low) + (range.low <= 0 && range.high >= 0 ? 0U : 1U);
            const std::uint64_t of_value = UINT64_MAX / numbers + (UINT64_MAX % numbers == numbers - 1 ? 1 : 0);
            Words words;
            for (std::uint64_t number = 0; number < std::min<std::uint64_t>(numbers, 300); ++number) {
                for (const std::uint64_t value : {number * of_value - 1, number * of_value, number * of_value + 1}) {
                    words.insert(words.end(), {flag, value});
                }
            }
            // Behind the last value: drawn again where the words do not divide.
            words.insert(words.end(), {flag, UINT64_MAX, UINT64_MAX, 0, UINT64_MAX, flag, UINT64_MAX - 300});
            words.resize(words.size() + 400, flag);
            const std::size_t count = words.size() / 2 - 100;
            WordSource source{words};
            const Values expected = drawn_one_by_one(source, count, density, range);
            for (const std::size_t part : {1U, 64U, 1000U}) {
                CHECK(drawn_in_parts(words, count, density, range, part) == expected);
            }
        }
    }
}

TEST_CASE("a tensor of zeros takes no word") {
    CHECK_FALSE(SparseDraws(0, {1, 255}).draws());
    CHECK(SparseDraws(1e-30, {1, 255}).draws());
}
