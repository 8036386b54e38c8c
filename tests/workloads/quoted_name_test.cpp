#include "workloads/quoted_name.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace nonzero;

TEST_CASE("Printable text stays as it is") {
    for (const std::string text :
         {"", "conv1", "block/conv2 (3x3)", "Größe", "層", "\xF0\x9F\x98\x80", "\xEF\xBF\xBD"}) {
        CHECK(printable(text) == text);
        CHECK(is_printable(text));
        CHECK(quoted_name(text) == "'" + text + "'");
    }
}

TEST_CASE("Control and formatting characters become one mark each") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a\x1B[31mb", "a?[31mb"},
        {"a\nb\tc\x7F", "a?b?c?"},
        {std::string("a\0b", 3), "a?b"},
        {"a\xC2\x9B"
         "31m",
         "a?31m"},  // the one-character CSI
        {"a\xC2\x85"
         "b",
         "a?b"},  // next line
        {"a\xE2\x80\xAE"
         "b",
         "a?b"},  // right-to-left override
        {"a\xE2\x81\xA6"
         "b",
         "a?b"},  // left-to-right isolate
        {"a\xE2\x80\x8B"
         "b",
         "a?b"},  // zero-width space
        {"\xEF\xBB\xBF"
         "a",
         "?a"},  // byte order mark
        {"a\xE2\x80\xA8"
         "b",
         "a?b"},  // line separator
        {"a\xF3\xA0\x81\x81"
         "b",
         "a?b"},  // tag letter
    };
    for (const auto& [text, shown] : cases) {
        CHECK(printable(text) == shown);
        CHECK(!is_printable(text));
    }
}

TEST_CASE("What is no UTF-8 becomes marks") {
    CHECK(printable("a\xFF"
                    "b") == "a?b");
    CHECK(printable("a\x80"
                    "b") == "a?b");
    CHECK(printable("a\xC3") == "a?");
    CHECK(printable("a\xE2\x80") == "a?");
    CHECK(printable("a\xC0\xAF"
                    "b") == "a?b");  // overlong '/'
    CHECK(printable("a\xE0\x80\xAF"
                    "b") == "a?b");  // overlong '/'
    CHECK(printable("a\xED\xA0\x80"
                    "b") == "a?b");  // half of a surrogate pair
    CHECK(printable("a\xF4\x90\x80\x80"
                    "b") == "a?b");  // beyond Unicode
}

TEST_CASE("Long names lose their end, long texts their middle, long lists their rest") {
    const std::string name(100000, 'x');
    CHECK(shown_name(name) == std::string(80, 'x') + "...");
    CHECK(shown_name(std::string(80, 'x')) == std::string(80, 'x'));
    const std::string umlauts = "a" + [] {
        std::string text;
        for (int i = 0; i < 100; ++i) {
            text += "\xC3\xA4";
        }
        return text;
    }();
    CHECK(shown_name(umlauts) == umlauts.substr(0, 79) + "...");
    const std::string path = "/begin" + name + "/end.json";
    CHECK(shown_text(path).size() < 500);
    CHECK(shown_text(path).starts_with("/beginxxx"));
    CHECK(shown_text(path).ends_with("xxx/end.json"));
    CHECK(is_printable(shown_text(umlauts + umlauts + umlauts)));
    CHECK(listed_names({"a", "b\n", "c"}) == "a, b?, c");
    CHECK(listed_names(std::vector<std::string>(1000, name)).ends_with("x... and 960 others"));
}

TEST_CASE("Whatever the bytes, what is shown is printable UTF-8") {
    CHECK(test::property_holds("bytes", [] {
        const auto text = *rc::gen::arbitrary<std::string>();
        for (const std::string& shown : {printable(text), shown_name(text), shown_text(text)}) {
            RC_ASSERT(is_printable(shown));
            RC_ASSERT(printable(shown) == shown);
            nlohmann::json(shown).dump();  // throws on what is no UTF-8
        }
        RC_ASSERT(is_printable(text) == (printable(text) == text));
    }));
}
