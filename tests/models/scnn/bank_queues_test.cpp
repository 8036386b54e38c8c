// BankQueues against the queues of scnn_facts.md 10.1 moved entry by entry.

#include "models/scnn/bank_queues.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/common/in_range.h"
#include "tests/models/scnn/literal_model.h"

using namespace nonzero;
using namespace nonzero::scnn;

namespace {

// A queue set with the same things done to the literal one.
template <class Count>
struct Pair {
    Pair(int bank_count, int queue_depth, bool single)
        : banks(bank_count),
          padded(std::size_t(BankQueues<Count>::padded(bank_count))),
          queues(bank_count, queue_depth, single),
          literal(bank_count, queue_depth, single) {}

    std::vector<Count> counts(const std::vector<int>& products) const {
        std::vector<Count> per_bank(padded, 0);
        for (const int bank : products) {
            ++per_bank[std::size_t(bank)];
        }
        return per_bank;
    }
    void compare() const {
        RC_ASSERT(int(queues.fullest()) == literal.fullest());
        RC_ASSERT(int(queues.peak()) == literal.peak());
    }
    void issue(const std::vector<int>& products) {
        RC_ASSERT(queues.issue(counts(products).data()) == literal.issue(products));
        compare();
    }

    int banks;
    std::size_t padded;
    BankQueues<Count> queues;
    literal::Queues literal;
};

// Products of one lane of a vector: few banks, so that queues fill up.
std::vector<int> random_products(int banks, int most) {
    const int used = in_range(1, std::min(banks, 4));
    const int first = in_range(0, banks - used);
    return *rc::gen::container<std::vector<int>>(std::size_t(in_range(0, most)), rc::gen::inRange(first, first + used));
}

// Products of the activations' classes with every weight vector of a block, and activations in up to three rows, some
// of the same class or placeholders (class 0).
template <class Count>
struct RandomBlock {
    RandomBlock(const Pair<Count>& pair, int f, int i) : vectors(std::size_t(in_range(1, 6))) {
        const auto classes = std::size_t(in_range(1, 6));
        products.resize(classes * vectors);
        for (std::size_t n = 0; n < products.size(); ++n) {
            if (n >= vectors) {
                products[n] = random_products(pair.banks, f);
            }
            const auto counts = pair.counts(products[n]);
            table.insert(table.end(), counts.begin(), counts.end());
        }
        for (int n = in_range(1, 3 * i); n > 0; --n) {
            places.push_back(std::uint32_t(in_range(0, int(classes) - 1)));
        }
    }
    BlockPair<Count> pair() const { return {places, table.data(), vectors}; }
    Cycles issue(literal::Queues& literal, std::size_t length) const {
        Cycles cycles = 0;
        for (std::size_t first = 0; first < places.size(); first += length) {
            for (std::size_t vector = 0; vector < vectors; ++vector) {
                std::vector<int> of_row;
                for (std::size_t n = first; n < std::min(places.size(), first + length); ++n) {
                    const auto& of_lane = products[places[n] * vectors + vector];
                    of_row.insert(of_row.end(), of_lane.begin(), of_lane.end());
                }
                cycles += literal.issue(of_row);
            }
        }
        return cycles;
    }

