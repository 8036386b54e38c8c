#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "sc_main/output_file.h"
#include "tests/common/temporary_directory.h"
#include "tests/workloads/npz_builder.h"
#include "workloads/error.h"

using namespace nonzero;
using namespace nonzero::test;
namespace fs = std::filesystem;

namespace {

std::size_t entries(const std::string& folder) {
    return std::size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("a file is replaced as a whole and nothing else is left in its folder") {
    const TemporaryDirectory folder;
    const std::string path = folder.file("r.json");
    const ReplacedFile file("--json", path);
    CHECK(entries(folder.file(".")) == 0);
    file.write("first");
    CHECK(read_bytes(path) == "first");
    file.write("2nd");
    CHECK(read_bytes(path) == "2nd");
    CHECK(entries(folder.file(".")) == 1);
}

TEST_CASE("the user's umask holds for a new file") {
    const TemporaryDirectory folder;
    const mode_t before = ::umask(027);
    ReplacedFile("--json", folder.file("r.json")).write("x");
    ::umask(before);
    struct stat status {};
    REQUIRE(::stat(folder.file("r.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("a symbolic link stays and its target is replaced") {
    const TemporaryDirectory folder;
    write_bytes(folder.file("target"), "old");
    fs::create_symlink("target", folder.file("link"));
    ReplacedFile("--json", folder.file("link")).write("new");
    CHECK(fs::is_symlink(folder.file("link")));
    CHECK(read_bytes(folder.file("target")) == "new");
}

TEST_CASE("a device is written to, not replaced") {
    const ReplacedFile null("--json", "/dev/null");
    CHECK_FALSE(null.replaceable());
    CHECK_NOTHROW(null.write("text"));
    CHECK(fs::is_character_file("/dev/null"));
    CHECK_THROWS_WITH(ReplacedFile("--json", "/dev/full").write("text"),
                      Catch::Contains("--json") && Catch::Contains("/dev/full"));
    CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("what cannot be written is refused at once and nothing is created") {
    const TemporaryDirectory folder;
    CHECK_THROWS_AS(ReplacedFile("--json", folder.file(".")), InputError);
    CHECK_THROWS_WITH(ReplacedFile("--json", folder.file("no/r.json")), Catch::Contains("no/r.json"));
    CHECK_THROWS_AS(check_writable("--vcd", folder.file("no/w.vcd")), InputError);
    CHECK_NOTHROW(check_writable("--vcd", folder.file("w.vcd")));
    CHECK(entries(folder.file(".")) == 0);
    write_bytes(folder.file("w.vcd"), "kept");
    CHECK_NOTHROW(check_writable("--vcd", folder.file("w.vcd")));
    CHECK(read_bytes(folder.file("w.vcd")) == "kept");
}
