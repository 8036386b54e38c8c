#pragma once
// Backward path of an AT target towards one initiator: sends BEGIN_RESP at the time given, in the order given, never a
// second one before the first has ended (response exclusion rule), whichever way the initiator ends it. Holds a
// reference to a payload from hold() until its response has ended.

#include <systemc>
#include <tlm>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <vector>

namespace nonzero {

class ResponseQueue {
  public:
    explicit ResponseQueue(tlm::tlm_bw_transport_if<>* initiator) : initiator_(initiator) {}

    tlm::tlm_bw_transport_if<>* initiator() const { return initiator_; }

    static void hold(tlm::tlm_generic_payload& payload);
    void push(tlm::tlm_generic_payload& payload, const sc_core::sc_time& time) { waiting_.push_back({&payload, time}); }
    // Sends what is due now.
    void send();
    // END_RESP on the forward path; false when no response to this payload is open.
    bool end(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
    // Something waits that only time holds back: when to call send().
    bool timed() const { return open_ == nullptr && !waiting_.empty(); }
    sc_core::sc_time next() const { return std::max(waiting_.front().time, free_); }

  private:
    struct Response {
        tlm::tlm_generic_payload* payload;
        sc_core::sc_time time;
    };
    void close(const sc_core::sc_time& delay);

    tlm::tlm_bw_transport_if<>* initiator_;
    std::deque<Response> waiting_;
    tlm::tlm_generic_payload* open_ = nullptr;  // BEGIN_RESP sent, not ended
    sc_core::sc_time free_;                     // end of the last response
};

// Those of all initiators of a target.
class ResponseQueues {
  public:
    void add(tlm::tlm_bw_transport_if<>* initiator) { queues_.emplace_back(initiator); }
    void push(std::size_t initiator, tlm::tlm_generic_payload& payload, const sc_core::sc_time& time) {
        queues_[initiator].push(payload, time);
        due_.notify(time - sc_core::sc_time_stamp());
    }
    bool end(std::size_t initiator, const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
    // When to call send().
    const sc_core::sc_event& due() const { return due_; }
    void send();

    auto begin() const { return queues_.begin(); }
    auto end() const { return queues_.end(); }

  private:
    void notify(const ResponseQueue& queue);

    std::vector<ResponseQueue> queues_;
    sc_core::sc_event due_;
};

}  // namespace nonzero
