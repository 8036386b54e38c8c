#include "models/dma/dma_work_context.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace nonzero {

DmaWorkContext::DmaWorkContext(const Clocking& clock, std::vector<DmaPort> ports, DiscardQuestion discard_asked,
                               const sc_core::sc_event& discard)
    : clock_(clock), ports_(std::move(ports)), discard_asked_(std::move(discard_asked)), discard_(discard) {
    ask_again_ |= discard_;
    ask_again_ |= ended_;
}

void DmaWorkContext::end_work() {
    ++work_;
    ended_.notify(sc_core::SC_ZERO_TIME);
    for (const DmaPort& port : ports_) {
        port.dma.cancel();
    }
}

void DmaWorkContext::throw_if_ended(std::uint64_t work) {
    if (work != work_) {
        throw Aborted{};
    }
    if (discard_asked_()) {
        end_work();
        throw Aborted{};
    }
}

void DmaWorkContext::wait_until(const sc_core::sc_time& time) {
    const std::uint64_t work = work_;
    throw_if_ended(work);
    while (sc_core::sc_time_stamp() < time) {
        sc_core::wait(time - sc_core::sc_time_stamp(), ask_again_);
        throw_if_ended(work);
    }
}

void DmaWorkContext::wait_for(const sc_core::sc_event& event) {
    const std::uint64_t work = work_;
    do {
        throw_if_ended(work);
        sc_core::wait(event | discard_ | ended_);
    } while (!event.triggered());
    throw_if_ended(work);
}

void DmaWorkContext::start(DmaTransfer& transfer, std::size_t port) {
    StreamInitiator<DmaTransfer>& commands = ports_.at(port).commands;
    open_.push_back({transfer.completion, transfer.write, transfer.payload_bytes()});
    sc_core::sc_time delay;  // the DMA engine queues at once
    commands.send(transfer, delay);
}

void DmaWorkContext::wait_for(DmaCompletion& completion) {
    const auto is_asked_for = [&](const OpenTransfer& each) { return each.completion == &completion; };
    const auto open = std::find_if(open_.begin(), open_.end(), is_asked_for);
    if (open == open_.end()) {
        throw std::logic_error("wait_for() names a transfer that is not open");
    }
    const OpenTransfer asked_for = *open;
    const std::uint64_t work = work_;
    throw_if_ended(work);
    while (!completion.finished) {
        sc_core::wait(completion.done | discard_ | ended_);
        throw_if_ended(work);
    }
    std::erase_if(open_, is_asked_for);
    if (completion.status != tlm::TLM_OK_RESPONSE) {
        end_work();
        throw DmaError{completion.status, completion.timed_out, completion.fault_address};
    }
    (asked_for.write ? written_bytes_ : read_bytes_).add(asked_for.bytes);
}

void DmaWorkContext::carry_out(DmaTransfer& transfer, std::size_t port) {
    DmaCompletion completion;
    transfer.completion = &completion;
    start(transfer, port);
    wait_for(completion);
}

void DmaWorkContext::read(std::uint64_t address, void* buffer, std::uint64_t bytes, std::size_t port) {
    DmaTransfer transfer;
    transfer.address = address;
    transfer.row_bytes = bytes;
    transfer.buffer = static_cast<unsigned char*>(buffer);
    carry_out(transfer, port);
}

void DmaWorkContext::read(std::uint64_t address, DmaSink& sink, std::uint64_t bytes, std::size_t port) {
    DmaTransfer transfer;
    transfer.address = address;
    transfer.row_bytes = bytes;
    transfer.sink = &sink;
    carry_out(transfer, port);
}

void DmaWorkContext::write(std::uint64_t address, const void* buffer, std::uint64_t bytes, std::size_t port) {
    // The DMA engine only reads the buffer of a write.
    DmaTransfer transfer;
    transfer.write = true;
    transfer.address = address;
    transfer.row_bytes = bytes;
    transfer.buffer = const_cast<unsigned char*>(static_cast<const unsigned char*>(buffer));
    carry_out(transfer, port);
}

void DmaWorkContext::drain() {
    end_work();
    for (const DmaPort& port : ports_) {
        while (!port.dma.idle()) {
            sc_core::wait(port.dma.drained);
        }
    }
    open_.clear();
}

void DmaWorkContext::clear_bytes() {
    read_bytes_.clear();
    written_bytes_.clear();
}

}  // namespace nonzero
