#pragma once
// Mesh network-on-chip with the two-phase barrier exchange (shared.md 2). Phase 1: every node injects its bursts,
// at any time and at no cost; a node may stay silent. Phase 2: an exchange request resolves all packets of the barrier
// together (mesh_kernel.h) and delivers them to their owners, one delivery per destination that has any, ordered by
// (source id, packet number), stamped with the end of the exchange. The request returns the network's cycles; the delay
// returns them too, plus what the slowest owner added to its delivery. The duration depends only on the destinations,
// so the results of the last few destination patterns are kept.
//
// A packet crosses a link as one value, as wide as its sender says; where it belongs follows from its order, so that no
// address is counted.
//
// Counters: packets, hops, exchanges, exchange_cycles, busiest_link (maximum over the exchanges).
// Errors in use (a burst whose source is another node, packets of several widths in an exchange, a destination outside
// the mesh) throw std::logic_error.

#include <systemc>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/noc/mesh_kernel.h"

namespace nonzero {

struct Packet {
    std::uint16_t destination;
    std::uint32_t address;  // at the destination
    std::int64_t value;     // one partial sum, or one finished output on its way to a pooling window
};

// Message: node -> NoC.
struct PacketBurst {
    std::uint16_t source = 0;
    std::span<const Packet> packets;  // valid until the exchange is resolved
    int packet_bits = 0;              // of a value; the same in all bursts of an exchange
    std::uint64_t payload_bytes() const { return (packets.size() * std::uint64_t(packet_bits) + 7) / 8; }
};

// Message: NoC -> node.
struct PacketDelivery {
    std::span<const Packet> packets;
    int packet_bits = 0;
    std::uint64_t payload_bytes() const { return (packets.size() * std::uint64_t(packet_bits) + 7) / 8; }
};

// Message: sequencer -> NoC.
struct ExchangeRequest {
    bool discard = false;  // instead: drop what was injected since the last exchange (abort, reset)
    Cycles cycles = 0;     // result
    std::uint64_t payload_bytes() const { return 0; }
};

class MeshNoc : public sc_core::sc_module {
  public:
    MeshNoc(sc_core::sc_module_name name, const MeshShape& shape, const Clocking& clock, Statistics& statistics);
    ~MeshNoc() override;

    StreamTarget<PacketBurst>& inject(int node);
    StreamInitiator<PacketDelivery>& eject(int node);  // has to be bound
    StreamTarget<ExchangeRequest> exchange;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
