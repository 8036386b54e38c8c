#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <systemc>
#include <utility>
#include <vector>

#include "models/trace/trace.h"
#include "tests/common/temporary_directory.h"
#include "tests/common/vcd_reader.h"
#include "workloads/error.h"

using namespace nonzero;
using nonzero::test::TemporaryDirectory;
using nonzero::test::VcdFile;
using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;

namespace {

TraceOptions vcd_options(const std::string& file) {
    TraceOptions options;
    options.vcd_file = file;
    return options;
}

// Runs one function as a SystemC process.
struct Driver : sc_core::sc_module {
    SC_HAS_PROCESS(Driver);
    Driver(sc_core::sc_module_name module_name, std::function<void()> body)
        : sc_module(module_name), body_(std::move(body)) {
        SC_THREAD(run);
    }
    void run() { body_(); }
    std::function<void()> body_;
};

// The step functions that were played, cycle by cycle.
struct Played {
    std::vector<std::vector<std::uint64_t>> value;  // [signal][cycle]
    std::uint64_t sum(std::size_t signal, Cycles begin, Cycles end) const {
        std::uint64_t total = 0;
        for (Cycles cycle = begin; cycle < end; ++cycle) {
            total += value[signal][cycle];
        }
        return total;
    }
    std::uint64_t maximum(std::size_t signal, Cycles begin, Cycles end) const {
        std::uint64_t largest = 0;
        for (Cycles cycle = begin; cycle < end; ++cycle) {
            largest = std::max(largest, value[signal][cycle]);
        }
        return largest;
    }
};

constexpr std::uint64_t kPeriod = 1250;  // ps, the unit of the file

}  // namespace

