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

TEST_CASE("counters go by the hierarchical name of their owner and add up by block and name") {
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

    const auto& blocks = statistics.blocks();
    REQUIRE(blocks.size() == 3);
    CHECK(blocks[0].name == "parent.left");
    CHECK(blocks[1].name == "parent.right");
    CHECK(blocks[2].name == "parent");
    REQUIRE(blocks[1].counters.size() == 2);
    CHECK(blocks[1].counters[0].kind == CounterKind::count);
    CHECK(blocks[1].counters[1].name == "void_products");
    CHECK(blocks[1].counters[1].meaning == "something else");
    CHECK(std::string(to_string(blocks[1].counters[1].kind)) == "bytes");
    CHECK(blocks[1].counters[1].instances[0].path == "parent.right");
    CHECK(blocks[1].counters[1].instances[0].value.value() == 1000);
}

TEST_CASE("instances of a block are one in the tree, below the module that the registry stands in") {
    struct Grid : sc_core::sc_module {
        explicit Grid(sc_core::sc_module_name) {}
        Statistics statistics;
        Leaf first{"pe_0_0"};
        Leaf second{"pe_0_12"};
        Parent ppu{"ppu_7"};
        Leaf odd{"pe_x1"};
        Leaf bare{"_3"};
        Leaf open{"pe_"};
    };
    struct Outer : sc_core::sc_module {  // of a name that looks like an instance's
        explicit Outer(sc_core::sc_module_name) {}
        Grid grid{"grid_4"};
    };
    Outer outer("outer_1");
    Grid& grid = outer.grid;
    std::uint64_t amount = 1;
    for (const sc_core::sc_object* owner : std::initializer_list<const sc_core::sc_object*>{
             &grid.first, &grid.second, &grid.ppu.left, &grid.odd, &grid.bare, &grid.open}) {
        grid.statistics.counter(*owner, "busy", CounterKind::cycles, "").add(amount);
        grid.statistics.histogram(*owner, "group", "").add(amount);
        amount *= 10;
    }

    std::vector<std::string> found;
    for (const Statistics::Block& block : grid.statistics.blocks()) {
        for (const auto& series : block.counters) {
            for (const auto& instance : series.instances) {
                found.push_back(fmt::format("{} [{}] {}.{} = {}", block.name, instance.index, instance.path,
                                            series.name, instance.value.value()));
            }
        }
        REQUIRE(block.histograms.size() == 1);
        CHECK(block.histograms[0].instances.size() == block.counters[0].instances.size());
    }
    CHECK(found == std::vector<std::string>{"pe [0_0] pe_0_0.busy = 1", "pe [0_12] pe_0_12.busy = 10",
                                            "ppu.left [7] ppu_7.left.busy = 100", "pe_x1 [] pe_x1.busy = 1000",
                                            "_3 [] _3.busy = 10000", "pe_ [] pe_.busy = 100000"});
    CHECK(grid.statistics.value("outer_1.grid_4.pe_0_12.busy") == 10);
    CHECK(grid.statistics.sum("pe.busy") == 11);
    CHECK(grid.statistics.sum("busy") == 111111);
    CHECK_THROWS_AS(grid.statistics.counter(grid.second, "group", CounterKind::cycles, ""), std::logic_error);
    grid.statistics.counter(grid.first, "idle", CounterKind::cycles, "");
    CHECK_THROWS_AS(grid.statistics.counter(grid.second, "idle", CounterKind::count, ""), std::logic_error);
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
    REQUIRE(statistics.blocks().size() == 1);
    CHECK(statistics.blocks()[0].counters.size() == 1);
    CHECK(statistics.blocks()[0].histograms.size() == 1);
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
    const Statistics::Block& block = statistics.blocks()[0];
    const Histogram& seventh = block.histograms[7].instances[0].value;
    CHECK(seventh.bins() == std::map<std::uint64_t, std::uint64_t>{{1, 7}});
    histograms[7]->add(1);
    histograms[7]->add(9);
    CHECK(seventh.bins() == std::map<std::uint64_t, std::uint64_t>{{1, 8}, {9, 1}});

    counters[3]->raise_to(2);
    CHECK(counters[3]->value() == 3);
    counters[3]->raise_to(11);
    CHECK(counters[3]->value() == 11);

    statistics.clear();
    CHECK(block.counters.size() == 2000);
    CHECK(statistics.value("leaf.c1999") == 0);
    CHECK(seventh.bins().empty());
    counters[5]->add(4);
    CHECK(statistics.value("leaf.c5") == 4);
}
