// Energies and areas against figures worked out by hand, and table files with one mistake each with the line that the
// user reads.
#include "study/cost.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <vector>

#include "tests/common/error_of.h"

using nonzero::AreaTable;
using nonzero::ComponentCost;
using nonzero::CostEntry;
using nonzero::EnergyEvent;
using nonzero::EnergyTable;
using nonzero::EnergyUse;
using nonzero::test::error_of;

namespace {

std::string energy_error(const std::string& text) {
    return error_of([&text] { EnergyTable::parse(text, "e.json"); });
}

std::string area_error(const std::string& text) {
    return error_of([&text] { AreaTable::parse(text, "a.json"); });
}

const std::string head = R"({"schema": 1, "title": "t", "node": "n", "entries": [)";
const std::string proof = R"(, "source": "s", "estimate": false})";

std::string entry(const std::string& fields) {
    return "{" + fields + proof;
}

// A table with round figures: 16 bits cost four times 8 bits, and so does four times the capacity.
const std::vector<std::string> round_entries = {
    entry(R"("event": "multiply", "bits": 8, "pJ": 1)"),
    entry(R"("event": "multiply", "bits": 16, "pJ": 4)"),
    entry(R"("event": "add", "bits": 8, "pJ": 0.5)"),
    entry(R"("event": "add", "bits": 32, "pJ": 2)"),
    entry(R"("event": "sram", "capacity_bytes": 1024, "bits": 64, "pJ": 6.4)"),
    entry(R"("event": "sram", "capacity_bytes": 4096, "bits": 64, "pJ": 12.8)"),
    entry(R"("event": "dram", "bits": 64, "pJ": 640)"),
    R"({"event": "wire", "bits": 10, "pJ": 1, "source": "guess", "estimate": true})",
};

std::string table_of(const std::vector<std::string>& entries) {
    std::string text = head;
    for (const std::string& one : entries) {
        text += (&one == &entries.front() ? "" : ", ") + one;
    }
    return text + "]}";
}

EnergyTable round_table() {
    return EnergyTable::parse(table_of(round_entries), "e.json");
}

// The error for the round table with one more entry, or with entry `index` (from 0) in place of its own.
std::string with_entry(const std::string& one, std::size_t index = round_entries.size()) {
    std::vector<std::string> entries = round_entries;
    entries.resize(std::max(entries.size(), index + 1));
    entries[index] = one;
    return energy_error(table_of(entries));
}

ComponentCost event(const EnergyTable& table, EnergyEvent kind, double bits, double capacity_bytes = 0) {
    return table.event({"c", "n", kind, bits, capacity_bytes});
}

void check(const ComponentCost& cost, double value, bool estimate) {
    INFO(cost.component);
    CHECK(cost.value == Approx(value).epsilon(1e-12));
    CHECK(cost.estimate == estimate);
}

double value_of(const std::vector<CostEntry>& entries, const std::string& name) {
    for (const CostEntry& one : entries) {
        if (one.name == name) {
            return one.value;
        }
    }
    return std::nan("");
}

}  // namespace

TEST_CASE("A published point is given as it stands") {
    const EnergyTable table = round_table();
    check(event(table, EnergyEvent::multiply, 8), 1, false);
    check(event(table, EnergyEvent::multiply, 16), 4, false);
    check(event(table, EnergyEvent::add, 32), 2, false);
    check(event(table, EnergyEvent::sram, 64, 1024), 6.4, false);
    check(event(table, EnergyEvent::sram, 128, 4096), 25.6, false);
    check(event(table, EnergyEvent::dram, 64), 640, false);
    check(event(table, EnergyEvent::dram, 8), 80, false);
    check(event(table, EnergyEvent::wire, 20), 2, true);
}

