#include <fmt/format.h>
#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <climits>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "models/base/parameters.h"
#include "workloads/error.h"

using nlohmann::json;
using nonzero::InputError;
using nonzero::ParameterTable;

namespace {

enum class Hash { h1, h2, linear };

struct Machine {
    int rows = 8;
    int columns = 8;
    double frequency = 1.5;
    bool placeholders = true;
    Hash hash = Hash::h2;
};

void describe(ParameterTable& table, Machine& machine) {
    table.integer("pe.rows", machine.rows, 1, 64, "PEs", "rows of the array", "paper 2.1");
    table.integer("pe.columns", machine.columns, -3, INT_MAX, "PEs", "columns of the array", "paper 2.1");
    table.real("clock.frequency", machine.frequency, 0, 4, "GHz", "clock", "paper 2.1");
    table.boolean("compression.placeholders", machine.placeholders, "placeholders", "paper 10.9");
    table.choice<Hash>("crossbar.hash", machine.hash, {{"h1", Hash::h1}, {"h2", Hash::h2}, {"linear", Hash::linear}},
                       "bank of an output", "paper 3.1");
}

struct Fixture {
    Fixture() { describe(table, machine); }
    std::string error_of_set(const std::string& name, const std::string& text) {
        return error([&] { table.set(name, text); });
    }
    std::string error_of_json(const std::string& text) {
        return error([&] { table.set_from_json(json::parse(text), "c.json"); });
    }
    template <class Action>
    static std::string error(Action action) {
        try {
            action();
        } catch (const InputError& e) {
            return e.what();
        }
        return "no error";
    }
    Machine machine;
    ParameterTable table;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "text sets the fields of the described struct") {
    table.set("pe.rows", "4");
    table.set("pe.columns", "-3");
    table.set("clock.frequency", "2.5e-1");
    table.set("compression.placeholders", "off");
    table.set("crossbar.hash", "linear");
    CHECK(machine.rows == 4);
    CHECK(machine.columns == -3);
    CHECK(machine.frequency == 0.25);
    CHECK_FALSE(machine.placeholders);
    CHECK(machine.hash == Hash::linear);
    table.set("clock.frequency", "4");
    table.set("compression.placeholders", "on");
    table.set("pe.rows", "64");
    CHECK(machine.frequency == 4.0);
    CHECK(machine.placeholders);
    CHECK(machine.rows == 64);
    table.set("compression.placeholders", "false");
    CHECK_FALSE(machine.placeholders);
    table.set("compression.placeholders", "true");
    CHECK(machine.placeholders);
}

TEST_CASE_METHOD(Fixture, "rows show value, default, range and source in table order") {
    table.set("pe.rows", "4");
    table.set("crossbar.hash", "h1");
    const auto rows = table.rows();
    REQUIRE(rows.size() == 5);
    CHECK(rows[0].name == "pe.rows");
    CHECK(rows[0].type == "integer");
    CHECK(rows[0].value == "4");
    CHECK(rows[0].default_value == "8");
    CHECK(rows[0].range == "1 .. 64");
    CHECK(rows[0].unit == "PEs");
    CHECK(rows[0].meaning == "rows of the array");
    CHECK(rows[0].source == "paper 2.1");
    CHECK(rows[2].type == "real");
    CHECK(rows[2].value == "1.5");
    CHECK(rows[2].range == "0 .. 4");
    CHECK(rows[3].type == "boolean");
    CHECK(rows[3].value == "true");
    CHECK(rows[3].range == "true | false");
    CHECK(rows[4].type == "choice");
    CHECK(rows[4].value == "h1");
    CHECK(rows[4].default_value == "h2");
    CHECK(rows[4].range == "h1 | h2 | linear");
    CHECK(table.to_json().dump() ==
          R"({"pe.rows":4,"pe.columns":8,"clock.frequency":1.5,"compression.placeholders":true,"crossbar.hash":"h1"})");
}

TEST_CASE_METHOD(Fixture, "errors of a text value name the parameter and the way out") {
    CHECK(error_of_set("pe.row", "4") ==
          "unknown parameter 'pe.row', did you mean 'pe.rows'? 'nonzero params PLATFORM' lists all");
    CHECK(error_of_set("crosbar.hash", "h1").find("did you mean 'crossbar.hash'?") != std::string::npos);
    CHECK(error_of_set("clock", "1").find("did you mean 'clock.frequency'?") != std::string::npos);
    CHECK(error_of_set("pe.rows", "99") == "pe.rows: 99 is outside 1 .. 64");
    CHECK(error_of_set("pe.rows", "0") == "pe.rows: 0 is outside 1 .. 64");
    CHECK(error_of_set("pe.rows", "99999999999999999999") == "pe.rows: 99999999999999999999 is outside 1 .. 64");
    for (const char* text : {"x", "", "4x", "4 ", " 4", "4.0", "0x10", "+4", "1e1", "nan", "--4"}) {
        CHECK(error_of_set("pe.rows", text) == fmt::format("pe.rows: '{}' is not an integer (1 .. 64)", text));
    }
    CHECK(error_of_set("clock.frequency", "4.5") == "clock.frequency: 4.5 is outside 0 .. 4");
    CHECK(error_of_set("clock.frequency", "-0.5") == "clock.frequency: -0.5 is outside 0 .. 4");
    for (const char* text : {"nan", "inf", "-inf", "infinity", "1e999", "", "1.5GHz", "1.5 ", "1,5", "fast"}) {
        CHECK(error_of_set("clock.frequency", text) ==
              fmt::format("clock.frequency: '{}' is not a finite number (0 .. 4)", text));
    }
    CHECK(error_of_set("compression.placeholders", "maybe") ==
          "compression.placeholders: 'maybe' is not one of true | on | false | off");
    CHECK(error_of_set("crossbar.hash", "h9") == "crossbar.hash: 'h9' is not one of h1 | h2 | linear");
    CHECK(error_of_set("crossbar.hash", "h\n9") == "crossbar.hash: 'h?9' is not one of h1 | h2 | linear");
    CHECK(machine.rows == 8);
    CHECK(machine.frequency == 1.5);
    CHECK(machine.placeholders);
    CHECK(machine.hash == Hash::h2);
}

TEST_CASE_METHOD(Fixture, "JSON is nested, dotted or both") {
    table.set_from_json(json::parse(R"({"pe": {"rows": 4}, "pe.columns": 2, "clock": {"frequency": 3},
                                        "compression.placeholders": false, "crossbar": {"hash": "h1"}})"),
                        "c.json");
    CHECK(machine.rows == 4);
    CHECK(machine.columns == 2);
    CHECK(machine.frequency == 3.0);
    CHECK_FALSE(machine.placeholders);
    CHECK(machine.hash == Hash::h1);
    table.set_from_json(json::object(), "empty.json");
    CHECK(machine.rows == 4);
}

