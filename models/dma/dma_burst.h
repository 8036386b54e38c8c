#pragma once
// One burst of the DMA engine: the payload that goes over the bus, with the engine's own bookkeeping, and the pool that
// hands bursts out and takes them back when the last reference is released.

#include <tlm>

#include <cstdint>
#include <memory>
#include <vector>

namespace nonzero {

struct DmaOpenTransfer;

struct DmaBurst : tlm::tlm_generic_payload {
    explicit DmaBurst(tlm::tlm_mm_interface* manager) : tlm::tlm_generic_payload(manager) {}

    DmaOpenTransfer* transfer = nullptr;  // null: given up, whoever asked has been told
    std::uint64_t index = 0;              // within the transfer
    std::uint64_t address = 0;            // as sent: the payload's may be translated on its way
    std::uint64_t buffer_offset = 0;      // where its bytes are in the transfer's buffer
    sc_core::sc_time sent;
    // A burst has its own bytes, because the buffer of a transfer that was cancelled or given up may be gone before the
    // memory answers.
    std::vector<unsigned char> data;
};

class DmaBurstPool : public tlm::tlm_mm_interface {
  public:
    // With one reference, which the caller releases.
    DmaBurst& allocate();

    void free(tlm::tlm_generic_payload* payload) override;

  private:
    std::vector<std::unique_ptr<DmaBurst>> bursts_;
    std::vector<DmaBurst*> free_;
};

}  // namespace nonzero
