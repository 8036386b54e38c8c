#include "models/dma/dma_queue.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

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

DmaQueue::DmaQueue(const DmaParameters& parameters, const sc_core::sc_time& timeout, const sc_core::sc_object& owner,
                   Statistics& statistics)
    : sc_core::sc_prim_channel("queue"),
      burst_bytes_(static_cast<std::uint64_t>(parameters.burst_bytes)),
      outstanding_(parameters.outstanding),
      alignment_(parameters.alignment),
      timeout_(timeout),
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
        transfer.completion->timed_out = false;
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
    if (timeout_ != sc_core::SC_ZERO_TIME) {
        check_timeouts();
    }
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

std::uint64_t DmaQueue::next_address(const DmaOpenTransfer& transfer) {
    const DmaTransfer& command = transfer.command;
    return command.address + (command.rows == 1 ? 0 : transfer.row * command.row_pitch) + transfer.row_offset;
}

std::uint64_t DmaQueue::next_length(const DmaOpenTransfer& transfer) const {
    const std::uint64_t address = next_address(transfer);
    const std::uint64_t length =
        std::min(transfer.command.row_bytes - transfer.row_offset, burst_bytes_ - address % burst_bytes_);
    if (alignment_ == DmaAlignment::none) {
        return length;
    }
    const std::uint64_t alignment = address & (~address + 1);  // the largest power of two that divides it; 0 of 0
    return std::bit_floor(alignment == 0 ? length : std::min(length, alignment));
}

DmaBurst& DmaQueue::cut(DmaOpenTransfer& transfer) {
    const DmaTransfer& command = transfer.command;
    const std::uint64_t length = next_length(transfer);

    DmaBurst& burst = pool_.allocate();
    burst.transfer = &transfer;
    burst.index = transfer.bursts++;
    burst.address = next_address(transfer);
    burst.buffer_offset = transfer.row * command.row_bytes + transfer.row_offset;
    burst.sent = sc_core::sc_time_stamp();
    burst.data.resize(length);
    if (command.write) {
        std::memcpy(burst.data.data(), command.buffer + burst.buffer_offset, length);
    }
    burst.set_command(command.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    burst.set_address(burst.address);
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
    if (timeout_ != sc_core::SC_ZERO_TIME) {
        last_cut_ = burst.sent;
        unanswered_.push_back(&burst);
        is_overdue(burst.sent);
    }
    return burst;
}

void DmaQueue::account(DmaBurst& burst) {
    --on_the_way_;
    if (burst.is_response_ok()) {
        (burst.is_read() ? read_bytes_ : write_bytes_).add(burst.data.size());
    }
    if (DmaOpenTransfer* const transfer = burst.transfer; transfer != nullptr) {
        --transfer->on_the_way;
        std::erase(unanswered_, &burst);
        if (!burst.is_response_ok()) {
            // A memory that never set the status has failed too.
            const tlm::tlm_response_status status = burst.get_response_status();
            fail(*transfer, burst.index, burst.address,
                 status == tlm::TLM_INCOMPLETE_RESPONSE ? tlm::TLM_GENERIC_ERROR_RESPONSE : status, false);
        } else if (!transfer->command.write && !transfer->cancelled) {
            if (transfer->command.sink != nullptr) {
                transfer->command.sink->take(burst.buffer_offset, burst.data);
            } else {
                std::memcpy(transfer->command.buffer + burst.buffer_offset, burst.data.data(), burst.data.size());
            }
        }
        end_if_done(*transfer);
    }
    burst.release();
}

void DmaQueue::fail(DmaOpenTransfer& transfer, std::uint64_t burst, std::uint64_t address,
                    tlm::tlm_response_status status, bool timed_out) {
    if (transfer.status == tlm::TLM_OK_RESPONSE || burst < transfer.fault_burst) {
        transfer.status = status;
        transfer.fault_burst = burst;
        transfer.fault_address = address;
        transfer.timed_out = timed_out;
    }
    if (is_being_cut(transfer)) {
        stop_cutting();
    }
}

void DmaQueue::end_if_done(DmaOpenTransfer& transfer) {
    if (!is_being_cut(transfer) && transfer.on_the_way == 0) {
        complete(transfer, transfer.status);
        erase(in_flight_, transfer);
    }
}

void DmaQueue::stop_cutting() {
    in_flight_.splice(in_flight_.end(), waiting_, waiting_.begin());
    last_cut_ = sc_core::sc_time_stamp();
}

void DmaQueue::check_timeouts() {
    while (!unanswered_.empty() && is_overdue(unanswered_.front()->sent)) {
        DmaBurst& burst = *unanswered_.front();
        unanswered_.pop_front();
        DmaOpenTransfer& transfer = *std::exchange(burst.transfer, nullptr);
        --transfer.on_the_way;
        fail(transfer, burst.index, burst.address, tlm::TLM_GENERIC_ERROR_RESPONSE, true);
        end_if_done(transfer);
    }
    // What was given up may hold every place, or the request channel, for ever.
    while (!waiting_.empty() && unanswered_.size() < std::size_t(on_the_way_) &&
           is_overdue(std::max(waiting_.front().start, last_cut_))) {
        DmaOpenTransfer& transfer = waiting_.front();
        fail(transfer, transfer.bursts, next_address(transfer), tlm::TLM_GENERIC_ERROR_RESPONSE, true);
        end_if_done(transfer);
    }
}

bool DmaQueue::is_overdue(const sc_core::sc_time& begin) {
    const sc_core::sc_time& now = sc_core::sc_time_stamp();
    const sc_core::sc_time tick = sc_core::sc_time::from_value(1);
    if (now > begin && now - begin > timeout_) {
        return true;
    }
    if (sc_core::sc_max_time() - begin > timeout_) {
        overdue_.notify(begin + timeout_ + tick - now);
    }
    return false;
}

void DmaQueue::complete(DmaOpenTransfer& transfer, tlm::tlm_response_status status) {
    DmaCompletion* completion = transfer.command.completion;
    if (completion == nullptr || transfer.cancelled) {
        return;
    }
    completion->status = status;
    completion->fault_address = transfer.fault_address;
    completion->timed_out = transfer.timed_out;
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
