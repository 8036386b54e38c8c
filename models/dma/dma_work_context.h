#pragma once
// The WorkContext of the command processor: waits that ABORT and reset get through, transfers over the DMA command
// stream.

#include <systemc>

#include <cstdint>
#include <functional>
#include <vector>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/dma/dma.h"
#include "models/host/engine.h"

namespace nonzero {

// What is needed of a DMA engine besides its command stream.
struct DmaControl {
    std::function<void()> cancel;
    std::function<bool()> idle;
    const sc_core::sc_event& drained;
};

class DmaWorkContext : public WorkContext {
  public:
    // Asked before and after every wait: true = throw Aborted. Notifying `discard` makes a pending wait ask again.
    using DiscardQuestion = std::function<bool()>;

    DmaWorkContext(const Clocking& clock, StreamInitiator<DmaTransfer>& commands, DmaControl dma,
                   DiscardQuestion discard_asked, const sc_core::sc_event& discard);

    const Clocking& clock() const override { return clock_; }
    void wait_until(const sc_core::sc_time& time) override;
    void start(DmaTransfer& transfer) override;
    void wait_for(DmaCompletion& completion) override;
    void read(std::uint64_t address, void* buffer, std::uint64_t bytes) override;
    void write(std::uint64_t address, const void* buffer, std::uint64_t bytes) override;

    // Cancels every open transfer and waits until the DMA engine is idle; nothing interrupts this.
    void drain();
    // Transfers started and not waited for yet.
    std::size_t open_transfers() const { return open_.size(); }

    // Payload of the transfers that ended well.
    std::uint64_t read_bytes() const { return read_bytes_.value(); }
    std::uint64_t written_bytes() const { return written_bytes_.value(); }
    void clear_bytes();

  private:
    struct OpenTransfer {
        DmaCompletion* completion;
        bool write;
        std::uint64_t bytes;
    };
    void transfer(bool write, std::uint64_t address, unsigned char* buffer, std::uint64_t bytes);
    void throw_if_discarded();

    const Clocking& clock_;
    StreamInitiator<DmaTransfer>& commands_;
    DmaControl dma_;
    DiscardQuestion discard_asked_;
    const sc_core::sc_event& discard_;
    std::vector<OpenTransfer> open_;
    Counter read_bytes_;
    Counter written_bytes_;
};

}  // namespace nonzero
