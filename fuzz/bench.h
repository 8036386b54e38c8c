#pragma once
// A platform of the random host, between a host and a small memory that it reaches over a bus. What it does with work
// from reset on is recorded once; after anything that was done to it and a pulse of its reset pin it does the same
// again: output, records, time, registers, every counter.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/interconnect.h"
#include "fuzz/work.h"
#include "models/memory/dram.h"
#include "platforms/host.h"
#include "platforms/platform.h"
#include "platforms/registry.h"
#include "platforms/script.h"

namespace nonzero::fuzz {

using Settings = std::vector<std::pair<std::string, std::string>>;

class Bench {
  public:
    // play: one input, inside the script.
    using Play = std::function<void(FuzzedDataProvider&, Bench&)>;
    Bench(const std::string& name, const std::string& kind, Settings settings, Play play);

    // Plays an input and resets the platform. Called outside of the simulation, which it runs.
    void run(FuzzedDataProvider& data);

    // Inside play() -------------------------------------------------------------------------------------------------
    Host& host() { return host_; }
    Interconnect& bus() { return bus_; }
    const Lowering& lowering() const { return *lowering_; }
    void drive_reset(bool high) { reset_.write(high); }
    bool busy() { return (host_.read_register(NZ_REG_STATUS) & NZ_STATUS_IDLE) == 0; }
    // False when it is still busy then.
    bool wait_for_idle(const sc_core::sc_time& longest);
    // Clears what earlier work left in STATUS, runs the image and waits for its end.
    HostOutcome run_image(const MemoryImage& image);

    static constexpr std::uint64_t kBase = 0x8000'0000;
    static constexpr std::uint64_t kBytes = 1 << 20;

  private:
    struct Fixed {
        MemoryImage image;
        std::string trace;  // of the first run
    };

    void script();
    void record();
    void reset_and_compare(std::size_t fixed);
    // By the pin; memory reads 0 afterwards.
    void reset();
    std::string trace_of(const MemoryImage& image);
    void clear_memory();

    Play play_;
    Platform platform_;
    Interconnect bus_;
    Interconnect host_bus_;
    Dram dram_;
    Host host_;
    Script script_;
    sc_core::sc_signal<bool> irq_;
    sc_core::sc_signal<bool> reset_;
    std::unique_ptr<Lowering> lowering_;

    std::vector<Fixed> fixed_;
    FuzzedDataProvider* input_ = nullptr;
    sc_core::sc_event given_;
};

}  // namespace nonzero::fuzz
