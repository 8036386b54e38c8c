#include <tlm_utils/peq_with_get.h>

#include "models/dma/dma_issuer.h"

namespace nonzero {

namespace {

// Every legal way through the phases is handled: END_REQ by the backward or the return path or not at all, BEGIN_RESP
// by either, early completion, each with an annotated delay. What is not legal is ignored.
class AtDmaIssuer : public DmaIssuer {
  public:
    AtDmaIssuer(DmaQueue& queue, tlm::tlm_initiator_socket<32>& memory) : queue_(queue), memory_(memory) {
        wake_ |= queue.changed();
        wake_ |= queue.due();
        wake_ |= request_ended_;
        sc_core::sc_spawn([this] { issue(); }, "issue");
        sc_core::sc_spawn_options options;
        options.spawn_method();
        options.dont_initialize();
        options.set_sensitivity(&later_responses_.get_event());
        sc_core::sc_spawn([this] { take_later_responses(); }, "responses", &options);
    }

    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        auto* burst = dynamic_cast<DmaBurst*>(&payload);
        if (burst != nullptr && phase == tlm::END_REQ) {
            end_request(*burst, delay);
        }
        if (burst != nullptr && phase == tlm::BEGIN_RESP) {
            begin_response(*burst, delay);
            // Accepted as soon as it begins. TLM_COMPLETED would say so too, but not to a target that acts on END_RESP.
            phase = tlm::END_RESP;
            return tlm::TLM_UPDATED;
        }
        return tlm::TLM_ACCEPTED;
    }

  private:
    void issue() {
        for (;;) {
            while (request_channel_is_free()) {
                DmaBurst* burst = queue_.take();
                if (burst == nullptr) {
                    break;
                }
                send(*burst);
            }
            sc_core::wait(wake_);
        }
    }

    // Request exclusion rule: one BEGIN_REQ at a time, and not before the END_REQ of the last one has taken effect.
    bool request_channel_is_free() {
        const sc_core::sc_time& now = sc_core::sc_time_stamp();
        if (request_ == nullptr && request_end_ > now) {
            request_ended_.notify(request_end_ - now);
        }
        return request_ == nullptr && request_end_ <= now;
    }

    void send(DmaBurst& burst) {
        burst.stage = DmaBurst::Stage::request;
        burst.end_response = false;
        request_ = &burst;
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay;
        switch (memory_->nb_transport_fw(burst, phase, delay)) {
            case tlm::TLM_COMPLETED:
                // The request channel is free at once, whenever the response comes.
                end_request(burst, sc_core::SC_ZERO_TIME);
                begin_response(burst, delay);
                break;
            case tlm::TLM_UPDATED:
                if (phase == tlm::END_REQ) {
                    end_request(burst, delay);
                } else if (phase == tlm::BEGIN_RESP) {
                    burst.end_response = true;
                    begin_response(burst, delay);
                }
                break;
            case tlm::TLM_ACCEPTED:
                break;
        }
    }

    void end_request(DmaBurst& burst, const sc_core::sc_time& delay) {
        if (burst.stage != DmaBurst::Stage::request) {
            return;
        }
        burst.stage = DmaBurst::Stage::accepted;
        request_ = nullptr;
        request_end_ = sc_core::sc_time_stamp() + delay;
        request_ended_.notify(sc_core::SC_ZERO_TIME);
    }

    // A BEGIN_RESP without END_REQ ends the request too.
    void begin_response(DmaBurst& burst, const sc_core::sc_time& delay) {
        if (burst.stage == DmaBurst::Stage::response) {
            return;
        }
        end_request(burst, delay);
        burst.stage = DmaBurst::Stage::response;
        if (delay == sc_core::SC_ZERO_TIME) {
            finish(burst);
        } else {
            later_responses_.notify(burst, delay);
        }
    }

    void take_later_responses() {
        while (DmaBurst* burst = later_responses_.get_next_transaction()) {
            finish(*burst);
        }
    }

    void finish(DmaBurst& burst) {
        if (burst.end_response) {
            tlm::tlm_phase phase = tlm::END_RESP;
            sc_core::sc_time delay;
            memory_->nb_transport_fw(burst, phase, delay);
        }
        queue_.finish(burst);
    }

    DmaQueue& queue_;
    tlm::tlm_initiator_socket<32>& memory_;
    DmaBurst* request_ = nullptr;  // BEGIN_REQ sent, END_REQ outstanding
    sc_core::sc_time request_end_;
    sc_core::sc_event request_ended_;
    sc_core::sc_event_or_list wake_;
    tlm_utils::peq_with_get<DmaBurst> later_responses_{"later_responses"};
};

}  // namespace

std::unique_ptr<DmaIssuer> make_at_dma_issuer(DmaQueue& queue, tlm::tlm_initiator_socket<32>& memory) {
    return std::make_unique<AtDmaIssuer>(queue, memory);
}

}  // namespace nonzero
