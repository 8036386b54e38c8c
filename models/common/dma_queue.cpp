#include "models/common/dma_queue.h"

#include <algorithm>
#include <cstring>

namespace nonzero {

namespace {

bool is_empty(const DmaTransfer& transfer) {
    return transfer.rows == 0 || transfer.row_bytes == 0;
}

// The bytes from the first to the last one touched, or those of the buffer, do not fit into 64 bits of address.
bool wraps_around(const DmaTransfer& transfer) {
    std::uint64_t bytes = 0;
    std::uint64_t last_row = 0;
    std::uint64_t last_byte = 0;
    return __builtin_mul_overflow(transfer.rows, transfer.row_bytes, &bytes) ||
           (transfer.rows > 1 && __builtin_mul_overflow(transfer.rows - 1, transfer.row_pitch, &last_row)) ||
           __builtin_add_overflow(last_row, transfer.row_bytes - 1, &last_byte) ||
           __builtin_add_overflow(transfer.address, last_byte, &last_byte);
}

}  // namespace

DmaQueue::DmaQueue(const DmaParameters& parameters, const sc_core::sc_object& owner, Statistics& statistics)
    : sc_core::sc_prim_channel("queue"),
      burst_bytes_(static_cast<std::uint64_t>(parameters.burst_bytes)),
      outstanding_(parameters.outstanding),
      read_bytes_(statistics.counter(owner, "read_bytes", CounterKind::bytes, "bytes read from memory")),
      write_bytes_(statistics.counter(owner, "write_bytes", CounterKind::bytes, "bytes written to memory")),
      bursts_(statistics.counter(owner, "bursts", CounterKind::count, "bursts sent to memory")) {}

void DmaQueue::push(const DmaTransfer& transfer, const sc_core::sc_time& delay) {
    DmaOpenTransfer open;
    open.command = transfer;
    open.start = sc_core::sc_time_stamp() + delay;
    if (transfer.completion != nullptr) {
        transfer.completion->finished = false;
        transfer.completion->status = tlm::TLM_INCOMPLETE_RESPONSE;
        transfer.completion->fault_address = 0;
    }
    pushed_.push_back(open);
    request_update();
}

void DmaQueue::finish(DmaBurst& burst) {
    finished_.push_back(&burst);
    request_update();
}

void DmaQueue::update() {
    waiting_.splice(waiting_.end(), pushed_);
    for (DmaBurst* burst : finished_) {
        account(*burst);
    }
    finished_.clear();
    if (!waiting_.empty() && on_the_way_ < outstanding_) {
        changed_.notify(sc_core::SC_ZERO_TIME);
    }
}

DmaBurst* DmaQueue::take() {
    const sc_core::sc_time& now = sc_core::sc_time_stamp();
    while (on_the_way_ < outstanding_ && !waiting_.empty()) {
        DmaOpenTransfer& transfer = waiting_.front();
        if (transfer.start > now) {
            due_.notify(transfer.start - now);
            return nullptr;
        }
        if (is_empty(transfer.command)) {
            complete(transfer, tlm::TLM_OK_RESPONSE);
            erase(waiting_, transfer);
            continue;
        }
        if (transfer.bursts == 0 && wraps_around(transfer.command)) {
            transfer.fault_address = transfer.command.address;
            complete(transfer, tlm::TLM_ADDRESS_ERROR_RESPONSE);
            erase(waiting_, transfer);
            continue;
        }
        DmaBurst& burst = cut(transfer);
        if (transfer.row == transfer.command.rows) {
            stop_cutting();
        }
        return &burst;
    }
    return nullptr;
}

DmaBurst& DmaQueue::cut(DmaOpenTransfer& transfer) {
    const DmaTransfer& command = transfer.command;
    const std::uint64_t row_address = command.address + (command.rows == 1 ? 0 : transfer.row * command.row_pitch);
    const std::uint64_t address = row_address + transfer.row_offset;
    const std::uint64_t length =
        std::min(command.row_bytes - transfer.row_offset, burst_bytes_ - address % burst_bytes_);

    DmaBurst& burst = pool_.allocate();
    burst.transfer = &transfer;
    burst.index = transfer.bursts++;
    burst.buffer_offset = transfer.row * command.row_bytes + transfer.row_offset;
    burst.data.resize(length);
    if (command.write) {
        std::memcpy(burst.data.data(), command.buffer + burst.buffer_offset, length);
    }
    burst.set_command(command.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    burst.set_address(address);
    burst.set_data_ptr(burst.data.data());
    burst.set_data_length(static_cast<unsigned>(length));
    burst.set_streaming_width(static_cast<unsigned>(length));
    burst.set_byte_enable_ptr(nullptr);
    burst.set_byte_enable_length(0);
    burst.set_dmi_allowed(false);
    burst.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);

    transfer.row_offset += length;
    if (transfer.row_offset == command.row_bytes) {
        transfer.row_offset = 0;
        ++transfer.row;
    }
    ++transfer.on_the_way;
    ++on_the_way_;
    bursts_.add();
    return burst;
}

void DmaQueue::account(DmaBurst& burst) {
    DmaOpenTransfer& transfer = *burst.transfer;
    --transfer.on_the_way;
    --on_the_way_;
    if (burst.is_response_ok()) {
        (burst.is_read() ? read_bytes_ : write_bytes_).add(burst.get_data_length());
        if (burst.is_read() && !transfer.cancelled) {
            std::memcpy(transfer.command.buffer + burst.buffer_offset, burst.get_data_ptr(), burst.get_data_length());
        }
    } else if (transfer.status == tlm::TLM_OK_RESPONSE || burst.index < transfer.fault_burst) {
        // A memory that never set the status has failed too.
        const tlm::tlm_response_status status = burst.get_response_status();
        transfer.status = status == tlm::TLM_INCOMPLETE_RESPONSE ? tlm::TLM_GENERIC_ERROR_RESPONSE : status;
        transfer.fault_burst = burst.index;
        transfer.fault_address = burst.get_address();
        if (!waiting_.empty() && &waiting_.front() == &transfer) {
            stop_cutting();
        }
    }
    burst.release();
    const bool all_sent = waiting_.empty() || &waiting_.front() != &transfer;
    if (all_sent && transfer.on_the_way == 0) {
        complete(transfer, transfer.status);
        erase(in_flight_, transfer);
    }
}

void DmaQueue::complete(DmaOpenTransfer& transfer, tlm::tlm_response_status status) {
    DmaCompletion* completion = transfer.command.completion;
    if (completion == nullptr || transfer.cancelled) {
        return;
    }
    completion->status = status;
    completion->fault_address = transfer.fault_address;
    completion->finished = true;
    completion->done.notify(sc_core::SC_ZERO_TIME);
}

void DmaQueue::erase(Transfers& transfers, const DmaOpenTransfer& transfer) {
    transfers.erase(std::find_if(transfers.begin(), transfers.end(),
                                 [&transfer](const DmaOpenTransfer& other) { return &other == &transfer; }));
    notify_if_idle();
}

void DmaQueue::notify_if_idle() {
    if (idle()) {
        drained_.notify(sc_core::SC_ZERO_TIME);
    }
}

void DmaQueue::cancel() {
    if (idle()) {
        return;
    }
    if (!waiting_.empty() && waiting_.front().on_the_way != 0) {
        stop_cutting();
    }
    for (Transfers* transfers : {&in_flight_, &waiting_, &pushed_}) {
        for (DmaOpenTransfer& transfer : *transfers) {
            complete(transfer, tlm::TLM_INCOMPLETE_RESPONSE);
            transfer.cancelled = true;
        }
    }
    waiting_.clear();
    pushed_.clear();
    due_.cancel();
    notify_if_idle();
}

}  // namespace nonzero
