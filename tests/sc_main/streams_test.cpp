// Standard output and standard error that are closed, full or read no further: the files are whole and the exit status
// is that of the work.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

std::vector<std::string> run_on(const SmallFolder& folder, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"run", "scnn", "--network", folder.network()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

ProgramOptions on(int stream, const char* path) {
    ProgramOptions options;
    options.before_start = [stream, path] { ::dup2(::open(path, O_WRONLY), stream); };
    return options;
}

ProgramOptions without(std::vector<int> streams) {
    ProgramOptions options;
    options.before_start = [streams] {
        for (const int stream : streams) {
            ::close(stream);
        }
    };
    return options;
}

}  // namespace

TEST_CASE("an error without a standard error is its exit status") {
    CHECK(run_program({"run", "no_such_platform"}, without({STDERR_FILENO})).status == 2);
    CHECK(run_program({"run", "no_such_platform"}, on(STDERR_FILENO, "/dev/full")).status == 2);
}

TEST_CASE("nothing is printed into files that are written while the streams are closed") {
    const SmallFolder folder;
    const Outcome outcome =
        run_program(run_on(folder, {"--layers", "conv1", "--vcd", folder.file("w.vcd"), "--timeline",
                                    folder.file("t.json"), "--json", folder.file("r.json")}),
                    without({STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}));
    CHECK(outcome.status == 0);
    CHECK_THAT(read_bytes(folder.file("w.vcd")), !Contains("conv1") && !Contains("utilisation"));
    CHECK(json::parse(read_bytes(folder.file("t.json")))["traceEvents"].size() > 1);
    CHECK(folder.results("r.json")["complete"] == true);
}

TEST_CASE("results are completed when nobody reads the table any more") {
    const SmallFolder folder;
    for (const std::string jobs : {"1", "2"}) {
        ProgramOptions options;
        options.first_line_only = true;
        const Outcome outcome = run_program(run_on(folder, {"--json", folder.file("r.json"), "--jobs", jobs}), options);
        INFO(outcome.errors);
        CHECK(outcome.status == 0);
        CHECK(outcome.errors.empty());
        CHECK(folder.results("r.json")["complete"] == true);
        CHECK(folder.results("r.json")["layers"].size() == 4);
    }
}

TEST_CASE("without a file to complete the command ends as its reader does") {
    const SmallFolder folder;
    const Outcome outcome = run_program(run_on(folder, {}), [] {
        ProgramOptions options;
        options.before_start = [] {
            int ends[2];
            if (::pipe(ends) == 0) {
                ::dup2(ends[1], STDOUT_FILENO);
                ::close(ends[0]);
                ::close(ends[1]);
            }
        };
        return options;
    }());
    CHECK(outcome.status == -SIGPIPE);
    CHECK(outcome.errors.empty());
}

TEST_CASE("a full standard output is told, and the results are completed before") {
    const SmallFolder folder;
    const Outcome without_file = run_program(run_on(folder, {}), on(STDOUT_FILENO, "/dev/full"));
    const Outcome with_file =
        run_program(run_on(folder, {"--json", folder.file("r.json")}), on(STDOUT_FILENO, "/dev/full"));
    for (const Outcome* outcome : {&without_file, &with_file}) {
        CHECK(outcome->status == 4);
        CHECK(lines_in(outcome->errors) == 1);
        CHECK_THAT(outcome->errors, Catch::StartsWith("nonzero: the standard output cannot be written: No space"));
    }
    CHECK(folder.results("r.json")["complete"] == true);
}

TEST_CASE("results for the standard output come whole behind the table") {
    const SmallFolder folder;
    const auto arguments = run_on(folder, {"--json", "/dev/stdout"});
    const auto results = [](const std::string& output) {
        const std::size_t begin = output.find("\n{\n");
        REQUIRE(begin != std::string::npos);
        CHECK_THAT(output.substr(0, begin), Contains("\ntotal "));
        return json::parse(output.substr(begin));
    };
    CHECK(results(run_program(arguments).output)["layers"].size() == 4);  // a pipe
    ProgramOptions into_file;
    const std::string path = folder.file("out.txt");
    into_file.before_start = [&] { ::dup2(::open(path.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO); };
    CHECK(run_program(arguments, into_file).status == 0);
    CHECK(results(read_bytes(path))["layers"].size() == 4);
}

TEST_CASE("pipes as outputs are written to while somebody reads, else refused at once") {
    const SmallFolder folder;
    const std::string pipe = folder.file("pipe.vcd");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (const std::string option : {"--json", "--vcd", "--timeline"}) {
        const Outcome outcome = run_program(run_on(folder, {option, pipe}));
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK_THAT(outcome.errors, Contains(option) && Contains("pipe.vcd"));
    }
    std::string results;
    ProgramOptions options;
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    options.while_running = [&](pid_t) {
        for (int tries = 0; tries < 6000 && !json::accept(results); ++tries) {
            char part[4096];
            const ssize_t got = ::read(reader, part, sizeof part);
            if (got > 0) {
                results.append(part, std::size_t(got));
            } else {
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        }
    };
    const Outcome outcome = run_program(run_on(folder, {"--json", pipe}), options);
    ::close(reader);
    CHECK(outcome.status == 0);
    CHECK(json::parse(results)["complete"] == true);
}

TEST_CASE("waves and timelines do not go where the table goes") {
    const SmallFolder folder;
    const std::string path = folder.file("out.vcd");
    write_bytes(path, "");
    for (const std::string option : {"--vcd", "--timeline"}) {
        const Outcome outcome = run_program(run_on(folder, {option, path}), on(STDOUT_FILENO, path.c_str()));
        CHECK(outcome.status == 2);
        CHECK_THAT(outcome.errors, Contains(option) && Contains("out.vcd"));
    }
}
