#include <catch2/catch.hpp>

#include "sc_main/options.h"
#include "workloads/error.h"
#include "workloads/natural.h"

using namespace nonzero;
using Catch::Contains;

namespace {

Options example() {
    Options options("do", {"WHAT", "WITH"}, 1);
    options.flag("loud", "make noise");
    options.value("size", "N", "how large");
    options.value("size-limit", "N", "how large at most");
    options.list("set", "A=B", "settings");
    return options;
}

Options parsed(const std::vector<std::string>& arguments) {
    Options options = example();
    options.parse(arguments);
    return options;
}

}  // namespace

TEST_CASE("options are found wherever they stand") {
    const Options options = parsed({"--size", "7", "thing", "--set=a=b=c", "--loud", "tool", "--set", "d=e"});
    CHECK(options.positional(0) == "thing");
    CHECK(options.positional(1) == "tool");
    CHECK(options.has("loud"));
    CHECK_FALSE(options.has("size-limit"));
    CHECK(options.natural("size") == 7u);
    CHECK_FALSE(options.natural("size-limit"));
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(options.assignments("set") == Pairs{{"a", "b=c"}, {"d", "e"}});
}

TEST_CASE("optional positionals may be left out, others not") {
    CHECK(parsed({"thing"}).positional(1).empty());
    CHECK_THROWS_WITH(parsed({}), Contains("WHAT"));
    CHECK_THROWS_WITH(parsed({"a", "b", "c"}), Contains("'c'"));
}

TEST_CASE("an option is given in full") {
    CHECK_THROWS_WITH(parsed({"thing", "--lou"}), Contains("'--lou'") && Contains("'--loud'"));
    CHECK_THROWS_WITH(parsed({"thing", "--siez", "3"}), Contains("'--siez'") && Contains("'--size'"));
    CHECK_THROWS_AS(parsed({"thing", "--size"}), InputError);
    CHECK_THROWS_AS(parsed({"thing", "--size", "1", "--size", "2"}), InputError);
}

TEST_CASE("an unknown option is told without its control characters") {
    CHECK_THROWS_WITH(parsed({"thing", "tool", "--lo\x01\x1bud="}), Contains("--lo??ud"));
}

TEST_CASE("numbers are read to their end") {
    CHECK(parsed({"x", "--size", "-0.25"}).real("size") == -0.25);
    CHECK(parsed({"x", "--size", "1e-3"}).real("size") == 1e-3);
    for (const char* text : {"nan", "inf", "0.5 ", "+0.5", "0,5", "1e999", "x"}) {
        INFO(text);
        CHECK_THROWS_AS(parsed({"x", "--size", text}).real("size"), InputError);
    }
    CHECK(to_natural("0") == 0u);
    CHECK(to_natural("18446744073709551615") == ~std::uint64_t{0});
    CHECK(to_natural("0xff") == 255u);
    for (const char* text : {"", "-1", "+1", "0x", "18446744073709551616", "12a", " 1", "0x-1"}) {
        INFO(text);
        CHECK_FALSE(to_natural(text));
    }
}

TEST_CASE("choices, needs and exclusions") {
    CHECK(parsed({"x"}).choice("size", {"small", "large"}) == "small");
    CHECK(parsed({"x", "--size", "large"}).choice("size", {"small", "large"}) == "large");
    CHECK_THROWS_WITH(parsed({"x", "--size", "larg"}).choice("size", {"small", "large"}), Contains("'large'"));
    CHECK_THROWS_WITH(parsed({"x", "--size", "1"}).needs("size", {"loud", "set"}), Contains("--loud or --set"));
    CHECK_NOTHROW(parsed({"x", "--size", "1", "--loud"}).needs("size", {"loud", "set"}));
    CHECK_THROWS_WITH(parsed({"x", "--size", "1", "--loud"}).excludes("size", "loud", "one is enough"),
                      Contains("one is enough"));
    for (const char* text : {"a", "=b", "a="}) {
        INFO(text);
        CHECK_THROWS_AS(parsed({"x", "--set", text}).assignments("set"), InputError);
    }
}

TEST_CASE("help names every option with its meaning") {
    const std::string help = example().help();
    for (const char* text : {"--loud", "make noise", "--size N", "how large", "--set A=B", "settings"}) {
        CHECK_THAT(help, Contains(text));
    }
}
