#include "tests/common/real_data.h"

#include <cstdlib>
#include <filesystem>

#include "tests/test_runner.h"

namespace nonzero::test {

std::string real_data(const std::string& name) {
    const char* const given = std::getenv("NONZERO_REAL_DIR");
    const char* const source = std::getenv("NONZERO_SOURCE_DIR");
    const std::filesystem::path project = source != nullptr ? source : ".";
    const std::filesystem::path others =
        given != nullptr && *given != '\0' ? given : project / ".." / "shared" / "real";
    for (const std::filesystem::path& root : {project / "tests" / "real", others}) {
        if (std::filesystem::exists(root / name)) {
            return (root / name).string();
        }
    }
    skip(others.string() + " has no " + name + "; NONZERO_REAL_DIR names the directory of real networks");
}

}  // namespace nonzero::test
