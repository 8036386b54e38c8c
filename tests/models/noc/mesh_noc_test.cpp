#include <fmt/format.h>
#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <systemc>
#include <vector>

#include "models/noc/mesh_noc.h"

using namespace nonzero;
using sc_core::SC_NS;
using sc_core::sc_time;

namespace {

bool same(const Packet& a, const Packet& b) {
    return a.destination == b.destination && a.address == b.address && a.value == b.value;
}

// Stubs on every socket of the network: nodes that inject and keep what they get, and a sequencer.
struct Bench : sc_core::sc_module {
    Bench(sc_core::sc_module_name module_name, const MeshShape& mesh_shape)
        : sc_module(module_name), shape(mesh_shape), noc("noc", mesh_shape, clock, statistics), sequencer("sequencer") {
        const auto nodes = static_cast<std::size_t>(shape.nodes());
        extra_delay.resize(nodes);
        for (std::size_t node = 0; node < nodes; ++node) {
            sources.push_back(std::make_unique<StreamInitiator<PacketBurst>>(fmt::format("source_{}", node).c_str()));
            owners.push_back(std::make_unique<StreamTarget<PacketDelivery>>(
                fmt::format("owner_{}", node).c_str(), [this, node](PacketDelivery& delivery, sc_time& delay) {
                    received[node].insert(received[node].end(), delivery.packets.begin(), delivery.packets.end());
                    ++deliveries[node];
                    stamps[node] = delay;
                    delay += extra_delay[node];
                }));
            sources[node]->bind(noc.inject(static_cast<int>(node)));
            noc.eject(static_cast<int>(node)).bind(*owners[node]);
        }
        sequencer.bind(noc.exchange);
    }

    // The packets have to stay alive until the exchange.
    void inject(std::size_t node, const std::vector<Packet>& packets, int packet_bits = 20) {
        PacketBurst burst{static_cast<std::uint16_t>(node), packets, packet_bits};
        sc_time delay(7, SC_NS);
        sources[node]->send(burst, delay);
        if (delay != sc_time(7, SC_NS)) {
            throw std::runtime_error("injection costs no time");
        }
    }

    Cycles exchange(sc_time& delay) {
        received.clear();
        deliveries.clear();
        ExchangeRequest request;
        request.cycles = ~Cycles{0};
        sequencer.send(request, delay);
        return request.cycles;
    }
    void discard() {
        ExchangeRequest request;
        request.discard = true;
        sc_time delay;
        sequencer.send(request, delay);
    }
    Cycles exchange() {
        sc_time delay;
        return exchange(delay);
    }

    MeshShape shape;
    Clocking clock{sc_time(2, SC_NS)};
    Statistics statistics;
    MeshNoc noc;
    StreamInitiator<ExchangeRequest> sequencer;
    std::vector<std::unique_ptr<StreamInitiator<PacketBurst>>> sources;
    std::vector<std::unique_ptr<StreamTarget<PacketDelivery>>> owners;
    std::vector<sc_time> extra_delay;
    std::map<std::size_t, std::vector<Packet>> received;
    std::map<std::size_t, int> deliveries;
    std::map<std::size_t, sc_time> stamps;
};

}  // namespace

TEST_CASE("an exchange delivers to the owners in the order of source and packet number") {
    Bench bench("bench", {2, 2});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const std::vector<Packet> from_3{{0, 10, -5}, {1, 11, 6}, {0, 12, 7}};
    const std::vector<Packet> from_0_first{{3, 20, 1}};
    const std::vector<Packet> from_0_second{{1, 21, std::int64_t{1} << 40}, {3, 22, 3}};
    bench.inject(3, from_3);  // the order of injection is not the order of sources
    bench.inject(0, from_0_first);
    bench.inject(0, from_0_second);
    sc_time delay(100, SC_NS);
    // Node 0's three packets leave over 0 -> 1 in cycles 0 to 2; the last one crosses 1 -> 3 in cycle 3.
    CHECK(bench.exchange(delay) == 4);
    CHECK(delay == sc_time(108, SC_NS));

    REQUIRE(bench.received.size() == 3);
    REQUIRE(bench.received[0].size() == 2);
    CHECK(same(bench.received[0][0], from_3[0]));
    CHECK(same(bench.received[0][1], from_3[2]));
    REQUIRE(bench.received[1].size() == 2);
    CHECK(same(bench.received[1][0], from_0_second[0]));
    CHECK(same(bench.received[1][1], from_3[1]));
    REQUIRE(bench.received[3].size() == 2);
    CHECK(same(bench.received[3][0], from_0_first[0]));
    CHECK(same(bench.received[3][1], from_0_second[1]));
    CHECK(bench.deliveries == std::map<std::size_t, int>{{0, 1}, {1, 1}, {3, 1}});
    CHECK(bench.stamps[0] == sc_time(108, SC_NS));

    CHECK(bench.statistics.value("bench.noc.packets") == 6);
    CHECK(bench.statistics.value("bench.noc.hops") == 10);
    CHECK(bench.statistics.value("bench.noc.exchanges") == 1);
    CHECK(bench.statistics.value("bench.noc.exchange_cycles") == 4);
    CHECK(bench.statistics.value("bench.noc.busiest_link") == 3);
    CHECK(bench.noc.inject(0).traffic().transactions == 2);
    CHECK(bench.noc.inject(0).traffic().bytes == 3 + 5);  // 20 and 40 bits
    CHECK(bench.noc.inject(1).traffic().transactions == 0);
    CHECK(bench.noc.eject(0).traffic().bytes == 5);
    CHECK(bench.noc.eject(2).traffic().transactions == 0);
    CHECK(bench.noc.exchange.traffic().transactions == 1);
}

