#include <fmt/format.h>

#include "models/dma/dma_issuer.h"

namespace nonzero {

namespace {

class LtDmaIssuer : public DmaIssuer {
  public:
    LtDmaIssuer(DmaQueue& queue, tlm::tlm_initiator_socket<32>& memory, int workers) : queue_(queue), memory_(memory) {
        wake_ |= queue.changed();
        wake_ |= queue.due();
        for (int i = 0; i < workers; ++i) {
            sc_core::sc_spawn([this] { work(); }, fmt::format("worker_{}", i).c_str());
        }
    }

    // Phases have no place in b_transport.
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
        return tlm::TLM_ACCEPTED;
    }

  private:
    // Which worker carries a burst does not matter: each takes the next one and calls the memory before it waits.
    void work() {
        for (;;) {
            DmaBurst* burst = queue_.take();
            if (burst == nullptr) {
                sc_core::wait(wake_);
                continue;
            }
            sc_core::sc_time delay;
            memory_->b_transport(*burst, delay);
            if (delay != sc_core::SC_ZERO_TIME) {
                sc_core::wait(delay);
            }
            queue_.finish(*burst);
        }
    }

    DmaQueue& queue_;
    tlm::tlm_initiator_socket<32>& memory_;
    sc_core::sc_event_or_list wake_;
};

}  // namespace

std::unique_ptr<DmaIssuer> make_lt_dma_issuer(DmaQueue& queue, tlm::tlm_initiator_socket<32>& memory, int workers) {
    return std::make_unique<LtDmaIssuer>(queue, memory, workers);
}

}  // namespace nonzero