TEST_CASE("Between and beyond the points a power law is an estimate") {
    const EnergyTable table = round_table();
    check(event(table, EnergyEvent::multiply, 12), 2.25, true);  // (12 / 8)²
    check(event(table, EnergyEvent::multiply, 4), 0.25, true);
    check(event(table, EnergyEvent::multiply, 32), 16, true);
    check(event(table, EnergyEvent::add, 24), 1.5, true);  // linear
    check(event(table, EnergyEvent::sram, 64, 2048), 6.4 * std::sqrt(2.0), true);
    check(event(table, EnergyEvent::sram, 64, 256), 3.2, true);
    check(event(table, EnergyEvent::sram, 10, 16384), 4, true);
    // Of a published capacity, but not of the published width.
    check(event(table, EnergyEvent::sram, 16, 1024), 1.6, true);
    check(event(table, EnergyEvent::sram, 96, 1024), 9.6, true);
}

TEST_CASE("Of three points the nearest two decide") {
    std::vector<std::string> entries = round_entries;
    entries.insert(entries.begin() + 2, entry(R"("event": "multiply", "bits": 32, "pJ": 32)"));
    const EnergyTable table = EnergyTable::parse(table_of(entries), "e.json");
    check(event(table, EnergyEvent::multiply, 4), 0.25, true);  // square below 16
    check(event(table, EnergyEvent::multiply, 12), 2.25, true);
    check(event(table, EnergyEvent::multiply, 24), 13.5, true);  // cube above
    check(event(table, EnergyEvent::multiply, 64), 256, true);
    check(event(table, EnergyEvent::multiply, 32), 32, false);
}

TEST_CASE("A point of the table that is an estimate stays one") {
    std::vector<std::string> entries = round_entries;
    entries[0] = R"({"event": "multiply", "bits": 8, "pJ": 1, "source": "guess", "estimate": true})";
    const EnergyTable table = EnergyTable::parse(table_of(entries), "e.json");
    check(event(table, EnergyEvent::multiply, 8), 1, true);
    check(event(table, EnergyEvent::multiply, 16), 4, false);
}

TEST_CASE("Energies add up per component in the order of first use") {
    const std::map<std::string, std::uint64_t> counters = {{"pe.products", 10}, {"pe.reads", 3}, {"dram.bytes", 5}};
    const std::vector<EnergyUse> uses = {
        {"RAM", "pe.reads", EnergyEvent::sram, 64, 4096}, {"array", "pe.products", EnergyEvent::multiply, 16, 0},
        {"DRAM", "dram.bytes", EnergyEvent::dram, 8, 0},  {"array", "pe.products", EnergyEvent::add, 24, 0},
        {"RAM", "pe.reads", EnergyEvent::sram, 64, 1024},
    };
    const auto costs = round_table().energy(uses, [&](const std::string& name) { return counters.at(name); });
    REQUIRE(costs.size() == 3);
    CHECK(costs[0].component == "RAM");
    check(costs[0], 3 * 12.8 + 3 * 6.4, false);
    CHECK(costs[1].component == "array");
    check(costs[1], 10 * 4 + 10 * 1.5, true);
    CHECK(costs[2].component == "DRAM");
    check(costs[2], 400, false);
    CHECK(round_table().energy({}, [](const std::string&) { return 1; }).empty());
}

TEST_CASE("A component that nothing happened in has no energy but its flag") {
    const auto costs = round_table().energy({{"noc", "n", EnergyEvent::wire, 16, 0}},
                                            [](const std::string&) { return std::uint64_t{0}; });
    REQUIRE(costs.size() == 1);
    check(costs[0], 0, true);
}

TEST_CASE("Bits and capacities without meaning are refused") {
    const EnergyTable table = round_table();
    CHECK(error_of([&] { event(table, EnergyEvent::multiply, 0); }) ==
          "energy of 'c': 0 bits; a finite number above 0 is needed");
    CHECK(error_of([&] { event(table, EnergyEvent::sram, 16, -1); }) ==
          "energy of 'c': -1 bytes of capacity; a finite number above 0 is needed");
    CHECK(error_of([&] { event(table, EnergyEvent::dram, std::numeric_limits<double>::infinity()); }) ==
          "energy of 'c': inf bits; a finite number above 0 is needed");
    CHECK(error_of([&] { event(table, EnergyEvent::sram, std::nan(""), 16); }) ==
          "energy of 'c': nan bits; a finite number above 0 is needed");
}

