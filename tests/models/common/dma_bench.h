#pragma once
// A DMA engine with someone who sends it transfers, for tests that bind its memory socket to a stub.

#include <systemc>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/dma/dma.h"
#include "tests/models/memory/test_support.h"

namespace nonzero::test {

// A transfer with its buffer and completion.
struct Job {
    Job(bool write, std::uint64_t address, std::uint64_t rows, std::uint64_t row_bytes, std::uint64_t row_pitch)
        : buffer(rows * row_bytes, 0xee) {
        transfer = {write, address, rows, row_bytes, row_pitch, buffer.data(), &completion};
    }
    // Calls f(address, byte of the buffer) for every byte moved.
    template <class F>
    void for_each_byte(F f) {
        for (std::uint64_t row = 0; row < transfer.rows; ++row) {
            for (std::uint64_t i = 0; i < transfer.row_bytes; ++i) {
                f(transfer.address + row * transfer.row_pitch + i, buffer[row * transfer.row_bytes + i]);
            }
        }
    }
    void wait() {
        if (!completion.finished) {
            sc_core::wait(completion.done);
        }
    }

    std::vector<unsigned char> buffer;
    DmaCompletion completion;
    DmaTransfer transfer;
};

// 1-D or 2-D, anywhere inside [low, low + span); a few have no bytes.
inline std::unique_ptr<Job> random_job(Dice& dice, std::uint64_t low, std::uint64_t span) {
    const std::uint64_t rows = dice.chance(50) ? 1 : dice.pick(dice.chance(95), 6);
    const std::uint64_t row_bytes = dice.pick(dice.chance(95), span / 8);
    const std::uint64_t pitch = dice.pick(row_bytes, span / 7);
    const std::uint64_t extent = rows == 0 ? 0 : (rows - 1) * pitch + row_bytes;
    auto job = std::make_unique<Job>(dice.chance(50), low + dice.pick(0, span - extent), rows, row_bytes, pitch);
    if (job->transfer.write) {
        for (unsigned char& value : job->buffer) {
            value = dice.byte();
        }
    }
    return job;
}

class DmaBench : public sc_core::sc_module {
  public:
    DmaBench(sc_core::sc_module_name name, const DmaParameters& parameters)
        : sc_core::sc_module(name), engine("dma", parameters, Clocking(ns(1)), statistics) {
        commands.bind(engine.commands);
    }
    void start(Job& job, sc_core::sc_time delay = sc_core::SC_ZERO_TIME) { commands.send(job.transfer, delay); }
    std::uint64_t count(const std::string& counter) const {
        return statistics.value(std::string(name()) + ".dma." + counter);
    }

    Statistics statistics;
    DmaEngine engine;
    StreamInitiator<DmaTransfer> commands{"commands"};
};

}  // namespace nonzero::test
