#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <systemc>

#include "models/trace/trace.h"
#include "tests/common/temporary_directory.h"
#include "workloads/error.h"
#include "workloads/host_error.h"

using namespace nonzero;
using nlohmann::json;
using nonzero::test::TemporaryDirectory;
using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;

namespace {

std::string text_of(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

json events_of(const std::string& path) {
    return json::parse(text_of(path)).at("traceEvents");
}

TraceOptions timeline_options(const std::string& file) {
    TraceOptions options;
    options.timeline_file = file;
    return options;
}

}  // namespace

TEST_CASE("slices become complete events on named tracks with exact times") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("t.json");
    {
        TracePlayer player("player", Clocking(sc_time(1250, SC_PS)), timeline_options(file));
        CHECK(player.timeline());
        CHECK_FALSE(player.waves());
        player.slice("top.pe_0", "group \"0\"\n", sc_time(0, SC_NS), sc_time(1250, SC_PS), {{"products", 7}, {"k", 0}});
        player.slice("top.pe_1", "group 0", sc_time(1250, SC_PS), sc_time(2500, SC_PS));
        player.slice("top.pe_0", "late", sc_time(123456789001250, SC_PS), sc_time(3, sc_core::SC_US),
                     {{"big", ~std::uint64_t{0}}});
        player.slice("top.pe_0", "moment", sc_time(5, sc_core::SC_US), sc_core::SC_ZERO_TIME);
    }
    const json events = events_of(file);
    REQUIRE(events.size() == 6);
    CHECK(events[0] == json::parse(R"({"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"top.pe_0"}})"));
    CHECK(events[1] == json::parse(R"({"ph":"X","pid":1,"tid":1,"name":"group \"0\"\n","ts":0,"dur":0.00125,
                                       "args":{"products":7,"k":0}})"));
    CHECK(events[2] == json::parse(R"({"ph":"M","pid":1,"tid":2,"name":"thread_name","args":{"name":"top.pe_1"}})"));
    CHECK(events[3] ==
          json::parse(R"({"ph":"X","pid":1,"tid":2,"name":"group 0","ts":0.00125,"dur":0.0025,"args":{}})"));
    CHECK(events[4].at("tid") == 1);
    CHECK(events[4].at("dur") == 3);
    CHECK(events[4].at("args").at("big") == ~std::uint64_t{0});
    // More digits than a double has.
    CHECK(text_of(file).find("\"ts\":123456789.00125,") != std::string::npos);
    CHECK(events[5].at("ts") == 5);
    CHECK(events[5].at("dur") == 0);
}

TEST_CASE("an empty timeline is valid too") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("t.json");
    { const TracePlayer player("player", Clocking(sc_time(1, SC_NS)), timeline_options(file)); }
    CHECK(events_of(file).empty());
}

TEST_CASE("scope and window bound the timeline") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("t.json");
    TraceOptions options = timeline_options(file);
    options.scope = "top.pe";
    options.window_begin = 10;
    options.window_end = 20;
    {
        const Clocking clock(sc_time(2, SC_NS));
        TracePlayer player("player", clock, options);
        const auto slice = [&](const char* track, const char* label, Cycles begin, Cycles length) {
            player.slice(track, label, clock(begin), clock(length));
        };
        slice("top.pe_1", "before", 3, 7);
        slice("top.pe_1", "into", 8, 5);
        slice("top.pe_1", "inside", 13, 2);
        slice("top.noc", "other scope", 13, 2);
        slice("top.pe_1", "out of", 19, 100);
        slice("top.pe_1", "over", 0, 1000);
        slice("top.pe_1", "after", 20, 1);
        slice("top.pe_2", "moment before", 9, 0);
        slice("top.pe_2", "moment at begin", 10, 0);
        slice("top.pe_2", "moment at end", 20, 0);
    }
    std::vector<std::string> found;
    for (const json& event : events_of(file)) {
        if (event.at("ph") == "X") {
            found.push_back(event.at("name").get<std::string>() + " " + event.at("ts").dump() + " " +
                            event.at("dur").dump());
        }
    }
    CHECK(found == std::vector<std::string>{"into 0.02 0.006", "inside 0.026 0.004", "out of 0.038 0.002",
                                            "over 0.02 0.02", "moment at begin 0.02 0"});
}

TEST_CASE("a discard cuts the slices that have not ended") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("t.json");
    {
        TracePlayer player("player", Clocking(sc_time(1, SC_NS)), timeline_options(file));
        sc_core::sc_start(10, SC_NS);
        player.slice("a", "past", sc_time(2, SC_NS), sc_time(3, SC_NS));
        player.slice("a", "open", sc_time(5, SC_NS), sc_time(10, SC_NS));
        player.slice("b", "ahead", sc_time(10, SC_NS), sc_time(1, SC_NS));
        player.slice("b", "far ahead", sc_time(50, SC_NS), sc_time(1, SC_NS));
        player.discard_future();
        player.slice("b", "new work", sc_time(12, SC_NS), sc_time(1, SC_NS));
    }
    const json events = events_of(file);
    std::vector<std::string> found;
    for (const json& event : events) {
        if (event.at("ph") == "X") {
            found.push_back(event.at("name").get<std::string>() + " " + event.at("dur").dump());
        }
    }
    CHECK(found == std::vector<std::string>{"past 0.003", "open 0.005", "new work 0.001"});
}

TEST_CASE("a timeline file that cannot be written is refused by name") {
    const TemporaryDirectory directory;
    const std::string file = directory.file("missing/t.json");
    const Clocking clock(sc_time(1, SC_NS));
    CHECK_THROWS_AS(TracePlayer("player", clock, timeline_options(file)), InputError);
    try {
        TracePlayer player("player2", clock, timeline_options(file));
        FAIL("no error");
    } catch (const InputError& error) {
        CHECK(std::string(error.what()) == "cannot write the timeline file '" + file + "': No such file or directory");
    }
    CHECK_THROWS_AS(TracePlayer("player3", clock, timeline_options("/dev/full")), HostError);
}
