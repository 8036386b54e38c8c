#include "tests/models/common/context_stub.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace nonzero {

void ContextStub::wait_until(const sc_core::sc_time& time) {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    if (abort_at <= std::max(time, now)) {
        sc_core::wait(std::max(abort_at, now) - now);
        throw Aborted{};
    }
    if (time > now) {
        sc_core::wait(time - now);
    }
}

void ContextStub::wait_for(const sc_core::sc_event& event) {
    sc_core::wait(event);
}

void ContextStub::start(DmaTransfer& transfer, std::size_t) {
    started.push_back({transfer.address, transfer.payload_bytes(), sc_core::sc_time_stamp()});
    Cycles cycles = 0;
    if (!transfer_cycles.empty()) {
        cycles = transfer_cycles.front();
        transfer_cycles.pop_front();
    }
    open_[transfer.completion] = {transfer, sc_core::sc_time_stamp() + clock_(cycles)};
}

void ContextStub::wait_for(DmaCompletion& completion) {
    const auto open = open_.find(&completion);
    if (open == open_.end()) {
        throw std::logic_error("waits for what was not started");
    }
    const Open transfer = open->second;
    open_.erase(open);
    wait_until(transfer.end);
    copy(transfer.transfer.write, transfer.transfer.address, transfer.transfer.buffer,
         transfer.transfer.payload_bytes());
    completion.finished = true;
}

void ContextStub::read(std::uint64_t address, void* buffer, std::uint64_t bytes, std::size_t) {
    wait_until(sc_core::sc_time_stamp() + clock_(1));
    copy(false, address, static_cast<unsigned char*>(buffer), bytes);
    read_bytes += bytes;
}

void ContextStub::read(std::uint64_t address, DmaSink& sink, std::uint64_t bytes, std::size_t port) {
    std::vector<unsigned char> data(bytes);
    read(address, data.data(), bytes, port);
    // The second half first: bursts may be answered in any order.
    const std::size_t half = bytes / 4 * 2;
    sink.take(half, std::span(data).subspan(half));
    sink.take(0, std::span(data).first(half));
}

void ContextStub::write(std::uint64_t address, const void* buffer, std::uint64_t bytes, std::size_t) {
    wait_until(sc_core::sc_time_stamp() + clock_(1));
    const auto* const from = static_cast<const unsigned char*>(buffer);
    memory.resize(std::max<std::size_t>(memory.size(), address + bytes));
    std::copy(from, from + bytes, memory.begin() + std::ptrdiff_t(address));
    written_bytes += bytes;
}

void ContextStub::copy(bool write, std::uint64_t address, unsigned char* buffer, std::uint64_t bytes) {
    if (write || address + bytes > memory.size()) {
        throw std::logic_error(fmt::format("an access of {} bytes at {:#x}", bytes, address));
    }
    std::memcpy(buffer, memory.data() + address, bytes);
}

}  // namespace nonzero
