#pragma once
// The work context of an engine under test, with the memory behind it.

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "models/host/engine.h"

namespace nonzero {

// Memory, waits and an abort at a given time.
class ContextStub : public WorkContext {
  public:
    explicit ContextStub(const Clocking& clock) : clock_(clock) {}

    const Clocking& clock() const override { return clock_; }
    std::size_t ports() const override { return 1; }
    void wait_until(const sc_core::sc_time& time) override;
    void wait_for(const sc_core::sc_event& event) override;
    // Transfers that are started take what `transfer_cycles` says, in order; blocking ones take one cycle.
    void start(DmaTransfer& transfer, std::size_t port = 0) override;
    void wait_for(DmaCompletion& completion) override;
    void read(std::uint64_t address, void* buffer, std::uint64_t bytes, std::size_t port = 0) override;
    void read(std::uint64_t address, DmaSink& sink, std::uint64_t bytes, std::size_t port = 0) override;
    void write(std::uint64_t address, const void* buffer, std::uint64_t bytes, std::size_t port = 0) override;
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
    void copy(bool write, std::uint64_t address, unsigned char* buffer, std::uint64_t bytes);

    const Clocking& clock_;
    std::map<DmaCompletion*, Open> open_;
};

// What execute() of a bench's sequencer throws, or NZ_ERROR_NONE; `address` becomes the fault's.
template <class Bench>
nz_error fault_of(Bench& bench, const nz_descriptor& descriptor, std::uint64_t* address = nullptr) {
    try {
        bench.sequencer.execute(descriptor, bench.context);
        return NZ_ERROR_NONE;
    } catch (const Fault& fault) {
        if (address != nullptr) {
            *address = fault.address;
        }
        return fault.code;
    }
}

}  // namespace nonzero
