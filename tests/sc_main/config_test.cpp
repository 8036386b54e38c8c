// A parameter file is read once for each machine, whatever is made of it.

#include <sys/inotify.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"
#include "workloads/file_descriptor.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// Counts how often a file is opened. Of equal events in a row the kernel tells one, so closing is watched too.
class OpenCounter {
  public:
    explicit OpenCounter(const std::string& file) : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
        REQUIRE(::inotify_add_watch(events_.number(), file.c_str(), IN_OPEN | IN_CLOSE) >= 0);
    }
    int opened() {
        int count = 0;
        alignas(inotify_event) char buffer[4096];
        ssize_t bytes = 0;
        while ((bytes = ::read(events_.number(), buffer, sizeof buffer)) > 0) {
            for (ssize_t at = 0; at < bytes; at += ssize_t(sizeof(inotify_event))) {  // a watch of a file has no names
                inotify_event event{};
                std::memcpy(&event, buffer + at, sizeof event);
                count += (event.mask & IN_OPEN) != 0 ? 1 : 0;
            }
        }
        return count;
    }

  private:
    FileDescriptor events_;
};

int times_read(const SmallFolder& folder, std::vector<std::string> arguments, const std::string& config) {
    OpenCounter counter(folder.file("machine.json"));
    arguments.insert(arguments.end(), {"--config", config});
    const Outcome outcome = run_program(arguments);
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
    return counter.opened();
}

}  // namespace

TEST_CASE("a parameter file is opened once by every command") {
    const SmallFolder folder;
    const std::string file = folder.file("machine.json");
    write_bytes(file, R"({"accumulator.bits": 48})");
    const std::vector<std::string> layer{"--network", folder.network(), "--layers", "conv1"};
    const auto with = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), layer.begin(), layer.end());
        return arguments;
    };
    CHECK(times_read(folder, with({"run", "scnn"}), file) == 1);
    CHECK(times_read(folder, {"run", "scnn", "--network", folder.network(), "--jobs", "2"}, file) == 1);
    CHECK(times_read(folder, with({"pack", "scnn", "--out", folder.file("image")}), file) == 1);
    CHECK(times_read(folder, with({"compare", "scnn", "dcnn", "--equal-multipliers", "256"}), "scnn:" + file) == 1);
    std::filesystem::create_directory(folder.file("tensors"));
    write_tensors(folder.file("tensors"), 3);
    CHECK(times_read(folder, {"run", "scnn", "--tensors", folder.file("tensors")}, file) == 1);
}
