#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <systemc>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/base/statistics.h"

using nonzero::Counter;
using nonzero::CounterKind;
using nonzero::Histogram;
using nonzero::Statistics;

namespace {

struct Leaf : sc_core::sc_module {
    explicit Leaf(sc_core::sc_module_name) {}
};

struct Parent : sc_core::sc_module {
    explicit Parent(sc_core::sc_module_name) {}
    Leaf left{"left"};
    Leaf right{"right"};
};

}  // namespace

TEST_CASE("counters carry the hierarchical name of their owner and add up by suffix") {
    Statistics statistics;
    Parent parent("parent");
    Counter& left = statistics.counter(parent.left, "products", CounterKind::count, "products of two operands");
    Counter& right = statistics.counter(parent.right, "products", CounterKind::count, "products of two operands");
    Counter& other = statistics.counter(parent.right, "void_products", CounterKind::bytes, "something else");
    Counter& nested = statistics.counter(parent, "bank.products", CounterKind::cycles, "dotted name");
    left.add();
    left.add(6);
    right.add(30);
    other.add(1000);
    nested.add(200);

    CHECK(statistics.value("parent.left.products") == 7);
    CHECK(statistics.value("parent.right.products") == 30);
    CHECK(statistics.value("parent.right.void_products") == 1000);
    // Only whole components match: "void_products" is another counter.
    CHECK(statistics.sum("products") == 237);
    CHECK(statistics.sum("left.products") == 7);
    CHECK(statistics.sum("missing") == 0);

    REQUIRE(statistics.counters().size() == 4);
    CHECK(statistics.counters()[0].name == "parent.left.products");
    CHECK(statistics.counters()[0].meaning == "products of two operands");
    CHECK(std::string(to_string(statistics.counters()[0].kind)) == "count");
    CHECK(std::string(to_string(statistics.counters()[2].kind)) == "bytes");
    CHECK(std::string(to_string(statistics.counters()[3].kind)) == "cycles");
}

TEST_CASE("a name is registered once and an unknown name is refused") {
    Statistics statistics;
    Leaf leaf("leaf");
    statistics.counter(leaf, "cycles", CounterKind::cycles, "busy");
    statistics.histogram(leaf, "queue", "occupancy");
    CHECK_THROWS_AS(statistics.counter(leaf, "cycles", CounterKind::cycles, "again"), std::logic_error);
    CHECK_THROWS_AS(statistics.counter(leaf, "queue", CounterKind::cycles, "a histogram's name"), std::logic_error);
    CHECK_THROWS_AS(statistics.histogram(leaf, "queue", "again"), std::logic_error);
    CHECK_THROWS_AS(statistics.histogram(leaf, "cycles", "a counter's name"), std::logic_error);
    CHECK(statistics.counters().size() == 1);
    CHECK(statistics.histograms().size() == 1);
    CHECK_THROWS_AS(statistics.value("leaf.cycle"), std::out_of_range);
    CHECK_THROWS_AS(statistics.value("leaf.queue"), std::out_of_range);
    CHECK_THROWS_AS(statistics.value("cycles"), std::out_of_range);
}

TEST_CASE("references stay valid while the registry grows and clear empties values only") {
    Statistics statistics;
    Leaf leaf("leaf");
    std::vector<Counter*> counters;
    std::vector<Histogram*> histograms;
    for (unsigned i = 0; i < 2000; ++i) {
        counters.push_back(&statistics.counter(leaf, fmt::format("c{}", i), CounterKind::count, ""));
        histograms.push_back(&statistics.histogram(leaf, fmt::format("h{}", i), ""));
    }
    for (unsigned i = 0; i < 2000; ++i) {
        counters[i]->add(i);
        histograms[i]->add(i % 3, i);
    }
    CHECK(statistics.value("leaf.c1999") == 1999);
    CHECK(statistics.histograms()[7].histogram.bins() == std::map<std::uint64_t, std::uint64_t>{{1, 7}});
    histograms[7]->add(1);
    histograms[7]->add(9);
    CHECK(statistics.histograms()[7].histogram.bins() == std::map<std::uint64_t, std::uint64_t>{{1, 8}, {9, 1}});

    counters[3]->raise_to(2);
    CHECK(counters[3]->value() == 3);
    counters[3]->raise_to(11);
    CHECK(counters[3]->value() == 11);

    statistics.clear();
    CHECK(statistics.counters().size() == 2000);
    CHECK(statistics.value("leaf.c1999") == 0);
    CHECK(statistics.histograms()[7].histogram.bins().empty());
    counters[5]->add(4);
    CHECK(statistics.value("leaf.c5") == 4);
}
