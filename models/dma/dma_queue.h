#pragma once
// The half of the DMA engine that does not depend on the protocol: transfers in order, cut into bursts; responses back
// into transfers. The protocol half (dma_issuer.h) takes bursts as soon as it can and hands each back when its response
// is in. New transfers and responses count from the next delta cycle on: whatever the order of the processes within
// one, every burst is sent in the same delta cycle, by either protocol.

#include <systemc>

#include <cstdint>
#include <deque>
#include <list>
#include <vector>

#include "models/base/statistics.h"
#include "models/dma/dma.h"
#include "models/dma/dma_burst.h"

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
    bool timed_out = false;
    bool cancelled = false;
};

class DmaQueue : public sc_core::sc_prim_channel {
  public:
    // timeout: 0 for none. owner: registers the counters.
    DmaQueue(const DmaParameters& parameters, const sc_core::sc_time& timeout, const sc_core::sc_object& owner,
             Statistics& statistics);

    void push(const DmaTransfer& transfer, const sc_core::sc_time& delay);
    // The next burst to send now, in order; null when there is none or `outstanding` are on the way.
    DmaBurst* take();
    // When to ask again.
    const sc_core::sc_event& changed() const { return changed_; }
    const sc_core::sc_event& due() const { return due_; }  // a transfer's start time has come
    // The response is in, now.
    void finish(DmaBurst& burst);

    // When to call give_up_overdue(), of a queue with a timeout.
    const sc_core::sc_event& overdue() const { return overdue_; }
    // Ends what has waited for too long; a response in the same delta cycle is in time.
    void give_up_overdue() { request_update(); }

    // Wins against a response in the same delta cycle.
    void cancel();
    bool idle() const { return pushed_.empty() && waiting_.empty() && in_flight_.empty(); }
    const sc_core::sc_event& drained() const { return drained_; }

  private:
    using Transfers = std::list<DmaOpenTransfer>;

    void update() override;
    // Where the next burst begins.
    static std::uint64_t next_address(const DmaOpenTransfer& transfer);
    std::uint64_t next_length(const DmaOpenTransfer& transfer) const;
    DmaBurst& cut(DmaOpenTransfer& transfer);
    void account(DmaBurst& burst);
    // A burst of the transfer has failed, or one that it could not send.
    void fail(DmaOpenTransfer& transfer, std::uint64_t burst, std::uint64_t address, tlm::tlm_response_status status,
              bool timed_out);
    // Ends a transfer of which nothing is to be sent and nothing is on the way.
    void end_if_done(DmaOpenTransfer& transfer);
    bool is_being_cut(const DmaOpenTransfer& transfer) const {
        return !waiting_.empty() && &waiting_.front() == &transfer;
    }
    // The transfer that is being cut has no more bursts to send.
    void stop_cutting();
    void check_timeouts();
    // Whether a wait that began then has taken too long; where not yet, it is looked at again as soon as it has.
    bool is_overdue(const sc_core::sc_time& begin);
    // Answers the owner, if there still is one.
    static void complete(DmaOpenTransfer& transfer, tlm::tlm_response_status status);
    void erase(Transfers& transfers, const DmaOpenTransfer& transfer);
    void notify_if_idle();

    const std::uint64_t burst_bytes_;
    const int outstanding_;
    const DmaAlignment alignment_;
    const sc_core::sc_time timeout_;
    Counter& read_bytes_;
    Counter& write_bytes_;
    Counter& bursts_;
    DmaBurstPool pool_;
    Transfers pushed_;                  // in this delta cycle
    std::vector<DmaBurst*> finished_;   // in this delta cycle
    Transfers waiting_;                 // in order; the first one may have bursts on the way
    Transfers in_flight_;               // all bursts sent, some on the way
    int on_the_way_ = 0;                // those that were given up included
    std::deque<DmaBurst*> unanswered_;  // with a timeout: on the way, not given up, in the order of sending
    sc_core::sc_time last_cut_;         // or when the transfer that is being cut came to the front
    sc_core::sc_event changed_;
    sc_core::sc_event due_;
    sc_core::sc_event drained_;
    sc_core::sc_event overdue_;
};

}  // namespace nonzero
