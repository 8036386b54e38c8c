#include "sc_main/result_table.h"

#include <catch2/catch.hpp>

#include "tests/study/small_results.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;

TEST_CASE("the table shows shares of the units' cycles and what goes beyond a limit") {
    ResultTable table(small_report(), {"a", "a_long_name"});
    LayerResult first = layer("a", 100, 500, 200);
    first.overflows = 3;
    first.counters["pe.iaram_excess_entries"] = {"count", 4, 12, 0, 7};
    const std::string row = table.row(first);
    CHECK_THAT(row, Contains("40.0") && Contains("0.250") && Contains("75.0") && Contains("25.0") && Contains("ok"));
    LayerResult wrong = layer("a_long_name", 100, 0, 0);
    wrong.checks.front().passed = false;
    CHECK_THAT(table.row(wrong), Contains("DIFFER"));
    CHECK(table.header().find("cycles") < table.header().find("values"));
    const std::string footer = table.footer(EnergyTable::builtin());
    CHECK_THAT(footer, Contains("a: 3 outputs overflow") && Contains("IARAM capacity passed by 12 entries") &&
                           Contains("worst instance 7"));
    CHECK_THAT(footer, Contains("total") && Contains("200") && Contains("multipliers = 8"));
}
