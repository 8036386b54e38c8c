#pragma once
// The initiator's side of the AT phases. Every legal way through them is handled: END_REQ by the backward or the return
// path or not at all, BEGIN_RESP by either, early completion, each with an annotated delay. One BEGIN_REQ at a time
// (request exclusion rule); a response is accepted as soon as it begins and ended by END_RESP. What is not legal is
// ignored.

#include <tlm_utils/peq_with_get.h>
#include <systemc>
#include <tlm>

#include <functional>
#include <unordered_map>

namespace nonzero {

// Construct inside the module that owns the socket: it creates a process.
class AtInitiator {
  public:
    // responded: called at the time of each response, after END_RESP.
    using Responded = std::function<void(tlm::tlm_generic_payload&)>;

    AtInitiator(tlm::tlm_initiator_socket<32>& memory, Responded responded);

    // Not before the END_REQ of the last request has taken effect; request_ended() is notified when to ask again.
    bool request_channel_is_free();
    const sc_core::sc_event& request_ended() const { return request_ended_; }
    // While the channel is free. The payload stays alive until its response.
    void send(tlm::tlm_generic_payload& payload);
    // What the socket's bw interface passes on.
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);

  private:
    enum class Stage { request, accepted, response };  // the last phase that began, END_REQ for accepted
    struct Open {
        Stage stage = Stage::request;
        bool end_response = false;  // END_RESP is still owed
    };

    void end_request(Open& open, const sc_core::sc_time& delay);
    void begin_response(tlm::tlm_generic_payload& payload, Open& open, const sc_core::sc_time& delay);
    void take_later_responses();
    void finish(tlm::tlm_generic_payload& payload);

    tlm::tlm_initiator_socket<32>& memory_;
    Responded responded_;
    std::unordered_map<tlm::tlm_generic_payload*, Open> open_;  // never walked: its order is the host's
    bool requesting_ = false;                                   // BEGIN_REQ sent, END_REQ outstanding
    sc_core::sc_time request_end_;
    sc_core::sc_event request_ended_;
    tlm_utils::peq_with_get<tlm::tlm_generic_payload> later_responses_{"later_responses"};
};

}  // namespace nonzero
