#pragma once
// Virtual platforms around accelerators: each has a CPU with its driver, a reset line and a memory. A simulation holds
// any number of them, also around one memory.

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "tests/thirdparty/accelerator.h"
#include "tests/thirdparty/cpu.h"
#include "tests/thirdparty/driver.h"
#include "tests/thirdparty/image.h"
#include "tests/thirdparty/memory.h"
#include "tests/thirdparty/scoreboard.h"

namespace thirdparty {

enum class MemoryKind { lt, at };

struct BenchOptions {
    MemoryKind memory = MemoryKind::lt;
    Timing timing = Timing::prompt;
    sc_core::sc_time quantum;
    Settings settings;  // on top of the image's
};

// dma.protocol (lt, at), and memory.timing (ideal, modelled) of an accelerator that has it.
Settings settings_for(const Image& image, const std::string& dma_protocol, const std::string& memory_timing);

// A loosely timed memory and DMA and approximately timed ones, ideal and modelled memory timing, a CPU in step and one
// that runs ahead.
std::vector<BenchOptions> common_options(const Image& image);

using Program = std::function<void(Driver&)>;

class Bench : public sc_core::sc_module {
  public:
    Bench(sc_core::sc_module_name name, const std::string& place, const Image& image, const BenchOptions& options,
          Memory& memory, Program program, Scoreboard& board);

    bool finished() const { return cpu_.finished(); }
    const std::string& place() const { return driver_.place(); }
    std::string statistics() const { return accelerator_->statistics(); }

  private:
    Program program_;
    Cpu cpu_;
    std::unique_ptr<Accelerator> accelerator_;
    Driver driver_;
    sc_core::sc_signal<bool> irq_;
    sc_core::sc_signal<bool> reset_;
};

class Testbed {
  public:
    Testbed() = default;
    Testbed(const Testbed&) = delete;
    // The last bench first: SystemC looks for a socket that goes from the newest one on.
    ~Testbed();

    Scoreboard& board() { return board_; }

    // Room for the image and a margin around it. Stays as long as the testbed.
    Memory& add_memory(const Image& image, MemoryKind kind, Timing timing);
    // A bench with a memory of its own, or around an existing one. The image is copied.
    Bench& add(const Image& image, const BenchOptions& options, Program program);
    Bench& add(const Image& image, const BenchOptions& options, Memory& memory, Program program);

    // Simulates until nothing is left to happen. Returns every difference, and every program that did not come to its
    // end, one a line; nothing when all is well.
    std::string run();

  private:
    Scoreboard board_;
    std::deque<Image> images_;
    std::deque<std::unique_ptr<Memory>> memories_;
    std::deque<std::unique_ptr<Bench>> benches_;
};

const char* to_string(MemoryKind kind);
const char* to_string(Timing timing);

}  // namespace thirdparty
