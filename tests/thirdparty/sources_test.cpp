// The bench knows no accelerator: none of its files names one, and only the glue includes anything of the project but
// the host interface.

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/thirdparty/accelerator.h"

namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

bool is_allowed(const std::string& header) {
    return header == "models/host/host_interface.h" || header.rfind("tests/thirdparty/", 0) == 0;
}

}  // namespace

TEST_CASE("The bench names no accelerator and includes none of its headers") {
    const char* const root = std::getenv("NONZERO_SOURCE_DIR");
    REQUIRE(root != nullptr);
    const std::filesystem::path folder = std::filesystem::path(root) / "tests" / "thirdparty";
    const std::regex include("#include \"([^\"]*)\"");
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".h" && extension != ".cpp" && extension != ".json") {
            continue;
        }
        ++files;
        INFO(entry.path());
        const std::string text = text_of(entry.path());
        for (const std::string& kind : thirdparty::accelerator_kinds()) {
            INFO(kind);
            CHECK_FALSE(std::regex_search(text, std::regex("\\b" + kind + "\\b", std::regex::icase)));
        }
        if (entry.path().parent_path().filename() == "glue") {
            continue;
        }
        for (auto match = std::sregex_iterator(text.begin(), text.end(), include); match != std::sregex_iterator();
             ++match) {
            INFO((*match)[1].str());
            CHECK(is_allowed((*match)[1].str()));
        }
    }
    CHECK(files > 20);
}
