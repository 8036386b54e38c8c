#pragma once
// The WorkContext over DMA engines: waits that a discard gets through, transfers over the engines' command streams.

#include <systemc>

#include <cstdint>
#include <functional>
#include <vector>

#include "models/base/statistics.h"
#include "models/dma/work_context.h"

namespace nonzero {

// An engine's command stream, and what else is needed of it.
struct DmaPort {
    StreamInitiator<DmaTransfer>& commands;
    DmaControl dma;
};

class DmaWorkContext : public WorkContext {
  public:
    // Asked before and after every wait: true = throw Aborted. Notifying `discard` makes a pending wait ask again.
    using DiscardQuestion = std::function<bool()>;

    DmaWorkContext(const Clocking& clock, std::vector<DmaPort> ports, DiscardQuestion discard_asked,
                   const sc_core::sc_event& discard);

    const Clocking& clock() const override { return clock_; }
    std::size_t ports() const override { return ports_.size(); }
    void wait_until(const sc_core::sc_time& time) override;
    void wait_for(const sc_core::sc_event& event) override;
    void start(DmaTransfer& transfer, std::size_t port = 0) override;
    void wait_for(DmaCompletion& completion) override;
    void read(std::uint64_t address, void* buffer, std::uint64_t bytes, std::size_t port = 0) override;
    void read(std::uint64_t address, DmaSink& sink, std::uint64_t bytes, std::size_t port = 0) override;
    void write(std::uint64_t address, const void* buffer, std::uint64_t bytes, std::size_t port = 0) override;

    // Ends the work: cancels every open transfer, has all waits throw Aborted, and waits until the DMA engines are
    // idle; nothing interrupts this.
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
    void carry_out(DmaTransfer& transfer, std::size_t port);
    // What is open refers to stacks that are unwound now.
    void end_work();
    // work: the number of the work that the caller is part of.
    void throw_if_ended(std::uint64_t work);

    const Clocking& clock_;
    std::vector<DmaPort> ports_;
    DiscardQuestion discard_asked_;
    const sc_core::sc_event& discard_;
    std::uint64_t work_ = 0;  // number of works that have ended early
    sc_core::sc_event ended_;
    sc_core::sc_event_or_list ask_again_;
    std::vector<OpenTransfer> open_;
    Counter read_bytes_;
    Counter written_bytes_;
};

}  // namespace nonzero