TEST_CASE("an exchange without packets takes no time and the next one starts afresh") {
    Bench bench("bench", {1, 3});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    sc_time delay(5, SC_NS);
    CHECK(bench.exchange(delay) == 0);
    CHECK(delay == sc_time(5, SC_NS));
    CHECK(bench.received.empty());

    const std::vector<Packet> packets{{2, 1, 1}, {2, 2, 2}};
    bench.inject(0, packets);
    bench.discard();
    CHECK(bench.exchange() == 0);
    CHECK(bench.received.empty());

    bench.inject(0, packets);
    CHECK(bench.exchange() == 3);
    CHECK(bench.received[2].size() == 2);
    CHECK(bench.exchange() == 0);
    CHECK(bench.received.empty());
    CHECK(bench.statistics.value("bench.noc.exchanges") == 4);
    CHECK(bench.statistics.value("bench.noc.packets") == 2);
    CHECK(bench.statistics.value("bench.noc.exchange_cycles") == 3);

    // A packet to its own node is delivered at once.
    const std::vector<Packet> own{{1, 9, 9}};
    bench.inject(1, own);
    CHECK(bench.exchange() == 0);
    REQUIRE(bench.received[1].size() == 1);
    CHECK(bench.received[1][0].value == 9);
}

TEST_CASE("the slowest owner's delay counts, beside the network's cycles") {
    Bench bench("bench", {1, 3});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const std::vector<Packet> packets{{1, 0, 0}, {2, 0, 0}};
    bench.extra_delay[1] = sc_time(11, SC_NS);
    bench.extra_delay[2] = sc_time(4, SC_NS);
    bench.inject(0, packets);
    sc_time delay(1, SC_NS);
    CHECK(bench.exchange(delay) == 3);
    CHECK(delay == sc_time(1 + 6 + 11, SC_NS));
    CHECK(bench.stamps[2] == sc_time(7, SC_NS));
}

TEST_CASE("messages that no node can send are refused") {
    Bench bench("bench", {2, 2});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const std::vector<Packet> packets{{4, 0, 0}};
    PacketBurst wrong_source{2, packets, 20};
    sc_time delay;
    CHECK_THROWS_AS(bench.sources[1]->send(wrong_source, delay), std::logic_error);
    bench.inject(1, packets);
    CHECK_THROWS_AS(bench.inject(2, packets, 24), std::logic_error);  // another width in the same exchange
    CHECK_THROWS_AS(bench.exchange(), std::logic_error);
    CHECK(bench.received.empty());
    bench.discard();
    const std::vector<Packet> wider{{0, 0, 0}};
    bench.inject(2, wider, 24);
    bench.exchange();
    CHECK(bench.received.size() == 1);
}

TEST_CASE("random exchanges with repeating patterns take the kernel's cycles and keep every packet") {
    Bench bench("bench", {3, 4});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    // More patterns than the network keeps, each used again and again with other values.
    std::vector<std::vector<std::vector<std::uint16_t>>> pool;
    std::uint64_t exchanges = 0;
    std::uint64_t cycles = 0;
    std::uint64_t packets_sent = 0;
    CHECK(test::property_holds("exchange", [&] {
        const auto choice = *rc::gen::inRange<std::size_t>(0, 20);
        if (choice >= pool.size()) {
            pool.push_back(*rc::gen::container<std::vector<std::vector<std::uint16_t>>>(
                12, rc::gen::container<std::vector<std::uint16_t>>(rc::gen::inRange<std::uint16_t>(0, 12))));
        }
        const auto& pattern = pool[std::min(choice, pool.size() - 1)];
        std::vector<std::vector<Packet>> bursts(12);
        std::map<std::size_t, std::vector<Packet>> expected;
        for (std::size_t source = 0; source < 12; ++source) {
            for (const std::uint16_t destination : pattern[source]) {
                bursts[source].push_back(
                    {destination, *rc::gen::arbitrary<std::uint32_t>(), *rc::gen::arbitrary<std::int64_t>()});
                expected[destination].push_back(bursts[source].back());
            }
            packets_sent += pattern[source].size();
        }
        for (std::size_t source = 12; source-- > 0;) {
            bench.inject(source, bursts[source]);
        }
        const Cycles expected_cycles = resolve_mesh({3, 4}, pattern).cycles;
        ++exchanges;
        cycles += expected_cycles;
        sc_time delay(3, SC_NS);
        RC_ASSERT(bench.exchange(delay) == expected_cycles);
        RC_ASSERT(delay == sc_time(3 + 2 * static_cast<double>(expected_cycles), SC_NS));
        RC_ASSERT(bench.received.size() == expected.size());
        for (const auto& [node, packets] : expected) {
            RC_ASSERT(std::equal(packets.begin(), packets.end(), bench.received[node].begin(),
                                 bench.received[node].end(), same));
        }
    }));
    CHECK(bench.statistics.value("bench.noc.exchanges") == exchanges);
    CHECK(bench.statistics.value("bench.noc.exchange_cycles") == cycles);
    CHECK(bench.statistics.value("bench.noc.packets") == packets_sent);
}
