#pragma once
// The driver of an accelerator, written against the host interface alone: loads a packed layer, starts it, waits, and
// compares what it finds with what the manifest promises.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/host/host_interface.h"
#include "tests/thirdparty/cpu.h"
#include "tests/thirdparty/image.h"
#include "tests/thirdparty/memory.h"
#include "tests/thirdparty/scoreboard.h"

namespace thirdparty {

using Counters = std::vector<std::pair<std::string, std::uint64_t>>;

class Driver {
  public:
    Driver(std::string place, Cpu& cpu, Memory& memory, const Image& image, Scoreboard& board);

    Cpu& cpu() { return cpu_; }
    Memory& memory() { return memory_; }
    const Image& image() const { return image_; }
    const PackedLayer& layer(std::size_t number) const { return image_.layers[number % image_.layers.size()]; }
    Scoreboard& board() { return board_; }
    const std::string& place() const { return place_; }

    // The layer's bytes into memory; output and status records hold nonsense before the run.
    void load(const PackedLayer& layer);
    void patch(std::uint64_t address, const nz_descriptor& descriptor);
    void start(const PackedLayer& layer);
    void start(std::uint64_t descriptor_address, std::uint32_t descriptor_count);

    // Returns STATUS.
    std::uint32_t wait_for_interrupt();
    std::uint32_t poll_until(std::uint32_t status_bits);
    // Clears what the interrupt told; returns when the line is low.
    void acknowledge(std::uint32_t status);

    // After a layer that ended well, before acknowledge(): registers, status records, output, and nothing else written.
    void check_done(const PackedLayer& layer, std::uint32_t status);
    // After work that ended with an error, before acknowledge().
    void check_error(std::uint32_t status, nz_error code);
    // Of the descriptor with this index.
    nz_status_record status_record(const PackedLayer& layer, std::uint32_t index);
    // No byte of the image and around it has changed since the start but these ranges.
    void check_untouched(const std::vector<nz_region>& written);
    // What the accelerators have asked of the image's part of memory since the start.
    std::vector<Access> accesses() const;

    // Load, start, interrupt, check, acknowledge. Returns how long the accelerator was at work.
    sc_core::sc_time run(const PackedLayer& layer);
    void run_all();

    Counters counters();
    // Waits for the end of a reset or abort and returns STATUS.
    std::uint32_t wait_for_idle() { return poll_until(NZ_STATUS_IDLE); }

    template <class Actual, class Expected>
    void equal(const std::string& what, const Actual& actual, const Expected& expected) {
        board_.equal(place_ + " " + now_, what, actual, expected);
    }
    void holds(const std::string& what, bool condition) { board_.holds(place_ + " " + now_, what, condition); }
    // Named in front of every difference from now on.
    void at(const std::string& now) { now_ = now; }

  private:
    void check_traffic(const Counters& counted);
    std::vector<std::uint8_t> image_in_memory() const;

    // The image and a little around it; another accelerator may have the rest.
    const std::uint64_t own_begin_;
    const std::uint64_t own_size_;
    const std::string place_;
    Cpu& cpu_;
    Memory& memory_;
    const Image& image_;
    Scoreboard& board_;
    std::string now_;
    std::vector<std::uint8_t> memory_at_start_;
    std::size_t log_at_start_ = 0;
    Counters counters_at_start_;
};

std::uint64_t value_of(const Counters& counters, const std::string& name);

}  // namespace thirdparty
