#include "models/dma/dma_work_context.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace nonzero {

DmaWorkContext::DmaWorkContext(const Clocking& clock, StreamInitiator<DmaTransfer>& commands, DmaControl dma,
                               DiscardQuestion discard_asked, const sc_core::sc_event& discard)
    : clock_(clock),
      commands_(commands),
      dma_(std::move(dma)),
      discard_asked_(std::move(discard_asked)),
      discard_(discard) {}

void DmaWorkContext::throw_if_discarded() {
    if (discard_asked_()) {
        dma_.cancel();  // before the stack with completions and buffers is unwound
        throw Aborted{};
    }
}

void DmaWorkContext::wait_until(const sc_core::sc_time& time) {
    throw_if_discarded();
    while (sc_core::sc_time_stamp() < time) {
        sc_core::wait(time - sc_core::sc_time_stamp(), discard_);
        throw_if_discarded();
    }
}

void DmaWorkContext::start(DmaTransfer& transfer) {
    open_.push_back({transfer.completion, transfer.write, transfer.payload_bytes()});
    sc_core::sc_time delay;  // the DMA engine queues at once
    commands_.send(transfer, delay);
}

void DmaWorkContext::wait_for(DmaCompletion& completion) {
    const auto open = std::find_if(open_.begin(), open_.end(),
                                   [&](const OpenTransfer& each) { return each.completion == &completion; });
    if (open == open_.end()) {
        throw std::logic_error("wait_for() names a transfer that is not open");
    }
    throw_if_discarded();
    while (!completion.finished) {
        sc_core::wait(completion.done | discard_);
        throw_if_discarded();
    }
    const OpenTransfer ended = *open;
    open_.erase(open);
    if (completion.status != tlm::TLM_OK_RESPONSE) {
        const bool no_such_address = completion.status == tlm::TLM_ADDRESS_ERROR_RESPONSE;
        dma_.cancel();  // what else is open refers to the stack that is unwound now
        throw Fault{completion.timed_out ? NZ_ERROR_TIMEOUT
                    : no_such_address    ? NZ_ERROR_BUS_ADDRESS
                                         : NZ_ERROR_BUS,
                    completion.fault_address};
    }
    (ended.write ? written_bytes_ : read_bytes_).add(ended.bytes);
}

void DmaWorkContext::transfer(bool write, std::uint64_t address, unsigned char* buffer, std::uint64_t bytes) {
    DmaCompletion completion;
    DmaTransfer message;
    message.write = write;
    message.address = address;
    message.row_bytes = bytes;
    message.buffer = buffer;
    message.completion = &completion;
    start(message);
    wait_for(completion);
}

void DmaWorkContext::read(std::uint64_t address, void* buffer, std::uint64_t bytes) {
    transfer(false, address, static_cast<unsigned char*>(buffer), bytes);
}

void DmaWorkContext::write(std::uint64_t address, const void* buffer, std::uint64_t bytes) {
    // The DMA engine only reads the buffer of a write.
    transfer(true, address, const_cast<unsigned char*>(static_cast<const unsigned char*>(buffer)), bytes);
}

void DmaWorkContext::drain() {
    dma_.cancel();
    while (!dma_.idle()) {
        sc_core::wait(dma_.drained);
    }
    open_.clear();
}

void DmaWorkContext::clear_bytes() {
    read_bytes_.clear();
    written_bytes_.clear();
}

}  // namespace nonzero
