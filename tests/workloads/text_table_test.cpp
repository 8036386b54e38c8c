#include "workloads/text_table.h"

#include <catch2/catch.hpp>

using namespace nonzero;
using Align = TextTable::Align;

namespace {

std::string print(TextTable table, const std::vector<std::vector<std::string>>& rows, std::size_t width) {
    for (const auto& row : rows) {
        table.widen(row);
    }
    table.fit(width);
    std::string text;
    for (const auto& row : rows) {
        text += table.line(row);
    }
    return text + table.rest();
}

}  // namespace

TEST_CASE("a table that is too wide becomes blocks of columns with the keys repeated") {
    const TextTable table({Align::left, Align::right, Align::right, Align::left});
    const std::vector<std::vector<std::string>> rows{
        {"layer", "cycles", "products", "values"}, {"conv1", "1", "20", "ok"}, {}, {"total", "1", "20", ""}};
    const std::string whole =
        "layer  cycles  products  values\n"
        "conv1       1        20  ok\n"
        "\n"
        "total       1        20\n";
    CHECK(print(table, rows, 0) == whole);
    CHECK(print(table, rows, 31) == whole);
    CHECK(print(table, rows, 30) ==
          "layer  cycles  products\n"
          "conv1       1        20\n"
          "\n"
          "total       1        20\n"
          "\n"
          "layer  values\n"
          "conv1  ok\n");
    CHECK(print(table, rows, 16) ==
          "layer  cycles\n"
          "conv1       1\n"
          "\n"
          "total       1\n"
          "\n"
          "layer  products\n"
          "conv1        20\n"
          "total        20\n"
          "\n"
          "layer  values\n"
          "conv1  ok\n");
}

TEST_CASE("text in the last column of a block goes on below itself") {
    const TextTable table({Align::left, Align::left});
    CHECK(print(table, {{"name", "meaning"}, {"pe.rows", "how many rows of PEs there are in the array"}}, 30) ==
          "name     meaning\n"
          "pe.rows  how many rows of PEs\n"
          "         there are in the\n"
          "         array\n");
}

TEST_CASE("keys that leave no room lose their middle") {
    const TextTable table({Align::left, Align::right});
    CHECK(print(table, {{"layer", "cycles"}, {"a_name_that_is_longer_than_all", "12"}}, 36) ==
          "layer                         cycles\n"
          "a_name_that_i..nger_than_all      12\n");
}

TEST_CASE("lines are broken at spaces and go on below their second column") {
    const std::string text =
        "values  every output compared with the reference\n"
        "short\n"
        "\n"
        "  a, b: a reason of some length that has to be broken\n"
        "/a/path/that/is/longer/than/all/of/the/lines/are\n";
    CHECK(wrap_lines(text, 0) == text);
    CHECK(wrap_lines(text, 80) == text);
    CHECK(wrap_lines(text, 30) ==
          "values  every output compared\n"
          "        with the reference\n"
          "short\n"
          "\n"
          "  a, b: a reason of some\n"
          "    length that has to be\n"
          "    broken\n"
          "/a/path/that/is/longer/than/all/of/the/lines/are\n");
}