TEST_CASE("The built-in energies are Horowitz's") {
    const EnergyTable table = EnergyTable::builtin();
    CHECK(table.title() == "Horowitz, ISSCC 2014; wire: Keckler et al., IEEE Micro 2011");
    CHECK(table.node() == "45 nm, 0.9 V (wire: 40 nm, 0.9 V)");
    check(event(table, EnergyEvent::add, 8), 0.03, false);
    check(event(table, EnergyEvent::add, 32), 0.1, false);
    check(event(table, EnergyEvent::multiply, 8), 0.2, false);
    check(event(table, EnergyEvent::multiply, 32), 3.1, false);
    check(event(table, EnergyEvent::sram, 64, 8 * 1024), 10, false);
    check(event(table, EnergyEvent::sram, 64, 32 * 1024), 20, false);
    check(event(table, EnergyEvent::sram, 64, 1024 * 1024), 100, false);
    check(event(table, EnergyEvent::dram, 64), 1300, false);
    check(event(table, EnergyEvent::wire, 256), 31, true);
    // Worked out by hand: 0.2 · 15.5^(1/2), 0.03 · 3^(log(10/3) / log(4)), 10 · (500/8192)^(1/2) of 64 bits.
    check(event(table, EnergyEvent::multiply, 16), 0.2 * std::sqrt(15.5), true);
    CHECK(event(table, EnergyEvent::add, 24).value == Approx(0.077890).epsilon(1e-4));
    CHECK(event(table, EnergyEvent::sram, 16, 500).value == Approx(0.617632).epsilon(1e-5));
}

TEST_CASE("Every built-in entry has its source") {
    const EnergyTable energy = EnergyTable::builtin();
    const AreaTable area = AreaTable::builtin();
    CHECK(energy.entries().size() == 9);
    CHECK(area.entries().size() == 9);
    CHECK(value_of(energy.entries(), "multiply, 32 bits") == 3.1);
    CHECK(value_of(energy.entries(), "sram, 64 bits of 1048576 bytes") == 100);
    CHECK(value_of(energy.entries(), "wire, 256 bits") == 31);
    for (const auto& entries : {energy.entries(), area.entries()}) {
        for (const CostEntry& one : entries) {
            INFO(one.name);
            CHECK(one.source.size() > 20);
            CHECK(one.value > 0);
        }
    }
    for (const CostEntry& one : energy.entries()) {
        INFO(one.name);
        CHECK(one.estimate == (one.name == "wire, 256 bits"));
    }
}

// scnn_facts.md 7 V19.
TEST_CASE("The built-in areas add up to SCNN's processing element and chip") {
    const AreaTable table = AreaTable::builtin();
    CHECK(table.node() == "16 nm FinFET");
    const auto parts = table.area({{"PE", "scnn.iaram_oaram"},
                                   {"PE", "scnn.weight_fifo"},
                                   {"PE", "scnn.multiplier_array"},
                                   {"PE", "scnn.scatter_network"},
                                   {"PE", "scnn.accumulators"},
                                   {"PE", "scnn.other"}});
    REQUIRE(parts.size() == 1);
    check(parts[0], 0.124, true);  // the published rows are rounded
    CHECK(parts[0].value == Approx(value_of(table.entries(), "scnn.pe")).epsilon(0.01));
    CHECK(64 * parts[0].value == Approx(value_of(table.entries(), "scnn.chip")).epsilon(0.01));
    check(table.area({{"chip", "scnn.pe", 64}}).front(), 7.872, false);
    check(table.area({{"chip", "scnn.chip"}}).front(), 7.9, false);
    check(table.area({{"chip", "dcnn.chip"}}).front(), 5.9, false);
    const auto memories =
        table.area({{"m", "scnn.iaram_oaram"}, {"m", "scnn.weight_fifo"}, {"m", "scnn.accumulators"}});
    CHECK(memories.front().value / 0.123 == Approx(0.57).margin(0.01));
}

