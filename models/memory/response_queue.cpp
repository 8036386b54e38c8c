#include "models/memory/response_queue.h"

namespace nonzero {

// A payload without a memory manager has no reference count; its initiator keeps it alive by other means.
void ResponseQueue::hold(tlm::tlm_generic_payload& payload) {
    if (payload.has_mm()) {
        payload.acquire();
    }
}

void ResponseQueue::close(const sc_core::sc_time& delay) {
    tlm::tlm_generic_payload* ended = open_;
    open_ = nullptr;
    free_ = sc_core::sc_time_stamp() + delay;
    if (ended->has_mm()) {
        ended->release();
    }
}

void ResponseQueue::send() {
    while (timed() && next() <= sc_core::sc_time_stamp()) {
        open_ = waiting_.front().payload;
        waiting_.pop_front();
        tlm::tlm_generic_payload& payload = *open_;
        tlm::tlm_phase phase = tlm::BEGIN_RESP;
        sc_core::sc_time delay;
        const tlm::tlm_sync_enum answer = initiator_->nb_transport_bw(payload, phase, delay);
        const bool ended = answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::END_RESP);
        if (ended && open_ == &payload) {
            close(delay);
        }
    }
}

bool ResponseQueue::end(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
    if (open_ != &payload) {
        return false;
    }
    close(delay);
    return true;
}

bool ResponseQueues::end(std::size_t initiator, const tlm::tlm_generic_payload& payload,
                         const sc_core::sc_time& delay) {
    ResponseQueue& queue = queues_[initiator];
    if (!queue.end(payload, delay)) {
        return false;
    }
    notify(queue);
    return true;
}

void ResponseQueues::send() {
    for (ResponseQueue& queue : queues_) {
        queue.send();
    }
    for (const ResponseQueue& queue : queues_) {
        notify(queue);
    }
}

void ResponseQueues::notify(const ResponseQueue& queue) {
    if (queue.timed()) {
        const sc_core::sc_time& now = sc_core::sc_time_stamp();
        due_.notify(std::max(queue.next(), now) - now);
    }
}

}  // namespace nonzero
