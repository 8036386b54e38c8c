#include "models/base/at_initiator.h"

#include <utility>

namespace nonzero {

AtInitiator::AtInitiator(tlm::tlm_initiator_socket<32>& memory, Responded responded)
    : memory_(memory), responded_(std::move(responded)) {
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.dont_initialize();
    options.set_sensitivity(&later_responses_.get_event());
    sc_core::sc_spawn([this] { take_later_responses(); }, "responses", &options);
}

bool AtInitiator::request_channel_is_free() {
    const sc_core::sc_time& now = sc_core::sc_time_stamp();
    if (!requesting_ && request_end_ > now) {
        request_ended_.notify(request_end_ - now);
    }
    return !requesting_ && request_end_ <= now;
}

void AtInitiator::send(tlm::tlm_generic_payload& payload) {
    open_[&payload] = {};
    requesting_ = true;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    const tlm::tlm_sync_enum answer = memory_->nb_transport_fw(payload, phase, delay);
    const auto found = open_.find(&payload);
    if (found == open_.end()) {
        return;  // answered by the backward path within the call
    }
    Open& open = found->second;
    switch (answer) {
        case tlm::TLM_COMPLETED:
            // The request channel is free at once, whenever the response comes.
            end_request(open, sc_core::SC_ZERO_TIME);
            begin_response(payload, open, delay);
            break;
        case tlm::TLM_UPDATED:
            if (phase == tlm::END_REQ) {
                end_request(open, delay);
            } else if (phase == tlm::BEGIN_RESP) {
                open.end_response = true;
                begin_response(payload, open, delay);
            }
            break;
        case tlm::TLM_ACCEPTED:
            break;
    }
}

tlm::tlm_sync_enum AtInitiator::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                sc_core::sc_time& delay) {
    const auto open = open_.find(&payload);
    if (open != open_.end() && phase == tlm::END_REQ) {
        end_request(open->second, delay);
    }
    if (open != open_.end() && phase == tlm::BEGIN_RESP) {
        begin_response(payload, open->second, delay);
        // Accepted as soon as it begins. TLM_COMPLETED would say so too, but not to a target that acts on END_RESP.
        phase = tlm::END_RESP;
        return tlm::TLM_UPDATED;
    }
    return tlm::TLM_ACCEPTED;
}

void AtInitiator::end_request(Open& open, const sc_core::sc_time& delay) {
    if (open.stage != Stage::request) {
        return;
    }
    open.stage = Stage::accepted;
    requesting_ = false;
    request_end_ = sc_core::sc_time_stamp() + delay;
    request_ended_.notify(sc_core::SC_ZERO_TIME);
}

// A BEGIN_RESP without END_REQ ends the request too.
void AtInitiator::begin_response(tlm::tlm_generic_payload& payload, Open& open, const sc_core::sc_time& delay) {
    if (open.stage == Stage::response) {
        return;
    }
    end_request(open, delay);
    open.stage = Stage::response;
    if (delay == sc_core::SC_ZERO_TIME) {
        finish(payload);
    } else {
        later_responses_.notify(payload, delay);
    }
}

void AtInitiator::take_later_responses() {
    while (tlm::tlm_generic_payload* payload = later_responses_.get_next_transaction()) {
        finish(*payload);
    }
}

void AtInitiator::finish(tlm::tlm_generic_payload& payload) {
    const auto open = open_.find(&payload);
    const bool end_response = open->second.end_response;
    open_.erase(open);
    if (end_response) {
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time delay;
        memory_->nb_transport_fw(payload, phase, delay);
    }
    responded_(payload);
}

}  // namespace nonzero