TEST_CASE("Areas add up per component in the order of first use") {
    const AreaTable table = AreaTable::builtin();
    const auto costs = table.area({{"network", "scnn.scatter_network", 2},
                                   {"memories", "scnn.weight_fifo", 4},
                                   {"network", "scnn.multiplier_array", 1},
                                   {"half", "scnn.multiplier_array", 0.5, true}});
    REQUIRE(costs.size() == 3);
    CHECK(costs[0].component == "network");
    check(costs[0], 0.06, false);
    CHECK(costs[1].component == "memories");
    check(costs[1], 0.016, true);
    CHECK(costs[2].component == "half");
    check(costs[2], 0.004, true);
    CHECK(error_of([&] {
              table.area({{"array", "scnn.multiplier_aray", 1}});
          }) ==
          "built-in area table: has no entry 'scnn.multiplier_aray' for 'array', did you mean 'scnn.multiplier_array'? "
          "Add it");
}

TEST_CASE("A table is loaded from a file, and its errors begin with the path") {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("cost_test_" + std::to_string(getpid()) + ".json")).string();
    std::ofstream(path) << table_of(round_entries);
    check(event(EnergyTable::load(path), EnergyEvent::multiply, 16), 4, false);
    CHECK(error_of([&] { AreaTable::load(path); }) ==
          path + ", entry 1, field 'bits': unknown field. Known: name, mm2, source, estimate");
    std::ofstream(path) << head + R"({"name": "pe", "mm2": 2)" + proof + "]}";
    check(AreaTable::load(path).area({{"PEs", "pe", 3}}).front(), 6, false);
    std::filesystem::remove(path);
    const std::string way_out = "; give an existing JSON file, docs/energy.md has the format";
    CHECK(error_of([] { EnergyTable::load("no/such.json"); }) ==
          "energy table 'no/such.json' cannot be read: No such file or directory" + way_out);
    CHECK(error_of([] { AreaTable::load("."); }) == "area table '.' cannot be read: it is a directory" + way_out);
}

TEST_CASE("The example of the documentation is a table") {
    const char* sources = std::getenv("NONZERO_SOURCE_DIR");
    std::ifstream file(std::string(sources == nullptr ? "." : sources) + "/docs/energy.md");
    const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const std::size_t begin = page.find("```json\n");
    REQUIRE(begin != std::string::npos);
    const std::size_t first = begin + 8;
    const EnergyTable table = EnergyTable::parse(page.substr(first, page.find("```", first) - first), "example");
    CHECK(table.node() == "28 nm, 0.8 V");
    CHECK(table.entries().size() == 8);
}

TEST_CASE("A file that is no table") {
    const std::string empty = "e.json: the file is empty; docs/energy.md has an example to start from";
    CHECK(energy_error("") == empty);
    CHECK(energy_error(" \n") == empty);
    CHECK(energy_error("[]") == "e.json: is not a JSON object; docs/energy.md has an example to start from");
    CHECK_THAT(energy_error("{\"schema\": 1,"),
               Catch::StartsWith("e.json: not JSON: parse error at line 1, column 14"));
    CHECK(energy_error("{}") == "e.json, field 'schema': missing; add it");
    CHECK(energy_error(R"({"schema": 2})") == "e.json, field 'schema': is 2; this program reads schema 1");
    CHECK(energy_error(R"({"schema": 1})") == "e.json, field 'title': missing; add it");
    CHECK(energy_error(R"({"schema": 1, "title": 3})") ==
          "e.json, field 'title': has 3 in place of a string; give a string");
    CHECK(area_error(R"({"schema": 1, "title": "t"})") == "a.json, field 'node': missing; add it");
    CHECK(area_error(R"({"schema": 1, "titel": "t"})") ==
          "a.json, field 'titel': unknown field, did you mean 'title'? Known: schema, title, node, entries");
    for (const std::string entries : {"", R"(, "entries": [])", R"(, "entries": {})", R"(, "entries": 3)"}) {
        CHECK(area_error(R"({"schema": 1, "title": "t", "node": "n")" + entries + "}") ==
              "a.json, field 'entries': is not a list of at least one entry; give one object for each entry");
    }
    CHECK(area_error(head + "7]}") == "a.json, entry 1: is not an object; docs/energy.md shows the fields of an entry");
    CHECK(energy_error(R"({"schema": 1, "schema": 1})") == "e.json, field 'schema': given twice; remove one");
}