TEST_CASE("the waves of elements computed ahead at barriers show what was played") {
    const TemporaryDirectory directory;
    const Clocking clock(sc_time(static_cast<double>(kPeriod), SC_PS));
    constexpr std::size_t kElements = 6;
    constexpr Cycles kCycles = 3000;
    constexpr Cycles kBegin = 777;
    constexpr Cycles kEnd = 1500;

    TraceOptions windowed = vcd_options(directory.file("window.vcd"));
    windowed.window_begin = kBegin;
    windowed.window_end = kEnd;
    TraceOptions scoped = vcd_options(directory.file("scope"));
    scoped.scope = "top.pe_3.";
    std::vector<std::unique_ptr<TracePlayer>> players;
    players.push_back(std::make_unique<TracePlayer>("all", clock, vcd_options(directory.file("all.vcd"))));
    players.push_back(std::make_unique<TracePlayer>("windowed", clock, windowed));
    players.push_back(std::make_unique<TracePlayer>("scoped", clock, scoped));

    // Per element: busy (1 bit), occupancy (6 bits), and a state that changes seldom and never returns to 0.
    const std::vector<std::pair<std::string, unsigned>> kinds{{"busy", 1}, {"occupancy", 6}, {"state", 64}};
    std::vector<std::vector<SignalId>> signals(players.size());
    std::vector<std::string> names;
    for (std::size_t element = 0; element < kElements; ++element) {
        for (const auto& [name, bits] : kinds) {
            names.push_back("top.pe_" + std::to_string(element) + "." + name);
            for (std::size_t p = 0; p < players.size(); ++p) {
                signals[p].push_back(players[p]->declare(names.back(), bits));
            }
        }
    }
    Played played{std::vector<std::vector<std::uint64_t>>(names.size(), std::vector<std::uint64_t>(kCycles, 0))};

    Driver driver("driver", [&] {
        std::mt19937 engine(11);
        Cycles start = 0;
        while (start + 200 < kCycles) {
            Cycles barrier = start;
            for (std::size_t element = 0; element < kElements; ++element) {
                const Cycles length = engine() % 120;
                barrier = std::max(barrier, start + length);
                // Values per cycle of the block; records where they change, the last one back to 0 at the block's end.
                std::vector<TraceRecord> records;
                for (std::size_t kind = 0; kind < 2; ++kind) {
                    const std::size_t signal = element * kinds.size() + kind;
                    std::uint64_t last = 0;
                    for (Cycles offset = 0; offset < length; ++offset) {
                        std::uint64_t value = last;
                        if (engine() % 3 == 0) {
                            value = kind == 0 ? engine() % 2 : engine() % 64;
                        }
                        played.value[signal][start + offset] = value;
                        if (value != last) {
                            records.push_back({offset, static_cast<SignalId>(signal), value});
                        }
                        last = value;
                    }
                    records.push_back({length, static_cast<SignalId>(signal), 0});
                }
                if (engine() % 10 == 0) {
                    const std::size_t signal = element * kinds.size() + 2;
                    const std::uint64_t value = (std::uint64_t{1} << 63) + engine();
                    std::fill(played.value[signal].begin() + static_cast<std::ptrdiff_t>(start),
                              played.value[signal].end(), value);
                    records.push_back({0, static_cast<SignalId>(signal), value});
                }
                for (std::size_t p = 0; p < players.size(); ++p) {
                    std::vector<TraceRecord> translated = records;
                    for (TraceRecord& record : translated) {
                        record.signal = signals[p][record.signal];
                    }
                    players[p]->play(clock(start), translated);
                }
            }
            sc_core::wait(clock(barrier - start));
            start = barrier;
        }
    });
    sc_core::sc_start(clock(kCycles));
    players.clear();

    const VcdFile all(directory.file("all.vcd"));
    CHECK(all.unit_femtoseconds() == 1000);
    CHECK(all.end() == kCycles * kPeriod);
    REQUIRE(all.signals().size() == names.size());
    const VcdFile window(directory.file("window.vcd"));
    REQUIRE(window.signals().size() == names.size());
    const VcdFile scope(directory.file("scope.vcd"));
    REQUIRE(scope.signals().size() == kinds.size());
    bool early_values = false;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& signal = all.signal(names[i]);
        CHECK(signal.bits == kinds[i % kinds.size()].second);
        CHECK_FALSE(signal.unknown);
        for (Cycles cycle = 0; cycle < kCycles; ++cycle) {
            // At the start and at the end of every cycle: a value holds for exactly its interval.
            if (signal.at(cycle * kPeriod) != played.value[i][cycle] ||
                signal.at((cycle + 1) * kPeriod - 1) != played.value[i][cycle]) {
                FAIL(names[i] << " in cycle " << cycle);
            }
        }
        const auto& inside = window.signal(names[i]);
        early_values = early_values || inside.at(kBegin * kPeriod) != 0;
        CHECK(inside.maximum(0, kBegin * kPeriod) == 0);
        for (const auto& change : inside.changes) {
            const bool stored =
                change.first == 0 || (change.first >= kBegin * kPeriod && change.first <= kEnd * kPeriod);
            CHECK(stored);
        }
        CHECK(inside.at(kEnd * kPeriod) == 0);
        if (i % kinds.size() < 2) {
            CHECK(signal.integral(0, all.end()) == played.sum(i, 0, kCycles) * kPeriod);
            CHECK(signal.maximum(0, all.end()) == played.maximum(i, 0, kCycles));
            CHECK(inside.integral(kBegin * kPeriod, kEnd * kPeriod) == played.sum(i, kBegin, kEnd) * kPeriod);
            CHECK(inside.maximum(kBegin * kPeriod, kEnd * kPeriod) == played.maximum(i, kBegin, kEnd));
        }
        for (Cycles cycle = kBegin; cycle < kEnd; ++cycle) {
            if (inside.at(cycle * kPeriod) != played.value[i][cycle]) {
                FAIL(names[i] << " in cycle " << cycle << " of the window");
            }
        }
        const bool in_scope = names[i].rfind("top.pe_3.", 0) == 0;
        CHECK(scope.has(names[i]) == in_scope);
        if (in_scope) {
            CHECK(scope.signal(names[i]).changes == signal.changes);
        }
    }
    CHECK(early_values);  // the window opens on values from before it
    CHECK(all.signal("top.pe_0.busy").integral(0, all.end()) > 0);
}

