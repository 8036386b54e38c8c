#pragma once
// The half of the DMA engine that does not depend on the protocol: transfers in order, cut into bursts; responses back
// into transfers. The protocol half (dma_issuer.h) takes bursts as soon as it can and hands each back when its response
// is in.

#include <systemc>

#include <cstdint>
#include <list>

#include "models/common/dma.h"
#include "models/common/dma_burst.h"
#include "models/common/statistics.h"

namespace nonzero {

// A transfer that has bursts to issue or on the way.
struct DmaOpenTransfer {
    DmaTransfer command;
    sc_core::sc_time start;
    // Next burst to cut
    std::uint64_t row = 0;
    std::uint64_t row_offset = 0;
    std::uint64_t bursts = 0;  // cut so far
    std::uint64_t on_the_way = 0;
    tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
    std::uint64_t fault_burst = 0;
    std::uint64_t fault_address = 0;
    bool cancelled = false;
};

class DmaQueue {
  public:
    // owner: registers the counters.
    DmaQueue(const DmaParameters& parameters, const sc_core::sc_object& owner, Statistics& statistics);

    void push(const DmaTransfer& transfer, const sc_core::sc_time& delay);
    // The next burst to send now, in order; null when there is none or `outstanding` are on the way. Events say when to
    // ask again; a caller that hands a burst back asks by itself.
    DmaBurst* take();
    const sc_core::sc_event& pushed() const { return pushed_; }  // immediate
    const sc_core::sc_event& due() const { return due_; }        // a transfer's start time has come
    // The response is in: the burst ends now and is released.
    void finish(DmaBurst& burst);

    void cancel();
    bool idle() const { return waiting_.empty() && in_flight_.empty(); }
    const sc_core::sc_event& drained() const { return drained_; }

  private:
    using Transfers = std::list<DmaOpenTransfer>;

    DmaBurst& cut(DmaOpenTransfer& transfer);
    // The transfer that is being cut has no more bursts to send.
    void stop_cutting() { in_flight_.splice(in_flight_.end(), waiting_, waiting_.begin()); }
    // Answers the owner, if there still is one.
    static void complete(DmaOpenTransfer& transfer, tlm::tlm_response_status status);
    void erase(Transfers& transfers, const DmaOpenTransfer& transfer);

    const std::uint64_t burst_bytes_;
    const int outstanding_;
    Counter& read_bytes_;
    Counter& write_bytes_;
    Counter& bursts_;
    DmaBurstPool pool_;
    Transfers waiting_;    // in order; the first one may have bursts on the way
    Transfers in_flight_;  // all bursts sent, some on the way
    int on_the_way_ = 0;
    sc_core::sc_event pushed_;
    sc_core::sc_event due_;
    sc_core::sc_event drained_;
};

}  // namespace nonzero