TEST_CASE("An energy entry with a mistake is named") {
    CHECK(with_entry(round_entries[7], 7) == "accepted");
    CHECK(with_entry(R"({"event": "add", "bits": 64, "pJ": 5, "estimate": false})") ==
          "e.json, entry 9, field 'source': missing; add it");
    CHECK(with_entry(R"({"event": "add", "bits": 64, "pJ": 5, "source": " ", "estimate": false})") ==
          "e.json, entry 9, field 'source': is empty; name the publication, or say how the figure was estimated");
    CHECK(
        with_entry(R"({"event": "add", "bits": 64, "pJ": 5, "source": "s"})") ==
        "e.json, entry 9, field 'estimate': missing; give false for a published figure of that very thing, else true");
    CHECK(with_entry(R"({"event": "add", "bits": 64, "pJ": 5, "source": "s", "estimate": "no"})") ==
          "e.json, entry 9, field 'estimate': is the string 'no'; give true or false");
    CHECK(with_entry(entry(R"("event": "add", "bits": 64)")) == "e.json, entry 9, field 'pJ': missing; add it");
    CHECK(with_entry(entry(R"("event": "add", "bits": 64, "pJ": -1)")) ==
          "e.json, entry 9, field 'pJ': is -1; give a number above 0");
    CHECK(with_entry(entry(R"("event": "add", "bits": 64, "pJ": 0)")) ==
          "e.json, entry 9, field 'pJ': is 0; give a number above 0");
    CHECK(with_entry(entry(R"("event": "add", "bits": 64, "pJ": "5")")) ==
          "e.json, entry 9, field 'pJ': is the string '5'; give a number");
    CHECK(with_entry(entry(R"("event": "add", "bits": 0, "pJ": 5)")) ==
          "e.json, entry 9, field 'bits': is 0; give a number above 0");
    CHECK(with_entry(entry(R"("event": "add", "pJ": 5)")) == "e.json, entry 9, field 'bits': missing; add it");
    CHECK(with_entry(entry(R"("bits": 64, "pJ": 5)")) == "e.json, entry 9, field 'event': missing; add it");
    CHECK(
        with_entry(entry(R"("event": "mult", "bits": 64, "pJ": 5)")) ==
        "e.json, entry 9, field 'event': 'mult' is unknown, did you mean 'multiply'? Known: multiply, add, sram, dram, "
        "wire");
    CHECK(with_entry(entry(R"("event": "add", "bits": 64, "pj": 5)")) ==
          "e.json, entry 9, field 'pj': unknown field, did you mean 'pJ'? Known: event, capacity_bytes, bits, pJ, "
          "source, estimate");
    CHECK(with_entry(entry(R"("event": "add", "bits": 64, "pJ": 5, "capacity_bytes": 5)")) ==
          "e.json, entry 9, field 'capacity_bytes': only 'sram' has one; remove it");
    CHECK(with_entry(entry(R"("event": "sram", "bits": 64, "pJ": 5)")) ==
          "e.json, entry 9, field 'capacity_bytes': missing; add it");
    CHECK(with_entry(entry(R"("event": "add", "bits": 64, "bits": 64, "pJ": 5)")) ==
          "e.json, entry 9, field 'bits': given twice; remove one");
    CHECK_THAT(with_entry(entry(R"("event": "add", "bits": 64, "pJ": 1e999)")),
               Catch::StartsWith("e.json: not JSON: "));
}

