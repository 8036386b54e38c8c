#pragma once
// The work context of an engine under test, with the memory behind it.

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <stdexcept>
#include <vector>

#include "models/common/engine.h"

namespace nonzero {

// Memory, waits and an abort at a given time.
class ContextStub : public WorkContext {
  public:
    explicit ContextStub(const Clocking& clock) : clock_(clock) {}

    const Clocking& clock() const override { return clock_; }
    void wait_until(const sc_core::sc_time& time) override {
        const sc_core::sc_time now = sc_core::sc_time_stamp();
        if (abort_at <= std::max(time, now)) {
            sc_core::wait(std::max(abort_at, now) - now);
            throw Aborted{};
        }
        if (time > now) {
            sc_core::wait(time - now);
        }
    }
    // Transfers that are started take what `transfer_cycles` says, in order; blocking ones take one cycle.
    void start(DmaTransfer& transfer) override {
        started.push_back({transfer.address, transfer.payload_bytes(), sc_core::sc_time_stamp()});
        Cycles cycles = 0;
        if (!transfer_cycles.empty()) {
            cycles = transfer_cycles.front();
            transfer_cycles.pop_front();
        }
        open_[transfer.completion] = {transfer, sc_core::sc_time_stamp() + clock_(cycles)};
    }
    void wait_for(DmaCompletion& completion) override {
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
    void read(std::uint64_t address, void* buffer, std::uint64_t bytes) override {
        wait_until(sc_core::sc_time_stamp() + clock_(1));
        copy(false, address, static_cast<unsigned char*>(buffer), bytes);
        read_bytes += bytes;
    }
    void write(std::uint64_t address, const void* buffer, std::uint64_t bytes) override {
        wait_until(sc_core::sc_time_stamp() + clock_(1));
        const auto* const from = static_cast<const unsigned char*>(buffer);
        memory.resize(std::max<std::size_t>(memory.size(), address + bytes));
        std::copy(from, from + bytes, memory.begin() + std::ptrdiff_t(address));
        written_bytes += bytes;
    }
    std::size_t open_transfers() const { return open_.size(); }
    void forget_open() { open_.clear(); }

    struct Started {
        std::uint64_t address;
        std::uint64_t bytes;
        sc_core::sc_time time;
    };
    std::vector<std::uint8_t> memory;
    std::deque<Cycles> transfer_cycles;
    std::vector<Started> started;
    sc_core::sc_time abort_at = sc_core::sc_max_time();
    std::uint64_t read_bytes = 0;
    std::uint64_t written_bytes = 0;

  private:
    struct Open {
        DmaTransfer transfer;
        sc_core::sc_time end;
    };
    void copy(bool write, std::uint64_t address, unsigned char* buffer, std::uint64_t bytes) {
        if (write || address + bytes > memory.size()) {
            throw std::logic_error(fmt::format("an access of {} bytes at {:#x}", bytes, address));
        }
        std::memcpy(buffer, memory.data() + address, bytes);
    }

    const Clocking& clock_;
    std::map<DmaCompletion*, Open> open_;
};

}  // namespace nonzero