TEST_CASE("of records at one time the last wins, whatever block it comes from") {
    const TemporaryDirectory directory;
    const Clocking clock(sc_time(1, SC_NS));
    {
        TracePlayer player("player", clock, vcd_options(directory.file("w")));
        const SignalId a = player.declare("top.a", 4);
        const SignalId b = player.declare("top.b", 4);
        Driver driver("driver", [&] {
            // Offsets in any order; at 5 the record order decides.
            player.play(clock(0),
                        {{5, a, 1}, {2, a, 2}, {5, a, 3}, {TracePlayer::kNoSignal, TracePlayer::kNoSignal, 1}});
            // Its block ends when the next begins, in both orders of playing.
            player.play(clock(0), {{0, b, 1}, {10, b, 0}});
            player.play(clock(10), {{0, b, 2}, {10, b, 0}});
            sc_core::wait(clock(20));
            player.play(clock(20), {{0, b, 7}, {0, b, 8}});
            sc_core::wait(sc_core::SC_ZERO_TIME);
            player.play(clock(20), {{0, b, 9}, {3, b, 16}, {4, b, 5}});
            sc_core::wait(clock(5) + sc_time(250, SC_PS));  // work that starts between two cycles
            player.play(sc_core::sc_time_stamp(), {{1, a, 4}});
        });
        sc_core::sc_start();
        CHECK(sc_core::sc_time_stamp() == sc_time(26250, SC_PS));
    }
    const VcdFile vcd(directory.file("w.vcd"));
    using Changes = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
    CHECK(vcd.signal("top.a").changes == Changes{{0, 0}, {2000, 2}, {5000, 3}, {26250, 4}});
    CHECK_FALSE(vcd.signal("top.a").unknown);
    // 16 needs five bits: shown as unknown for its cycle.
    CHECK(vcd.signal("top.b").changes == Changes{{0, 1}, {10000, 2}, {20000, 9}, {23000, 0}, {24000, 5}});
    CHECK(vcd.signal("top.b").unknown);
}

TEST_CASE("the last values are in the file when the simulation reaches its limit") {
    const TemporaryDirectory directory;
    const Clocking clock(sc_time(1, SC_NS));
    {
        TracePlayer player("player", clock, vcd_options(directory.file("w")));
        const SignalId a = player.declare("a", 8);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
        player.play(clock(0), {{0, a, 1}, {10, a, 2}, {11, a, 3}});
        sc_core::sc_start(clock(10));
    }
    const VcdFile vcd(directory.file("w.vcd"));
    CHECK(vcd.signal("a").at(10000) == 2);
    CHECK(vcd.signal("a").integral(0, 10000) == 10000);
    CHECK(vcd.end() == 10000);
}

TEST_CASE("the last values are in the file when the simulation is stopped") {
    const TemporaryDirectory directory;
    const Clocking clock(sc_time(1, SC_NS));
    {
        TracePlayer player("player", clock, vcd_options(directory.file("w")));
        const SignalId a = player.declare("a", 8);
        Driver driver("driver", [&] {
            player.play(clock(0), {{3, a, 1}, {10, a, 2}, {11, a, 3}});
            sc_core::wait(clock(10));
            sc_core::sc_stop();
        });
        sc_core::sc_start();
    }
    const VcdFile vcd(directory.file("w.vcd"));
    CHECK(vcd.signal("a").at(10000) == 2);
    CHECK(vcd.signal("a").integral(0, 10000) == 7000);
    CHECK(vcd.end() == 10000);
}

TEST_CASE("a discard drops what lies ahead and clears every signal") {
    const TemporaryDirectory directory;
    const Clocking clock(sc_time(1, SC_NS));
    TraceOptions windowed = vcd_options(directory.file("window"));
    windowed.window_begin = 50;
    windowed.window_end = 60;
    {
        TracePlayer player("player", clock, vcd_options(directory.file("w")));
        TracePlayer late("late", clock, windowed);
        const SignalId a = player.declare("a", 8);
        const SignalId b = player.declare("b", 8);
        REQUIRE(late.declare("a", 8) == a);
        REQUIRE(late.declare("b", 8) == b);
        const auto both = [&](auto action) {
            action(player);
            action(late);
        };
        Driver driver("driver", [&] {
            both([&](TracePlayer& p) { p.play(clock(0), {{2, a, 3}, {5, b, 4}, {20, a, 9}, {30, b, 9}}); });
            sc_core::wait(clock(10));
            both([&](TracePlayer& p) {
                p.discard_future();
                p.play(clock(12), {{0, a, 5}, {8, b, 6}, {9, b, 0}});
            });
            sc_core::wait(clock(45));  // 55
            both([&](TracePlayer& p) { p.play(clock(55), {{0, b, 1}, {8, b, 2}}); });
            sc_core::wait(clock(15));  // 70
            both([&](TracePlayer& p) { p.discard_future(); });
            sc_core::wait(clock(10));
        });
        sc_core::sc_start();
    }
    using Changes = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
    const VcdFile vcd(directory.file("w.vcd"));
    CHECK(vcd.signal("a").changes == Changes{{0, 0}, {2000, 3}, {10000, 0}, {12000, 5}, {70000, 0}});
    CHECK(vcd.signal("b").changes ==
          Changes{{0, 0}, {5000, 4}, {10000, 0}, {20000, 6}, {21000, 0}, {55000, 1}, {63000, 2}, {70000, 0}});
    const VcdFile window(directory.file("window.vcd"));
    CHECK(window.signal("a").changes == Changes{{0, 0}, {50000, 5}, {60000, 0}});
    CHECK(window.signal("b").changes == Changes{{0, 0}, {55000, 1}, {60000, 0}});
    CHECK(window.end() == 80000);
}

