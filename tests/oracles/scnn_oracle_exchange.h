#pragma once
// Halo exchange, packet by packet (scnn_facts.md 10.9 rules 11, 12).

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <tuple>
#include <vector>

#include "tests/oracles/scnn_oracle.h"

namespace nonzero::oracle::scnn {

struct Packet {
    int row, column;  // destination PE
    int k, yo, xo;
    std::int64_t partial_sum;
};

// Delivers every packet with `deliver` and returns the largest arrival time.
template <class Deliver>
std::uint64_t exchange(const std::vector<std::vector<Packet>>& packets, const ScnnConfig& config, Deliver deliver) {
    struct Event {
        std::uint64_t time;
        std::size_t source, number;
        int row, column;  // router the packet is at
        bool operator>(const Event& other) const {
            return std::tie(time, source, number) > std::tie(other.time, other.source, other.number);
        }
    };
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
    for (std::size_t source = 0; source < packets.size(); ++source)
        for (std::size_t number = 0; number < packets[source].size(); ++number)
            events.push({0, source, number, int(source) / config.pe_columns, int(source) % config.pe_columns});

    std::map<std::array<int, 4>, std::uint64_t> link_free;  // by (row, column) of both ends
    std::uint64_t last = 0;
    while (!events.empty()) {
        Event event = events.top();
        events.pop();
        const Packet& packet = packets[event.source][event.number];
        int row = event.row;
        int column = event.column;
        if (column != packet.column)
            column += packet.column > column ? 1 : -1;
        else if (row != packet.row)
            row += packet.row > row ? 1 : -1;
        else {
            last = std::max(last, event.time);
            deliver(packet);
            continue;
        }
        std::uint64_t& free = link_free[{event.row, event.column, row, column}];
        const std::uint64_t start = std::max(event.time, free);
        free = start + 1;
        events.push({start + 1, event.source, event.number, row, column});
    }
    return last;
}

}  // namespace nonzero::oracle::scnn
