#pragma once
// The half of the DMA engine that speaks one of the two protocols: takes bursts from the queue, sends them at once, and
// hands each back at the time of its response.

#include <tlm>

#include <memory>

#include "models/dma/dma_queue.h"

namespace nonzero {

class DmaIssuer : public tlm::tlm_bw_transport_if<> {
  public:
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}  // DMI is never used
};

// Construct inside the module that owns the socket: both create processes. The queue outlives the issuer.
std::unique_ptr<DmaIssuer> make_lt_dma_issuer(DmaQueue& queue, tlm::tlm_initiator_socket<32>& memory, int workers);
std::unique_ptr<DmaIssuer> make_at_dma_issuer(DmaQueue& queue, tlm::tlm_initiator_socket<32>& memory);

}  // namespace nonzero
