// What an earlier run left under the name of an output never looks like the result of a run that was refused or failed.

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

class Earlier : public SmallFolder {
  public:
    Earlier() {
        for (const char* name : {"r.json", "r.host.json", "w.vcd", "t.json"}) {
            write_bytes(file(name), "{\"complete\": true}");
        }
    }
    std::vector<std::string> left(const std::vector<std::string>& names) const {
        std::vector<std::string> left;
        for (const std::string& name : names) {
            if (fs::exists(file(name))) {
                left.push_back(name);
            }
        }
        return left;
    }
    // Refuses the run, after which nothing of the earlier one is there.
    void check_refused(const std::vector<std::string>& arguments) const {
        const Earlier earlier;
        std::vector<std::string> all = arguments;
        for (std::string& argument : all) {
            const std::size_t at = argument.find('@');
            if (at != std::string::npos) {
                argument = argument.substr(0, at) + earlier.file(argument.substr(at + 1));
            }
        }
        const Outcome outcome = run_program(all);
        INFO(outcome.errors);
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK(earlier.left({"r.json", "r.host.json", "w.vcd", "t.json"}).empty());
    }
};

}  // namespace

TEST_CASE("stale outputs: a refused run leaves none of an earlier one") {
    const Earlier earlier;
    const std::vector<std::string> outputs{"--json", "@r.json", "--vcd", "@w", "--timeline=@t.json"};
    const auto with = [&](std::vector<std::string> command, const std::vector<std::string>& more) {
        command.insert(command.end(), outputs.begin(), outputs.end());
        command.insert(command.end(), more.begin(), more.end());
        return command;
    };
    earlier.check_refused(with({"run", "scnn", "--network", "@small.json"}, {"--layers", "nothing"}));
    earlier.check_refused(with({"run", "scnn", "--network", "@missing.json"}, {}));
    earlier.check_refused(with({"run", "scnn", "--network", "@small.json"}, {"--set", "pe.rows=0"}));
    earlier.check_refused(with({"run", "scnn", "--network", "@small.json"}, {"--no-such-option"}));
    earlier.check_refused(with({"run", "none", "--network", "@small.json"}, {}));
}

TEST_CASE("stale outputs: a refused comparison or packing leaves none of an earlier one") {
    const Earlier earlier;
    CHECK(run_program({"compare", "scnn", "nothing", "--network", earlier.network(), "--json", earlier.file("r.json")})
              .status == 2);
    CHECK(earlier.left({"r.json", "r.host.json"}).empty());
    REQUIRE(run_program({"pack", "scnn", "--network", earlier.network(), "--out", earlier.file("image")}).status == 0);
    REQUIRE(fs::exists(earlier.file("image/manifest.json")));
    CHECK(run_program(
              {"pack", "scnn", "--network", earlier.network(), "--out", earlier.file("image"), "--layers", "nothing"})
              .status == 2);
    CHECK(earlier.left({"image/manifest.json", "image/image.h"}).empty());
}

TEST_CASE("stale outputs: a run that fails in its first layer leaves none of an earlier one") {
    const Earlier earlier;
    write_tensors(earlier.file("."), 1);
    write_bytes(earlier.file("conv1.npz"), "broken");
    CHECK(run_program({"run", "scnn", "--tensors", earlier.file("."), "--json", earlier.file("r.json")}).status == 2);
    CHECK(earlier.left({"r.json", "r.host.json"}).empty());
}

TEST_CASE("stale outputs: a link stays and what is no output stays") {
    const Earlier earlier;
    fs::create_symlink("r.json", earlier.file("link.json"));
    CHECK(run_program({"run", "scnn", "--network", earlier.network(), "--json", earlier.file("link.json"), "--layers",
                       "nothing"})
              .status == 2);
    CHECK(fs::is_symlink(earlier.file("link.json")));
    CHECK(earlier.left({"r.json"}).empty());
    CHECK(earlier.left({"w.vcd", "t.json"}).size() == 2);
    CHECK(run_program({"run", "--help", "--json", earlier.file("t.json")}).status == 0);
    CHECK(earlier.left({"t.json"}).size() == 1);
}

TEST_CASE("stale outputs: a file that a misspelt option names too stays") {
    const Earlier earlier;
    CHECK(run_program({"run", "scnn", "--ne", earlier.file("r.json"), "--json", earlier.file("./r.json")}).status == 2);
    CHECK(run_program({"run", "scnn", "--ne=" + earlier.file("t.json"), "--json", earlier.file("t.json")}).status == 2);
    CHECK(earlier.left({"r.json", "t.json"}).size() == 2);
}

TEST_CASE("stale outputs: an input is never an output") {
    const Earlier earlier;
    const std::string network = read_bytes(earlier.network());
    const Outcome outcome =
        run_program({"run", "scnn", "--network", earlier.network(), "--json", earlier.file("./small.json")});
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.errors, Contains("--json would write '") && Contains("small.json', which --network reads"));
    CHECK(read_bytes(earlier.network()) == network);
    write_tensors(earlier.file("."), 1);
    const std::string tensors = read_bytes(earlier.file("network.json"));
    CHECK_THAT(
        run_program({"run", "scnn", "--tensors", earlier.file("."), "--timeline", earlier.file("network.json")}).errors,
        Contains("which --tensors reads"));
    CHECK(read_bytes(earlier.file("network.json")) == tensors);
    const Outcome suffixed = run_program(
        {"run", "scnn", "--network", earlier.network(), "--vcd", earlier.file("x"), "--json", earlier.file("x.vcd")});
    CHECK(suffixed.status == 2);
    CHECK_THAT(suffixed.errors, Contains("would both write"));
}

TEST_CASE("traces: a window outside of the run is told with the layers' first cycles") {
    const SmallFolder folder;
    const auto run = [&](const std::string& window) {
        return run_program({"run", "scnn", "--network", folder.network(), "--layers", "conv1,conv3", "--vcd",
                            folder.file("w.vcd"), "--vcd-window", window});
    };
    const Outcome outside = run("0:5");
    CHECK(outside.status == 0);
    CHECK(lines_in(outside.errors) == 1);
    CHECK_THAT(outside.errors, Contains("warning: the traces show nothing in cycles 0 up to 5") &&
                                   Contains("layers start: conv1 at cycle ") && Contains(", conv3 at cycle "));
    const std::string marker = "conv1 at cycle ";
    const auto start = std::stoull(outside.errors.substr(outside.errors.find(marker) + marker.size()));
    CHECK(run(std::to_string(start) + ":" + std::to_string(start + 3)).errors.empty());
    CHECK_THAT(run("0:" + std::to_string(start)).errors, Contains("show nothing"));
}

TEST_CASE("traces: a scope that selects nothing is refused with what there is") {
    const SmallFolder folder;
    for (const char* option : {"--vcd", "--timeline"}) {
        const Outcome outcome = run_program(
            {"run", "scnn", "--network", folder.network(), option, folder.file("f"), "--vcd-scope", "processor_0"});
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK_THAT(outcome.errors, Contains("processor_0") && Contains("pe_0_0") && Contains("pe_7_7"));
    }
}
