#include "tests/thirdparty/bench.h"

#include <utility>

#include "tests/thirdparty/at_memory.h"
#include "tests/thirdparty/lt_memory.h"

namespace thirdparty {

namespace {

constexpr std::uint64_t kMargin = 0x1000;

Settings together(Settings settings, const Settings& more) {
    settings.insert(settings.end(), more.begin(), more.end());
    return settings;
}

std::string describe(const Image& image, const BenchOptions& options) {
    std::string text = image.platform + ", " + to_string(options.timing) + " " + to_string(options.memory) +
                       " memory, quantum " + options.quantum.to_string();
    for (const auto& [name, value] : options.settings) {
        text.append(", ").append(name).append("=").append(value);
    }
    return text;
}

}  // namespace

Settings settings_for(const Image& image, const std::string& dma_protocol, const std::string& memory_timing) {
    Settings settings{{"dma.protocol", dma_protocol}};
    if (image.has_parameter("memory.timing")) {
        settings.emplace_back("memory.timing", memory_timing);
    }
    return settings;
}

std::vector<BenchOptions> common_options(const Image& image) {
    std::vector<BenchOptions> all;
    for (const char* const memory_timing : {"ideal", "modelled"}) {
        for (const sc_core::sc_time& quantum : {sc_core::sc_time(), sc_core::sc_time(1, sc_core::SC_US)}) {
            all.push_back({MemoryKind::lt, Timing::prompt, quantum, settings_for(image, "lt", memory_timing)});
            all.push_back({MemoryKind::at, Timing::varied, quantum, settings_for(image, "at", memory_timing)});
        }
    }
    return all;
}

Bench::Bench(sc_core::sc_module_name name, const std::string& place, const Image& image, const BenchOptions& options,
             Memory& memory, Program program, Scoreboard& board)
    : sc_module(name),
      program_(std::move(program)),
      cpu_(
          "cpu", options.quantum, [this] { program_(driver_); }, board),
      accelerator_(make_accelerator("accelerator", image.platform, together(image.parameters, options.settings))),
      driver_(place, cpu_, memory, image, board),
      irq_("irq"),
      reset_("reset") {
    cpu_.csr.bind(accelerator_->csr());
    memory.connect_cpu(cpu_.memory);
    memory.connect_accelerator(accelerator_->dma());
    accelerator_->irq().bind(irq_);
    accelerator_->reset().bind(reset_);
    cpu_.irq.bind(irq_);
    cpu_.reset.bind(reset_);
}

Testbed::~Testbed() {
    while (!benches_.empty()) {
        benches_.pop_back();
    }
}

Memory& Testbed::add_memory(const Image& image, MemoryKind kind, Timing timing) {
    const std::string name = "memory_" + std::to_string(memories_.size());
    const std::uint64_t base = image.base - kMargin;
    const std::uint64_t size = image.end - image.base + 2 * kMargin;
    if (kind == MemoryKind::lt) {
        memories_.push_back(std::make_unique<LtMemory>(name.c_str(), base, size, timing, board_));
    } else {
        memories_.push_back(std::make_unique<AtMemory>(name.c_str(), base, size, timing, board_));
    }
    return *memories_.back();
}

Bench& Testbed::add(const Image& image, const BenchOptions& options, Program program) {
    return add(image, options, add_memory(image, options.memory, options.timing), std::move(program));
}

Bench& Testbed::add(const Image& image, const BenchOptions& options, Memory& memory, Program program) {
    images_.push_back(image);
    const std::string name = "bench_" + std::to_string(benches_.size());
    benches_.push_back(std::make_unique<Bench>(name.c_str(), describe(image, options), images_.back(), options, memory,
                                               std::move(program), board_));
    return *benches_.back();
}

std::string Testbed::run() {
    sc_core::sc_start();
    for (const auto& bench : benches_) {
        board_.holds(bench->place(), "the program came to its end", bench->finished());
    }
    board_.holds("testbed", "something was compared", board_.checks() > benches_.size());
    std::string text;
    for (const std::string& failure : board_.failures()) {
        text += failure + "\n";
    }
    return text;
}

const char* to_string(MemoryKind kind) {
    return kind == MemoryKind::lt ? "LT" : "AT";
}

const char* to_string(Timing timing) {
    switch (timing) {
        case Timing::prompt:
            return "prompt";
        case Timing::varied:
            return "varied";
        case Timing::stalling:
            return "stalling";
    }
    return "";
}

}  // namespace thirdparty
