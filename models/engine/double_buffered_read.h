#pragma once
// Blocks of memory read one after another, one in use while the next is on its way.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/host/engine.h"

namespace nonzero {

// start(n), then wait(n); what wait(n) returned stays until start(n + 2). Keep it alive until the engine's reset()
// after a fault or abort, because bursts may still be on the way into its buffers.
class DoubleBufferedRead {
  public:
    explicit DoubleBufferedRead(WorkContext& context) : context_(context) {}

    void start(std::size_t number, const nz_region& block) {
        Slot& slot = slots_[number % 2];
        slot.bytes.resize(block.size);
        slot.completion = std::make_unique<DmaCompletion>();
        slot.transfer = {};
        slot.transfer.address = block.address;
        slot.transfer.row_bytes = slot.bytes.size();
        slot.transfer.buffer = slot.bytes.data();
        slot.transfer.completion = slot.completion.get();
        if (!slot.bytes.empty()) {
            context_.start(slot.transfer);
        }
    }
    // Waits until the block is there.
    std::span<const std::uint8_t> wait(std::size_t number) {
        Slot& slot = slots_[number % 2];
        if (!slot.bytes.empty()) {
            context_.wait_for(*slot.completion);
        }
        return slot.bytes;
    }

  private:
    struct Slot {
        std::vector<std::uint8_t> bytes;
        DmaTransfer transfer;
        std::unique_ptr<DmaCompletion> completion;
    };
    WorkContext& context_;
    Slot slots_[2];
};

}  // namespace nonzero
