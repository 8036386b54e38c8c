// What an accelerator computes and counts depends neither on how far the CPU runs ahead, nor on the protocol of its
// DMA.

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <set>
#include <utility>

#include "tests/thirdparty/bench.h"

using namespace thirdparty;

namespace {

constexpr std::uint64_t kBase = 0x40000000;

Image pack_both_formats(const std::string& kind) {
    const Image raw64 = pack(kind, "--output raw64 --base " + std::to_string(kBase));
    return join(raw64, pack(kind, "--output compressed --base " + std::to_string(raw64.end)));
}

// Everything that was counted, as one text.
std::string all_counts(Driver& driver) {
    std::string text;
    for (const auto& [name, value] : driver.counters()) {
        text += name + "=" + std::to_string(value) + " ";
    }
    return text;
}

// Adds the same work with every quantum; what must count alike goes into one family.
class Families {
  public:
    Families(Testbed& bed, const Image& image, std::string memory_timing)
        : bed_(bed), image_(image), memory_timing_(std::move(memory_timing)) {}

    void add(const std::string& family, MemoryKind memory, Timing timing, const std::string& protocol,
             const Program& program) {
        for (const sc_core::sc_time& quantum :
             {sc_core::sc_time(), sc_core::sc_time(1, sc_core::SC_US), sc_core::sc_time(1, sc_core::SC_MS)}) {
            BenchOptions options;
            options.memory = memory;
            options.timing = timing;
            options.quantum = quantum;
            options.settings = settings_for(image_, protocol, memory_timing_);
            runs_.push_back({family, nullptr, std::make_unique<std::string>()});
            std::string* counts = runs_.back().counts.get();
            // Neither does it matter when the work begins.
            const sc_core::sc_time offset(double(runs_.size() % 7) * 1.25, sc_core::SC_NS);
            runs_.back().bench = &bed_.add(image_, options, [program, counts, offset](Driver& driver) {
                driver.cpu().spend(offset);
                program(driver);
                *counts = all_counts(driver);
            });
        }
    }

    // The distinct counts of each family.
    std::map<std::string, std::set<std::string>> counts() const {
        std::map<std::string, std::set<std::string>> all;
        for (const Run& run : runs_) {
            all[run.family].insert(*run.counts + run.bench->statistics());
        }
        return all;
    }

  private:
    struct Run {
        std::string family;
        Bench* bench;
        std::unique_ptr<std::string> counts;
    };
    Testbed& bed_;
    const Image& image_;
    const std::string memory_timing_;
    std::vector<Run> runs_;
};

void add_all_families(Families& families, const Program& program) {
    families.add("prompt", MemoryKind::lt, Timing::prompt, "lt", program);
    families.add("prompt", MemoryKind::at, Timing::prompt, "lt", program);
    families.add("prompt", MemoryKind::at, Timing::prompt, "at", program);
    families.add("at through the converter of a convenience socket", MemoryKind::lt, Timing::prompt, "at", program);
    families.add("varied lt", MemoryKind::at, Timing::varied, "lt", program);
    families.add("varied at", MemoryKind::at, Timing::varied, "at", program);
}

// Aborts the layer again and again, each time later by the CPU's own clock, and goes on with another one.
void abort_on_the_way(Driver& driver) {
    constexpr int kTimes = 8;
    const sc_core::sc_time whole = driver.run(driver.layer(0));
    for (int n = 1; n < kTimes; ++n) {
        driver.load(driver.layer(0));
        driver.start(driver.layer(0));
        driver.cpu().spend(whole * n / kTimes);
        driver.cpu().write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
        const std::uint32_t status = driver.wait_for_interrupt();
        driver.check_error(status, NZ_ERROR_ABORTED);
        driver.acknowledge(status);
    }
    driver.run(driver.layer(1));
}

void check(const std::string& memory_timing, const Program& program) {
    Testbed bed;
    std::vector<std::unique_ptr<Image>> images;
    std::vector<std::unique_ptr<Families>> all;
    for (const std::string& kind : accelerator_kinds()) {
        images.push_back(std::make_unique<Image>(pack_both_formats(kind)));
        all.push_back(std::make_unique<Families>(bed, *images.back(), memory_timing));
        add_all_families(*all.back(), program);
    }
    CHECK(bed.run() == "");
    for (const auto& families : all) {
        for (const auto& [family, counts] : families->counts()) {
            INFO(family);
            CHECK(counts.size() == 1);
            for (const std::string& text : counts) {
                CHECK(text.find("DESCRIPTORS_DONE=0 ") == std::string::npos);
                CHECK(text.find('{') != std::string::npos);
            }
        }
    }
}

}  // namespace

TEST_CASE("Results and counters are the same at every quantum and protocol, with ideal memory timing") {
    check("ideal", [](Driver& driver) { driver.run_all(); });
}

TEST_CASE("Results and counters are the same at every quantum and protocol, with modelled memory timing") {
    check("modelled", [](Driver& driver) { driver.run_all(); });
}

TEST_CASE("What aborted layers count does not depend on the quantum") {
    check("modelled", abort_on_the_way);
}
