#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "sc_main/output_file.h"
#include "tests/common/temporary_directory.h"
#include "tests/workloads/npz_builder.h"
#include "workloads/error.h"
#include "workloads/host_error.h"

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
    CHECK_THROWS_AS(ReplacedFile("--json", "/dev/full").write("text"), HostError);
    CHECK_THROWS_WITH(ReplacedFile("--json", "/dev/full").write("text"),
                      Catch::Contains("--json") && Catch::Contains("/dev/full"));
    CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("what cannot be written is refused at once and nothing is created") {
    const TemporaryDirectory folder;
    CHECK_THROWS_AS(ReplacedFile("--json", folder.file(".")), InputError);
    CHECK_THROWS_WITH(ReplacedFile("--json", folder.file("no/r.json")), Catch::Contains("no/r.json"));
    CHECK_THROWS_AS(check_stream(folder.file("no/w.vcd"), "--vcd"), InputError);
    CHECK_NOTHROW(check_stream(folder.file("w.vcd"), "--vcd"));
    CHECK(entries(folder.file(".")) == 0);
    write_bytes(folder.file("w.vcd"), "kept");
    CHECK_NOTHROW(check_stream(folder.file("w.vcd"), "--vcd"));
    CHECK(read_bytes(folder.file("w.vcd")) == "kept");
}

TEST_CASE("a file keeps its permissions") {
    const TemporaryDirectory folder;
    write_bytes(folder.file("r.json"), "old");
    REQUIRE(::chmod(folder.file("r.json").c_str(), 0600) == 0);
    ReplacedFile("--json", folder.file("r.json")).write("new");
    struct stat status {};
    REQUIRE(::stat(folder.file("r.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a name as long as a folder can hold is written") {
    const TemporaryDirectory folder;
    const std::string path = folder.file(std::string(255, 'r'));
    ReplacedFile("--json", path).write("x");
    CHECK(read_bytes(path) == "x");
}

TEST_CASE("temporary files cannot be guessed, and links that were planted are not followed") {
    const TemporaryDirectory folder;
    write_bytes(folder.file("victim"), "kept");
    fs::create_symlink("victim", folder.file(".r.json." + std::to_string(::getpid()) + ".tmp"));
    fs::create_symlink("victim", folder.file(".r.json.nonzero-0123456789abcdef"));
    ReplacedFile("--json", folder.file("r.json")).write("new");
    CHECK(read_bytes(folder.file("victim")) == "kept");
    CHECK(read_bytes(folder.file("r.json")) == "new");
    CHECK(entries(folder.file(".")) == 4);
}

TEST_CASE("what a killed run has left is removed by the next, and nothing else") {
    const TemporaryDirectory folder;
    const std::string left = folder.file(".r.json.nonzero-0123456789abcdef");
    const std::string at_work = folder.file(".r.json.nonzero-0123456789abcdee");
    for (const std::string& file :
         {left, at_work, folder.file(".r.json.nonzero-mine"), folder.file(".other.json.nonzero-0123456789abcdef")}) {
        write_bytes(file, "half");
    }
    const FileDescriptor writer(::open(at_work.c_str(), O_WRONLY));
    REQUIRE(::flock(writer.number(), LOCK_EX) == 0);
    const ReplacedFile file("--json", folder.file("r.json"));
    CHECK_FALSE(fs::exists(left));
    CHECK(entries(folder.file(".")) == 3);
}

TEST_CASE("a pipe is opened at once and needs a reader") {
    const TemporaryDirectory folder;
    const std::string path = folder.file("fifo");
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK_THROWS_WITH(ReplacedFile("--json", path), Catch::Contains("fifo") && Catch::Contains("reader"));
    const FileDescriptor reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK));
    {
        const ReplacedFile file("--json", path);
        file.write("text");
    }
    char text[8];
    CHECK(::read(reader.number(), text, sizeof text) == 4);
    CHECK(::read(reader.number(), text, sizeof text) == 0);  // its end
    CHECK_THROWS_WITH(check_stream(path, "--vcd"), Catch::Contains("pipe"));
}

TEST_CASE("a link in a folder of our own is replaced, not followed") {
    const TemporaryDirectory folder;
    write_bytes(folder.file("outside"), "kept");
    fs::create_directory(folder.file("own"));
    fs::create_symlink("../outside", folder.file("own/manifest.json"));
    ReplacedFile("--out", folder.file("own/manifest.json"), ReplacedFile::Link::replaced).write("new");
    CHECK(read_bytes(folder.file("outside")) == "kept");
    CHECK_FALSE(fs::is_symlink(folder.file("own/manifest.json")));
    CHECK(read_bytes(folder.file("own/manifest.json")) == "new");
}