TEST_CASE("Figures that sums could not hold are refused by name") {
    CHECK(with_entry(entry(R"("event": "add", "bits": 64, "pJ": 1e308)")) ==
          "e.json, entry 9, field 'pJ': is 1e+308; give a number of 1e-09 .. 1000000000");
    CHECK(with_entry(entry(R"("event": "add", "bits": 64, "pJ": 1e-310)")) ==
          "e.json, entry 9, field 'pJ': is 1e-310; give a number of 1e-09 .. 1000000000");
    CHECK(with_entry(entry(R"("event": "add", "bits": 1e-300, "pJ": 1)")) ==
          "e.json, entry 9, field 'bits': is 1e-300; give a number of 1 .. 1000000");
    CHECK(with_entry(entry(R"("event": "sram", "capacity_bytes": 1e300, "bits": 64, "pJ": 1)")) ==
          "e.json, entry 9, field 'capacity_bytes': is 1e+300; give a number of 1 .. 1000000000000000");
    CHECK(area_error(head + entry(R"("name": "pe", "mm2": 1e308)") + "]}") ==
          "a.json, entry 1, field 'mm2': is 1e+308; give a number of 1e-09 .. 1000000");
}

TEST_CASE("A curve so steep that a price leaves the range of numbers is refused where it is asked for") {
    std::vector<std::string> entries = round_entries;
    entries[0] = entry(R"("event": "multiply", "bits": 8, "pJ": 1e-9)");
    entries[1] = entry(R"("event": "multiply", "bits": 8.0001, "pJ": 1e9)");
    const EnergyTable table = EnergyTable::parse(table_of(entries), "e.json");
    EnergyUse use;
    use.component = "array";
    use.event = EnergyEvent::multiply;
    use.bits = 16;
    CHECK(error_of([&] { table.check({use}); }) ==
          "e.json: an event 'multiply' of 'array' would cost inf pJ, drawn through its entries; correct their sizes "
          "and energies");
    CHECK_THROWS(table.energy({use}, [](const std::string&) { return std::uint64_t{1}; }));
}

TEST_CASE("The sizes of an event ascend, each stands once, and there are enough") {
    CHECK(with_entry(entry(R"("event": "multiply", "bits": 16, "pJ": 5)")) ==
          "e.json, entry 9, field 'bits': is 16 after 16; give the entries of an event in ascending order, each size "
          "once");
    CHECK(
        with_entry(entry(R"("event": "sram", "capacity_bytes": 512, "bits": 64, "pJ": 5)")) ==
        "e.json, entry 9, field 'capacity_bytes': is 512 after 4096; give the entries of an event in ascending order, "
        "each size once");
    CHECK(with_entry(entry(R"("event": "dram", "bits": 128, "pJ": 5)")) ==
          "e.json, entry 9, field 'event': second entry of 'dram'; give one, it is a price per bit");
    std::vector<std::string> entries = round_entries;
    entries.erase(entries.begin());
    CHECK(energy_error(table_of(entries)) ==
          "e.json: has a single entry of event 'multiply'; add another size, the energies of all others are drawn "
          "through "
          "them");
    entries = round_entries;
    entries.pop_back();
    CHECK(energy_error(table_of(entries)) == "e.json: has no entry of event 'wire'; add it");
}

TEST_CASE("An area entry with a mistake is named") {
    CHECK(area_error(head + entry(R"("name": "pe", "mm2": 2)") + "]}") == "accepted");
    CHECK(area_error(head + R"({"name": "pe", "mm2": 2, "estimate": true}]})") ==
          "a.json, entry 1, field 'source': missing; add it");
    CHECK(area_error(head + entry(R"("name": "pe", "mm2": -2)") + "]}") ==
          "a.json, entry 1, field 'mm2': is -2; give a number above 0");
    CHECK(area_error(head + entry(R"("mm2": 2)") + "]}") == "a.json, entry 1, field 'name': missing; add it");
    CHECK(area_error(head + entry(R"("name": "pe", "mm2": 2)") + ", " + entry(R"("name": "pe", "mm2": 3)") + "]}") ==
          "a.json, entry 2, field 'name': second entry of 'pe'; remove one");
}
