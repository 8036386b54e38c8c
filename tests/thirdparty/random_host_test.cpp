// A host that starts, aborts and resets at random, with a memory that stalls at random. Whatever it does, STATUS and
// the interrupt line make sense, and when it comes to its senses the next layer runs.

#include <catch2/catch.hpp>

#include <random>

#include "tests/thirdparty/bench.h"

using namespace thirdparty;

namespace {

class RandomHost {
  public:
    RandomHost(Driver& driver, unsigned seed) : driver_(driver), cpu_(driver.cpu()), random_(seed) {}

    void live(int rounds) {
        for (int round = 0; round < rounds; ++round) {
            driver_.load(driver_.layer(random_()));
            driver_.at("random host, round " + std::to_string(round));
            const auto steps = pick(1, 12);
            for (unsigned step = 0; step < steps; ++step) {
                act();
                look();
            }
            come_to_its_senses();
            driver_.run(driver_.layer(random_()));
        }
    }

  private:
    unsigned pick(unsigned low, unsigned high) { return low + unsigned(random_() % (high - low + 1)); }

    void act() {
        switch (pick(0, 9)) {
            case 0:
            case 1:
            case 2:
            case 3: {
                const PackedLayer& layer = driver_.layer(random_());
                cpu_.write(NZ_REG_DESCRIPTOR_ADDRESS_LO, std::uint32_t(layer.descriptor_address));
                cpu_.write(NZ_REG_DESCRIPTOR_ADDRESS_HI, std::uint32_t(layer.descriptor_address >> 32));
                cpu_.write(NZ_REG_DESCRIPTOR_COUNT, pick(0, layer.descriptor_count));
                cpu_.write(NZ_REG_CONTROL, NZ_CONTROL_START);
                break;
            }
            case 4:
                cpu_.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
                break;
            case 5:
                cpu_.write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
                break;
            case 6:
                cpu_.write(NZ_REG_CONTROL, pick(0, 7));
                break;
            case 7:
                cpu_.write(NZ_REG_STATUS, pick(0, 15));
                break;
            case 8:
                cpu_.write(NZ_REG_IRQ_ENABLE, pick(0, 15));
                break;
            default:
                cpu_.synchronise();
                cpu_.reset.write(true);
                cpu_.spend(nanoseconds(pick(1, 1000)));
                cpu_.synchronise();
                cpu_.reset.write(false);
                break;
        }
        if (pick(0, 1) == 0) {
            cpu_.spend(nanoseconds(pick(0, 3000)));
        }
    }

    // Reads see the state at the simulation's time, so it has to be the CPU's own; and nothing may be about to happen
    // at that time, because the interrupt follows STATUS within some delta cycles.
    void look() {
        cpu_.spend(sc_core::sc_time(0.437, sc_core::SC_NS));
        cpu_.synchronise();
        std::uint32_t status = 0;
        std::uint32_t enabled = 0;
        debug_read(NZ_REG_STATUS, status);
        debug_read(NZ_REG_IRQ_ENABLE, enabled);
        driver_.equal("IRQ_ENABLE", enabled & ~(NZ_STATUS_DONE | NZ_STATUS_ERROR), 0);
        driver_.equal("STATUS, unknown bits", status & ~0xFU, 0);
        driver_.holds("STATUS is either IDLE or BUSY",
                      ((status & NZ_STATUS_IDLE) != 0) != ((status & NZ_STATUS_BUSY) != 0));
        driver_.equal("interrupt", cpu_.irq.read(), (status & enabled & (NZ_STATUS_DONE | NZ_STATUS_ERROR)) != 0);
        driver_.holds("no request of an idle accelerator is open",
                      (status & NZ_STATUS_IDLE) == 0 || driver_.memory().open() == 0);
    }

    void debug_read(std::uint32_t offset, std::uint32_t& value) {
        tlm::tlm_generic_payload payload;
        payload.set_read();
        payload.set_address(offset);
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        payload.set_data_length(sizeof value);
        payload.set_streaming_width(sizeof value);
        driver_.equal("debug bytes", cpu_.csr->transport_dbg(payload), sizeof value);
    }

    void come_to_its_senses() {
        cpu_.write(NZ_REG_CONTROL, pick(0, 1) == 0 ? NZ_CONTROL_ABORT : NZ_CONTROL_SOFT_RESET);
        driver_.wait_for_idle();
        // What was asked for by then has taken effect.
        cpu_.spend(nanoseconds(10));
        cpu_.synchronise();
        driver_.wait_for_idle();
        driver_.acknowledge(NZ_STATUS_DONE | NZ_STATUS_ERROR);
    }

    static sc_core::sc_time nanoseconds(unsigned value) { return {double(value), sc_core::SC_NS}; }

    Driver& driver_;
    Cpu& cpu_;
    std::mt19937 random_;
};

}  // namespace

TEST_CASE("A host that does everything at random finds the accelerator in order") {
    Testbed bed;
    unsigned seed = 0;
    for (const std::string& kind : accelerator_kinds()) {
        const Image image = pack(kind);
        for (BenchOptions options : common_options(image)) {
            options.timing = Timing::stalling;
            ++seed;
            bed.add(image, options, [seed](Driver& driver) { RandomHost(driver, seed).live(60); });
        }
    }
    CHECK(bed.run() == "");
}