    std::size_t vectors;
    std::vector<std::vector<int>> products;  // [class][vector]
    std::vector<Count> table;
    std::vector<std::uint32_t> places;
};

template <class Count>
void issue_blocks(Pair<Count>& pair, int f, int i) {
    const auto length = std::size_t(i);
    std::vector<RandomBlock<Count>> blocks;
    std::vector<BlockPair<Count>> pairs;
    Cycles expected = 0;
    for (int n = in_range(0, 3); n > 0; --n) {
        blocks.emplace_back(pair, f, i);
        pairs.push_back(blocks.back().pair());
        expected += blocks.back().issue(pair.literal, length);
    }
    RC_ASSERT(pair.queues.issue_blocks(pairs, length) == expected);
    pair.compare();
}

template <class Count>
void compare_random(int deepest, int widest) {
    const int f = in_range(1, widest);
    const int i = in_range(1, widest);
    Pair<Count> pair(in_range(1, 70), in_range(1, deepest), *rc::gen::arbitrary<bool>());
    for (int step = 0; step < 40; ++step) {
        switch (in_range(0, 3)) {
            case 0:
                issue_blocks(pair, f, i);
                break;
            case 1: {
                const int cycles = in_range(0, 12);
                pair.queues.idle(Cycles(cycles));
                for (int cycle = 0; cycle < cycles; ++cycle) {
                    pair.literal.retire();
                }
                pair.compare();
                break;
            }
            default: {
                std::vector<int> products;
                for (int lane = 0; lane < i; ++lane) {
                    const std::vector<int> of_lane = random_products(pair.banks, f);
                    products.insert(products.end(), of_lane.begin(), of_lane.end());
                }
                pair.issue(products);
            }
        }
    }
    // The drain at the end shows the fullest queue cycle by cycle.
    while (!pair.literal.empty()) {
        pair.literal.retire();
        pair.queues.idle(1);
        pair.compare();
    }
    pair.queues.clear();
    pair.literal.clear();
    pair.compare();
}

}  // namespace

TEST_CASE("8-bit bank queues equal queues moved entry by entry") {
    CHECK(test::property_holds("narrow counts", [] { compare_random<std::uint8_t>(12, 8); }));
}

TEST_CASE("16-bit bank queues equal queues moved entry by entry") {
    CHECK(test::property_holds("wide counts", [] { compare_random<std::uint16_t>(40, 16); }));
}

TEST_CASE("8 bits count the largest machine that they are chosen for") {
    ScnnParameters parameters;
    parameters.f = 15;
    parameters.i = 16;
    parameters.queue_depth = 15;
    CHECK(narrow_counts(parameters));
    Pair<std::uint8_t> pair(5, 15, false);
    for (int n = 0; n < 20; ++n) {
        pair.issue(std::vector<int>(240, n % 5));
    }
    // A row that overflows at its first vector, however much follows: the counts do not wrap.
    const auto counts = pair.counts(std::vector<int>(240, 3));
    std::vector<std::uint8_t> table(4 * counts.size(), 0);
    for (int vector = 0; vector < 4; ++vector) {
        table.insert(table.end(), counts.begin(), counts.end());
    }
    const std::vector<std::uint32_t> places{1};
    Cycles expected = 0;
    for (int vector = 0; vector < 4; ++vector) {
        expected += pair.literal.issue(std::vector<int>(240, 3));
    }
    const std::vector<BlockPair<std::uint8_t>> row{{places, table.data(), 4}};
    CHECK(pair.queues.issue_blocks(row, 16) == expected);
    pair.compare();
    parameters.queue_depth = 16;
    CHECK_FALSE(narrow_counts(parameters));
}

TEST_CASE("sixteen products for one bank of depth 8 take 9 cycles and leave 8 to drain") {
    BankQueues<std::uint8_t> queues(32, 8, false);
    std::vector<std::uint8_t> products(32, 0);
    products[5] = 16;
    CHECK(queues.issue(products.data()) == 9);
    CHECK(queues.fullest() == 8);
    CHECK(queues.peak() == 8);
    BankQueues<std::uint8_t> single(32, 8, true);
    CHECK(single.issue(products.data()) == 16);
    CHECK(single.fullest() == 1);
}

TEST_CASE("a vector without products costs its cycle and the queues retire in it") {
    BankQueues<std::uint16_t> queues(1, 4, false);
    std::vector<std::uint16_t> products(32, 0);
    products[0] = 4;
    CHECK(queues.issue(products.data()) == 1);
    products[0] = 0;
    CHECK(queues.issue(products.data()) == 1);
    CHECK(queues.fullest() == 3);
}