TEST_CASE("a player that is off has no process, no signal and no file") {
    const Clocking clock(sc_time(1, SC_NS));
    TracePlayer player("player", clock, TraceOptions{});
    CHECK_FALSE(TraceOptions{}.enabled());
    CHECK_FALSE(player.waves());
    CHECK_FALSE(player.timeline());
    CHECK(player.declare("top.a", 1) == TracePlayer::kNoSignal);
    CHECK(player.get_child_objects().empty());
    sc_core::sc_start();
    CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
}

TEST_CASE("a window beyond the end of the run and a quiet player do not lengthen the simulation") {
    const TemporaryDirectory directory;
    const Clocking clock(sc_time(1, SC_NS));
    TraceOptions options = vcd_options(directory.file("w"));
    options.window_begin = 1000000;
    {
        TracePlayer player("player", clock, options);
        const SignalId a = player.declare("a", 8);
        Driver driver("driver", [&] {
            player.play(clock(0), {{0, a, 3}});
            sc_core::wait(clock(9));
            player.play(clock(9), {{0, a, 0}});
        });
        sc_core::sc_start();
        CHECK(sc_core::sc_time_stamp() == sc_time(9, SC_NS));
    }
    CHECK(VcdFile(directory.file("w.vcd")).signal("a").changes.size() == 1);
}

TEST_CASE("options and uses that cannot work are refused") {
    const TemporaryDirectory directory;
    const Clocking clock(sc_time(1, SC_NS));
    const auto message = [&](const TraceOptions& options) {
        try {
            const TracePlayer player(sc_core::sc_gen_unique_name("player"), clock, options);
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    CHECK(message(vcd_options(directory.file("missing/w.vcd"))) ==
          "cannot write the VCD file '" + directory.file("missing/w.vcd") + "': No such file or directory");
    CHECK(message(vcd_options(directory.file("missing/w"))).find("missing/w.vcd'") != std::string::npos);
    std::filesystem::create_directory(directory.file("d.vcd"));
    CHECK(message(vcd_options(directory.file("d.vcd"))).find("Is a directory") != std::string::npos);
    CHECK(message(vcd_options(".vcd")).find("it has no name") != std::string::npos);
    TraceOptions empty = vcd_options(directory.file("w"));
    empty.window_begin = empty.window_end = 5;
    CHECK(message(empty).find("the trace window 5 .. 5 is empty") == 0);

    // Without a simulation there is no file, and one that exists is left alone.
    CHECK(message(vcd_options(directory.file("w"))) == "no error");
    CHECK_FALSE(std::filesystem::exists(directory.file("w.vcd")));

    TracePlayer player("good", clock, vcd_options(directory.file("good")));
    player.declare("top.a", 64);
    CHECK_THROWS_AS(player.declare("top.a", 1), std::logic_error);
    CHECK_THROWS_AS(player.declare("top.b", 0), std::logic_error);
    CHECK_THROWS_AS(player.declare("top.c", 65), std::logic_error);
    sc_core::sc_start(clock(3));
    CHECK_THROWS_AS(player.declare("top.d", 1), std::logic_error);
    CHECK_THROWS_AS(player.play(clock(2), {}), std::logic_error);
}

TEST_CASE("a scope that selects no signal ends the start of the simulation") {
    const TemporaryDirectory directory;
    const Clocking clock(sc_time(1, SC_NS));
    TraceOptions options = vcd_options(directory.file("w"));
    options.scope = "top.pe_99";
    TracePlayer player("player", clock, options);
    CHECK(player.declare("top.pe_0.busy", 1) == TracePlayer::kNoSignal);
    try {
        sc_core::sc_start(clock(1));
        FAIL("no error");
    } catch (const InputError& error) {
        CHECK(std::string(error.what()) == "the trace scope 'top.pe_99' selects no signal; there are 'top.pe_0'");
    }
}