TEST_CASE_METHOD(Fixture, "errors of a JSON value start with the file") {
    CHECK(error_of_json(R"({"pe": {"row": 4}})") ==
          "c.json: unknown parameter 'pe.row', did you mean 'pe.rows'? 'nonzero params PLATFORM' lists all");
    CHECK(error_of_json(R"({"pee": {"rows": 4}})").find("c.json: unknown parameter 'pee'") == 0);
    CHECK(error_of_json(R"({"pee": {}})").find("c.json: unknown parameter 'pee'") == 0);
    CHECK(error_of_json(R"({"pe": 4})").find("c.json: unknown parameter 'pe', did you mean 'pe.rows'?") == 0);
    CHECK(error_of_json(R"({"pe": {"rows": 99}})") == "c.json: pe.rows: 99 is outside 1 .. 64");
    CHECK(error_of_json(R"({"pe": {"rows": 18446744073709551615}})") ==
          "c.json: pe.rows: 18446744073709551615 is outside 1 .. 64");
    CHECK(error_of_json(R"({"pe.rows": 4.5})") == "c.json: pe.rows: '4.5' is not an integer (1 .. 64)");
    CHECK(error_of_json(R"({"pe.rows": "4"})") == "c.json: pe.rows: expected integer (1 .. 64), found: string");
    CHECK(error_of_json(R"({"pe.rows": {"x": 4}})") == "c.json: pe.rows: expected integer (1 .. 64), found: object");
    CHECK(error_of_json(R"({"clock.frequency": true})") ==
          "c.json: clock.frequency: expected real (0 .. 4), found: boolean");
    CHECK(error_of_json(R"({"compression.placeholders": 1})") ==
          "c.json: compression.placeholders: expected boolean (true | false), found: number");
    CHECK(error_of_json(R"({"crossbar.hash": null})") ==
          "c.json: crossbar.hash: expected choice (h1 | h2 | linear), found: null");
    CHECK(error_of_json(R"({"crossbar.hash": "h9"})") == "c.json: crossbar.hash: 'h9' is not one of h1 | h2 | linear");
    CHECK(error_of_json(R"([1])") == "c.json: expected an object of parameters, found: array");
    CHECK(error_of_json(R"({"pe": {"rows": 4}, "pe.rows": 4})") == "c.json: pe.rows: given twice, nested and dotted");
    CHECK(error([&] {
              table.set_from_json(json{{"clock.frequency", std::numeric_limits<double>::infinity()}}, "c.json");
          }).find("c.json: clock.frequency: ") == 0);
    CHECK(machine.frequency == 1.5);
}

TEST_CASE("a table refuses to be described wrongly") {
    ParameterTable table;
    Machine machine;
    describe(table, machine);
    CHECK_THROWS_AS(table.boolean("pe.rows", machine.placeholders, "", ""), std::logic_error);
    CHECK_THROWS_AS(table.integer("a", machine.rows, 9, 64, "", "", ""), std::logic_error);
    CHECK_THROWS_AS(table.real("b", machine.frequency, 0, 1, "", "", ""), std::logic_error);
    CHECK_THROWS_AS((table.choice<Hash>("c", machine.hash, {{"h1", Hash::h1}}, "", "")), std::logic_error);
    CHECK(table.rows().size() == 5);
}

TEST_CASE("every value inside its range survives a trip through text and JSON") {
    CHECK(nonzero::test::property_holds("round trip", [] {
        Fixture first;
        Fixture second;
        const int rows = *rc::gen::inRange(1, 65);
        const int columns = *rc::gen::inRange(-3, INT_MAX);
        const double frequency = std::ldexp(*rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 53), -51);
        first.table.set("pe.rows", std::to_string(rows));
        first.table.set("pe.columns", std::to_string(columns));
        first.table.set("clock.frequency", fmt::format("{}", frequency));
        first.table.set("crossbar.hash", *rc::gen::element<std::string>("h1", "h2", "linear"));
        RC_ASSERT(first.machine.rows == rows);
        RC_ASSERT(first.machine.columns == columns);
        RC_ASSERT(first.machine.frequency == frequency);
        second.table.set_from_json(json::parse(first.table.to_json().dump()), "c.json");
        RC_ASSERT(second.machine.rows == rows);
        RC_ASSERT(second.machine.columns == columns);
        RC_ASSERT(second.machine.frequency == frequency);
        RC_ASSERT(second.machine.hash == first.machine.hash);
        for (std::size_t i = 0; i < 5; ++i) {
            RC_ASSERT(second.table.rows()[i].value == first.table.rows()[i].value);
        }
    }));
}
