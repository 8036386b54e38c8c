#include "models/dma/dma_burst.h"

namespace nonzero {

DmaBurst& DmaBurstPool::allocate() {
    if (free_.empty()) {
        bursts_.push_back(std::make_unique<DmaBurst>(this));
        free_.push_back(bursts_.back().get());
    }
    DmaBurst& burst = *free_.back();
    free_.pop_back();
    burst.acquire();
    return burst;
}

void DmaBurstPool::free(tlm::tlm_generic_payload* payload) {
    payload->reset();
    free_.push_back(static_cast<DmaBurst*>(payload));
}

}  // namespace nonzero
