// A memory that stalls at random: every value is as expected and what has to come after something else does.

#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/thirdparty/at_memory.h"
#include "tests/thirdparty/bench.h"

using namespace thirdparty;

namespace {

struct Span {
    sc_core::sc_time begin = sc_core::sc_max_time();  // of the first request
    sc_core::sc_time end;                             // of the last response
    std::uint64_t bytes = 0;
};

Span span_of(const std::vector<Access>& accesses, bool write, std::uint64_t address, std::uint64_t size) {
    Span span;
    for (const Access& access : accesses) {
        if (access.write == write && access.touches(address, size)) {
            span.begin = std::min(span.begin, access.begin);
            span.end = std::max(span.end, access.end);
            span.bytes += access.length;
        }
    }
    return span;
}

// The output is in memory before the status record of the last descriptor, each record before the next descriptor is
// read, and the last record before the interrupt.
void check_order(Driver& driver, const PackedLayer& layer, const sc_core::sc_time& interrupt) {
    const std::vector<Access> accesses = driver.accesses();
    const std::vector<std::uint64_t> descriptors = layer.descriptor_addresses();
    sc_core::sc_time before;
    for (std::size_t n = 0; n < descriptors.size(); ++n) {
        const Span read = span_of(accesses, false, descriptors[n], sizeof(nz_descriptor));
        const std::uint64_t record_address = layer.status_records + n * sizeof(nz_status_record);
        const Span record = span_of(accesses, true, record_address, sizeof(nz_status_record));
        driver.equal("bytes of a descriptor read", read.bytes, sizeof(nz_descriptor));
        driver.equal("bytes of a status record written", record.bytes, sizeof(nz_status_record));
        driver.holds("a descriptor is read after the record of the one before", read.begin >= before);
        driver.holds("a status record is written after its descriptor was read", record.begin >= read.end);
        before = record.end;
        if (n + 1 == descriptors.size()) {
            const Span output = span_of(accesses, true, layer.output.address, layer.output.size);
            driver.equal("bytes of output written", output.bytes, layer.expected.size());
            driver.holds("the output is written before its status record", record.begin >= output.end);
        }
    }
    driver.holds("the interrupt comes after the last status record", interrupt >= before);
}

void run_and_check_order(Driver& driver) {
    for (const PackedLayer& layer : driver.image().layers) {
        driver.load(layer);
        driver.start(layer);
        driver.cpu().sleep_until_irq(true);
        const sc_core::sc_time interrupt = sc_core::sc_time_stamp();
        const std::uint32_t status = driver.cpu().read(NZ_REG_STATUS);
        driver.check_done(layer, status);
        check_order(driver, layer, interrupt);
        driver.acknowledge(status);
    }
}

void check(const std::string& memory_timing) {
    Testbed bed;
    std::vector<const AtMemory*> overtaking;
    for (const std::string& kind : accelerator_kinds()) {
        for (const char* const format : {"raw64", "compressed"}) {
            const Image image = pack(kind, std::string("--output ") + format);
            for (const char* const protocol : {"lt", "at"}) {
                for (const MemoryKind memory : {MemoryKind::lt, MemoryKind::at}) {
                    BenchOptions options;
                    options.memory = memory;
                    options.timing = Timing::stalling;
                    options.quantum = sc_core::sc_time(1, sc_core::SC_US);
                    options.settings = settings_for(image, protocol, memory_timing);
                    Memory& made = bed.add_memory(image, memory, options.timing);
                    bed.add(image, options, made, run_and_check_order);
                    if (memory == MemoryKind::at && protocol == std::string("at")) {
                        overtaking.push_back(&dynamic_cast<const AtMemory&>(made));
                    }
                }
            }
        }
    }
    CHECK(bed.run() == "");
    for (const AtMemory* memory : overtaking) {
        CHECK(memory->overtaking() > 0);
    }
}

}  // namespace

TEST_CASE("A memory that stalls changes no value and no order, with ideal memory timing") {
    check("ideal");
}

TEST_CASE("A memory that stalls changes no value and no order, with modelled memory timing") {
    check("modelled");
}
