#include "models/noc/mesh_noc.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <list>
#include <stdexcept>
#include <utility>

namespace nonzero {

namespace {

using Pattern = std::vector<std::vector<std::uint16_t>>;  // destinations of every source, in packet order

// A layer has few patterns: a full and a last output-channel group.
constexpr std::size_t kKeptPatterns = 8;

}  // namespace

struct MeshNoc::Implementation {
    struct KnownPattern {
        Pattern destinations;
        MeshResult result;
    };

    Implementation(const MeshShape& mesh_shape, const Clocking& clocking, const MeshNoc& owner, Statistics& statistics)
        : shape(mesh_shape),
          clock(clocking),
          bursts(static_cast<std::size_t>(mesh_shape.nodes())),
          packets(statistics.counter(owner, "packets", CounterKind::count, "packets sent to another PE")),
          hops(statistics.counter(owner, "hops", CounterKind::count, "links crossed, over all packets")),
          exchanges(statistics.counter(owner, "exchanges", CounterKind::count, "barrier exchanges")),
          exchange_cycles(statistics.counter(owner, "exchange_cycles", CounterKind::cycles, "length of all exchanges")),
          busiest_link(statistics.counter(owner, "busiest_link", CounterKind::maximum,
                                          "packets over the most loaded link of one exchange, largest")) {}

    void take(std::size_t node, const PacketBurst& burst) {
        if (burst.source != node) {
            throw std::logic_error(fmt::format("mesh: burst of node {} on the socket of node {}", burst.source, node));
        }
        if (packet_bits != 0 && burst.packet_bits != packet_bits) {
            throw std::logic_error(
                fmt::format("mesh: packets of {} and of {} bits in an exchange", packet_bits, burst.packet_bits));
        }
        packet_bits = burst.packet_bits;
        bursts[node].push_back(burst.packets);
    }

    Pattern pattern() const {
        Pattern destinations(bursts.size());
        for (std::size_t source = 0; source < bursts.size(); ++source) {
            for (const auto& burst : bursts[source]) {
                destinations[source].reserve(destinations[source].size() + burst.size());
                for (const Packet& packet : burst) {
                    destinations[source].push_back(packet.destination);
                }
            }
        }
        return destinations;
    }

    // Most recently used first.
    const MeshResult& resolve() {
        Pattern destinations = pattern();
        auto found = std::find_if(known.begin(), known.end(), [&](const KnownPattern& candidate) {
            return candidate.destinations == destinations;
        });
        if (found == known.end()) {
            const MeshResult result = resolve_mesh(shape, destinations);
            known.push_back({std::move(destinations), result});
            found = std::prev(known.end());
        }
        known.splice(known.begin(), known, found);
        if (known.size() > kKeptPatterns) {
            known.pop_back();
        }
        return known.front().result;
    }

    // All packets grouped by destination; within one the order of (source, packet number) stays.
    void sort_by_destination(std::size_t count) {
        begin_of.assign(bursts.size() + 1, 0);
        for_each_packet([&](const Packet& packet) { ++begin_of[packet.destination + std::size_t{1}]; });
        for (std::size_t node = 0; node < bursts.size(); ++node) {
            begin_of[node + 1] += begin_of[node];
        }
        sorted.resize(count);
        next_of.assign(begin_of.begin(), begin_of.end() - 1);
        for_each_packet([&](const Packet& packet) { sorted[next_of[packet.destination]++] = packet; });
    }

    template <class Action>
    void for_each_packet(Action action) const {
        for (const auto& of_source : bursts) {
            for (const auto& burst : of_source) {
                for (const Packet& packet : burst) {
                    action(packet);
                }
            }
        }
    }

    void forget_bursts() {
        for (auto& of_source : bursts) {
            of_source.clear();
        }
        packet_bits = 0;
    }

    void exchange(ExchangeRequest& request, sc_core::sc_time& delay) {
        if (request.discard) {
            forget_bursts();
            return;
        }
        const MeshResult result = resolve();
        sort_by_destination(result.packets);
        const int bits = packet_bits;
        forget_bursts();
        packets.add(result.packets);
        hops.add(result.hops);
        exchanges.add();
        exchange_cycles.add(result.cycles);
        busiest_link.raise_to(result.busiest_link);
        request.cycles = result.cycles;
        const sc_core::sc_time end = delay + clock(result.cycles);
        delay = end;
        for (std::size_t node = 0; node < bursts.size(); ++node) {
            const std::size_t count = begin_of[node + 1] - begin_of[node];
            if (count > 0) {
                PacketDelivery delivery{std::span<const Packet>(sorted).subspan(begin_of[node], count), bits};
                sc_core::sc_time answer = end;
                eject[node]->send(delivery, answer);
                delay = std::max(delay, answer);
            }
        }
    }

    MeshShape shape;
    Clocking clock;
    std::vector<std::unique_ptr<StreamTarget<PacketBurst>>> inject;
    std::vector<std::unique_ptr<StreamInitiator<PacketDelivery>>> eject;
    std::vector<std::vector<std::span<const Packet>>> bursts;  // since the last exchange, by source
    int packet_bits = 0;                                       // of these; 0: there are none
    std::list<KnownPattern> known;
    std::vector<Packet> sorted;
    std::vector<std::size_t> begin_of;  // first packet of a destination in `sorted`
    std::vector<std::size_t> next_of;
    Counter& packets;
    Counter& hops;
    Counter& exchanges;
    Counter& exchange_cycles;
    Counter& busiest_link;
};

MeshNoc::MeshNoc(sc_core::sc_module_name name, const MeshShape& shape, const Clocking& clock, Statistics& statistics)
    : sc_module(name),
      exchange("exchange", [this](ExchangeRequest& request,
                                  sc_core::sc_time& delay) { implementation_->exchange(request, delay); }),
      implementation_(std::make_unique<Implementation>(shape, clock, *this, statistics)) {
    for (std::size_t node = 0; node < implementation_->bursts.size(); ++node) {
        implementation_->inject.push_back(std::make_unique<StreamTarget<PacketBurst>>(
            fmt::format("inject_{}", node).c_str(),
            [this, node](PacketBurst& burst, sc_core::sc_time&) { implementation_->take(node, burst); }));
        implementation_->eject.push_back(
            std::make_unique<StreamInitiator<PacketDelivery>>(fmt::format("eject_{}", node).c_str()));
    }
}

// In the reverse order of construction, in which SystemC's registries find them at once.
MeshNoc::~MeshNoc() {
    while (!implementation_->inject.empty()) {
        implementation_->eject.pop_back();
        implementation_->inject.pop_back();
    }
}

StreamTarget<PacketBurst>& MeshNoc::inject(int node) {
    return *implementation_->inject.at(static_cast<std::size_t>(node));
}

StreamInitiator<PacketDelivery>& MeshNoc::eject(int node) {
    return *implementation_->eject.at(static_cast<std::size_t>(node));
}

}  // namespace nonzero
