// The everyday life of an accelerator: its memory is loaded, it is started, it interrupts, its output is compared.

#include <catch2/catch.hpp>

#include "tests/thirdparty/bench.h"

using namespace thirdparty;

namespace {

BenchOptions with_quantum(const sc_core::sc_time& quantum) {
    BenchOptions options;
    options.quantum = quantum;
    return options;
}

}  // namespace

TEST_CASE("Every layer runs to its interrupt and gives the packed result") {
    Testbed bed;
    for (const std::string& kind : accelerator_kinds()) {
        for (const char* format : {"raw64", "compressed"}) {
            const Image image = pack(kind, std::string("--output ") + format);
            bed.add(image, with_quantum({1, sc_core::SC_US}), [](Driver& driver) { driver.run_all(); });
        }
    }
    CHECK(bed.run() == "");
}

TEST_CASE("A host without interrupts polls STATUS") {
    Testbed bed;
    for (const std::string& kind : accelerator_kinds()) {
        const Image image = pack(kind);
        for (const sc_core::sc_time& quantum :
             {sc_core::sc_time(), sc_core::sc_time(1, sc_core::SC_US), sc_core::sc_time(1, sc_core::SC_MS)}) {
            bed.add(image, with_quantum(quantum), [](Driver& driver) {
                const PackedLayer& layer = driver.layer(0);
                driver.load(layer);
                driver.start(layer);
                driver.cpu().write(NZ_REG_IRQ_ENABLE, 0);
                driver.equal("STATUS after START", driver.cpu().read(NZ_REG_STATUS), NZ_STATUS_BUSY);
                const std::uint32_t status = driver.poll_until(NZ_STATUS_DONE | NZ_STATUS_ERROR);
                driver.check_done(layer, status);
                driver.holds("no interrupt without IRQ_ENABLE", !driver.cpu().irq.read());
                driver.acknowledge(status);
            });
        }
    }
    CHECK(bed.run() == "");
}

TEST_CASE("What an accelerator is shows in its registers") {
    Testbed bed;
    for (const std::string& kind : accelerator_kinds()) {
        const Image image = pack(kind);
        bed.add(image, {}, [](Driver& driver) {
            Cpu& cpu = driver.cpu();
            driver.equal("ID", cpu.read(NZ_REG_ID), NZ_ID_VALUE);
            driver.equal("VERSION", cpu.read(NZ_REG_VERSION), NZ_INTERFACE_VERSION);
            const std::uint32_t capabilities = cpu.read(NZ_REG_CAPABILITIES);
            driver.equal("CAPABILITIES, unknown opcodes", capabilities & ~0x7Eu, 0);
            for (const PackedLayer& layer : driver.image().layers) {
                for (const std::uint64_t address : layer.descriptor_addresses()) {
                    const nz_descriptor descriptor = layer.descriptor(address);
                    driver.equal("CAPABILITIES, opcode " + std::to_string(descriptor.opcode),
                                 capabilities >> descriptor.opcode & 1u, 1);
                }
            }
            driver.equal("STATUS", cpu.read(NZ_REG_STATUS), NZ_STATUS_IDLE);
            driver.equal("CONTROL", cpu.read(NZ_REG_CONTROL), 0);
            for (const auto& [name, value] : driver.counters()) {
                driver.equal(name, value, 0);
            }
        });
    }
    CHECK(bed.run() == "");
}

TEST_CASE("With natural alignment every burst is a power of two long, at a multiple of its length") {
    Testbed bed;
    for (const std::string& kind : accelerator_kinds()) {
        const Image image = pack(kind, "--output compressed");
        for (const char* const protocol : {"lt", "at"}) {
            BenchOptions options = with_quantum({1, sc_core::SC_US});
            options.settings = settings_for(image, protocol, "modelled");
            options.settings.emplace_back("dma.alignment", "natural");
            options.memory = MemoryKind::at;
            bed.add(image, options, [](Driver& driver) {
                driver.run_all();
                for (const Access& access : driver.memory().log()) {
                    driver.holds("natural alignment",
                                 (access.length & (access.length - 1)) == 0 && access.address % access.length == 0);
                }
            });
        }
    }
    CHECK(bed.run() == "");
}

TEST_CASE("An image may lie anywhere in 64 bits of address") {
    // Far above 4 GiB; across the boundary at 4 GiB; at the top.
    const char* const bases[] = {"0x123456789ab00", "0xffffd000", "0xffffffffff000000"};
    Testbed bed;
    for (const std::string& kind : accelerator_kinds()) {
        for (const char* const base : bases) {
            const Image image = pack(kind, std::string("--base ") + base);
            for (const char* const protocol : {"lt", "at"}) {
                BenchOptions options = with_quantum({1, sc_core::SC_US});
                options.settings = settings_for(image, protocol, "ideal");
                options.memory = MemoryKind::at;
                bed.add(image, options, [](Driver& driver) { driver.run_all(); });
            }
        }
    }
    CHECK(bed.run() == "");
}
