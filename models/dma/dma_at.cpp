#include "models/base/at_initiator.h"
#include "models/dma/dma_issuer.h"

namespace nonzero {

namespace {

class AtDmaIssuer : public DmaIssuer {
  public:
    AtDmaIssuer(DmaQueue& queue, tlm::tlm_initiator_socket<32>& memory)
        : queue_(queue), phases_(memory, [this](tlm::tlm_generic_payload& payload) {
              queue_.finish(static_cast<DmaBurst&>(payload));
          }) {
        wake_ |= queue.changed();
        wake_ |= queue.due();
        wake_ |= phases_.request_ended();
        sc_core::sc_spawn([this] { issue(); }, "issue");
    }

    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        return phases_.nb_transport_bw(payload, phase, delay);
    }

  private:
    void issue() {
        for (;;) {
            while (phases_.request_channel_is_free()) {
                DmaBurst* burst = queue_.take();
                if (burst == nullptr) {
                    break;
                }
                phases_.send(*burst);
            }
            sc_core::wait(wake_);
        }
    }

    DmaQueue& queue_;
    AtInitiator phases_;
    sc_core::sc_event_or_list wake_;
};

}  // namespace

std::unique_ptr<DmaIssuer> make_at_dma_issuer(DmaQueue& queue, tlm::tlm_initiator_socket<32>& memory) {
    return std::make_unique<AtDmaIssuer>(queue, memory);
}

}  // namespace nonzero
