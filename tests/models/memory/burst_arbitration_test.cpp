// BurstArbitration against a bus that is walked tick by tick.
#include "models/memory/burst_arbitration.h"

#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include <algorithm>
#include <vector>

#include "tests/common/in_range.h"

using nonzero::BurstArbitration;
using nonzero::in_range;

namespace {

struct Burst {
    int ready;
    int duration;
};
using Series = std::vector<Burst>;  // of a requester, in its order

struct Use {
    int requester;
    int number;  // of its bursts
    int begin;
    friend bool operator==(const Use&, const Use&) = default;
};

std::ostream& operator<<(std::ostream& out, const Use& use) {
    return out << use.requester << "." << use.number << " at " << use.begin;
}

std::vector<Series> random_series(int least_duration) {
    std::vector<Series> all(std::size_t(in_range(1, 5)));
    for (Series& series : all) {
        int ready = 0;
        const int bursts = in_range(0, 12);
        for (int n = 0; n < bursts; ++n) {
            ready += in_range(0, 3) == 0 ? in_range(0, 20) : 0;
            series.push_back({ready, in_range(least_duration, 6)});
        }
    }
    return all;
}

// Tick after tick: where nobody has the bus, look at everybody in turn, from the one behind whoever had it last.
std::vector<Use> walk(const std::vector<Series>& all) {
    std::vector<Use> uses;
    std::vector<std::size_t> next(all.size(), 0);
    int last = int(all.size()) - 1;
    int left = 0;  // ticks that the bus is still taken for
    for (int tick = 0; tick < 2000; ++tick) {
        for (bool found = true; found && left == 0;) {
            found = false;
            for (int step = 1; step <= int(all.size()) && !found; ++step) {
                const int who = (last + step) % int(all.size());
                const Series& series = all[std::size_t(who)];
                const std::size_t number = next[std::size_t(who)];
                if (number < series.size() && series[number].ready <= tick) {
                    uses.push_back({who, int(number), tick});
                    left = series[number].duration;
                    last = who;
                    ++next[std::size_t(who)];
                    found = true;
                }
            }
        }
        left = std::max(left - 1, 0);
    }
    return uses;
}

// By events: everything that is ready at a time is added before the bus is granted.
std::vector<Use> arbitrate(const std::vector<Series>& all) {
    BurstArbitration<int> bus(all.size());
    std::vector<Use> uses;
    std::vector<std::size_t> added(all.size(), 0);
    for (std::uint64_t now = 0;;) {
        std::uint64_t later = ~std::uint64_t{0};
        for (std::size_t who = 0; who < all.size(); ++who) {
            for (; added[who] < all[who].size(); ++added[who]) {
                const Burst& burst = all[who][added[who]];
                if (std::uint64_t(burst.ready) > now) {
                    later = std::min(later, std::uint64_t(burst.ready));
                    break;
                }
                bus.add(who, int(added[who]), std::uint64_t(burst.duration));
            }
        }
        while (const auto grant = bus.grant(now)) {
            RC_ASSERT(grant->end == now + grant->duration);
            RC_ASSERT(bus.free() == grant->end);
            uses.push_back({int(grant->requester), grant->request, int(now)});
        }
        if (bus.has_waiting()) {
            later = std::min(later, bus.free());
        }
        if (later == ~std::uint64_t{0}) {
            return uses;
        }
        RC_ASSERT(later > now);
        now = later;
    }
}

}  // namespace

TEST_CASE("bursts get the bus as on one that is walked tick by tick") {
    CHECK(nonzero::test::property_holds("durations of a tick and more", [] {
        const std::vector<Series> all = random_series(1);
        RC_ASSERT(arbitrate(all) == walk(all));
    }));
    CHECK(nonzero::test::property_holds("some take no time", [] {
        const std::vector<Series> all = random_series(0);
        RC_ASSERT(arbitrate(all) == walk(all));
    }));
}

TEST_CASE("the turn passes on from whoever was served last") {
    BurstArbitration<char> bus(3);
    const auto served = [&](std::uint64_t now) {
        const auto grant = bus.grant(now);
        return grant ? grant->request : '-';
    };
    CHECK(served(0) == '-');
    bus.add(2, 'x', 4);
    bus.add(0, 'a', 4);
    bus.add(0, 'b', 4);
    CHECK(served(10) == 'a');
    CHECK(served(13) == '-');  // taken
    bus.add(1, 'm', 4);
    CHECK(served(14) == 'm');
    CHECK(served(18) == 'x');
    bus.add(2, 'y', 4);
    CHECK(served(22) == 'b');
    CHECK(bus.free() == 26);
    CHECK(bus.has_waiting());
    CHECK(served(40) == 'y');
    CHECK_FALSE(bus.has_waiting());
    CHECK_THROWS_AS(bus.add(3, 'z', 1), std::out_of_range);
}
