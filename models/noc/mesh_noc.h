#pragma once
// Mesh network-on-chip with the two-phase barrier exchange (DESIGN section 5). Phase 1: every node injects its burst.
// Phase 2: an exchange request resolves all packets of the barrier together (mesh_kernel.h), delivers them to their
// owners, one delivery per destination that has any, ordered by (source id, packet number), and returns the duration in
// the request and in the delay. The duration depends only on the destinations, so the results of the last few
// destination patterns are kept.

#include <systemc>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/common/clocking.h"
#include "models/common/statistics.h"
#include "models/common/stream.h"
#include "models/noc/mesh_kernel.h"

namespace nonzero {

struct Packet {
    std::uint16_t destination;
    std::uint32_t address;  // at the destination
    std::int64_t value;     // one partial sum
};

// Message: node -> NoC. Payload counts `psum_bytes` per packet.
struct PacketBurst {
    std::uint16_t source = 0;
    std::span<const Packet> packets;  // valid until the exchange is resolved
    std::uint64_t payload_bytes() const { return packets.size() * 3; }
};

// Message: NoC -> node.
struct PacketDelivery {
    std::span<const Packet> packets;
    std::uint64_t payload_bytes() const { return packets.size() * 3; }
};

// Message: sequencer -> NoC.
struct ExchangeRequest {
    Cycles cycles = 0;  // result
    std::uint64_t payload_bytes() const { return 0; }
};

class MeshNoc : public sc_core::sc_module {
  public:
    MeshNoc(sc_core::sc_module_name name, const MeshShape& shape, const Clocking& clock, Statistics& statistics);
    ~MeshNoc() override;

    StreamTarget<PacketBurst>& inject(int node);
    StreamInitiator<PacketDelivery>& eject(int node);
    StreamTarget<ExchangeRequest> exchange;

    // Drops what was injected since the last exchange (abort, reset).
    void discard();

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
