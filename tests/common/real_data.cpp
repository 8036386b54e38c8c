#include "tests/common/real_data.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

namespace nonzero::test {

std::string real_data(const std::string& name) {
    const char* const given = std::getenv("NONZERO_REAL_DIR");
    const char* const source = std::getenv("NONZERO_SOURCE_DIR");
    const std::filesystem::path root =
        given != nullptr ? std::filesystem::path(given)
                         : std::filesystem::path(source != nullptr ? source : ".") / ".." / "shared" / "real";
    if (std::filesystem::exists(root / name)) {
        return (root / name).string();
    }
    WARN((root / name) << " is absent, nothing checked; set NONZERO_REAL_DIR to the data set");
    return {};
}

}  // namespace nonzero::test
