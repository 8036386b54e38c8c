// A memory that refuses, or does not answer: the right code, an address that it has refused or not answered, and the
// next layer runs.

#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/thirdparty/bench.h"

using namespace thirdparty;

namespace {

void add_for_all(Testbed& bed, const Program& program, const Settings& more = {}) {
    for (const std::string& kind : accelerator_kinds()) {
        for (const char* const format : {"raw64", "compressed"}) {
            const Image image = pack(kind, std::string("--output ") + format);
            for (const MemoryKind memory : {MemoryKind::lt, MemoryKind::at}) {
                const bool lt = memory == MemoryKind::lt;
                BenchOptions options;
                options.memory = memory;
                options.timing = lt ? Timing::prompt : Timing::varied;
                options.quantum = sc_core::sc_time(1, sc_core::SC_US);
                options.settings = settings_for(image, lt ? "lt" : "at", lt ? "ideal" : "modelled");
                options.settings.insert(options.settings.end(), more.begin(), more.end());
                bed.add(image, options, program);
            }
        }
    }
}

// Starts what has been prepared. It must end with this error, at an address that memory has refused; the status record
// of the descriptor at fault says so, where memory takes it; and the next layer must run.
void expect_bus_error(Driver& driver, const PackedLayer& layer, nz_error code, bool recorded) {
    const std::size_t first = driver.memory().log().size();
    driver.start(layer);
    const std::uint32_t status = driver.wait_for_interrupt();
    driver.check_error(status, code);
    const std::uint64_t fault_address = driver.cpu().read_pair(NZ_REG_FAULT_ADDRESS_LO);
    const auto& log = driver.memory().log();
    driver.holds("FAULT_ADDRESS is that of a refused request",
                 std::any_of(log.begin() + std::ptrdiff_t(first), log.end(), [&](const Access& access) {
                     return access.address == fault_address && access.response != tlm::TLM_OK_RESPONSE;
                 }));
    driver.holds("no request is open", driver.memory().open() == 0);
    if (recorded) {
        const std::uint32_t index = driver.cpu().read(NZ_REG_CURRENT_DESCRIPTOR);
        const nz_status_record record = driver.status_record(layer, index);
        driver.equal("status in the record", record.status, NZ_STATUS_ERROR);
        driver.equal("error in the record", record.error, code);
        driver.equal("index in the record", record.descriptor_index, index);
    }
    driver.memory().heal();
    driver.acknowledge(status);
}

struct Place {
    std::string name;
    nz_region region;
    bool recorded;  // a status record can tell of it
};

// Everything that an accelerator reads or writes for a layer.
std::vector<Place> places(const PackedLayer& layer) {
    std::vector<Place> all;
    for (const Segment& segment : layer.segments) {
        const bool descriptors = segment.address == layer.descriptor_address;
        all.push_back({segment.name, {segment.address, segment.bytes.size()}, !descriptors});
    }
    all.push_back({"output", {layer.output.address, layer.expected.size()}, true});
    const std::uint64_t records = layer.descriptor_count * sizeof(nz_status_record);
    all.push_back({"status records", {layer.status_records, records}, false});
    return all;
}

void refuse_everywhere(Driver& driver) {
    const std::pair<tlm::tlm_response_status, nz_error> responses[] = {
        {tlm::TLM_ADDRESS_ERROR_RESPONSE, NZ_ERROR_BUS_ADDRESS},
        {tlm::TLM_GENERIC_ERROR_RESPONSE, NZ_ERROR_BUS},
        {tlm::TLM_BURST_ERROR_RESPONSE, NZ_ERROR_BUS}};
    std::size_t next_layer = 0;
    for (const PackedLayer& layer : driver.image().layers) {
        for (const Place& place : places(layer)) {
            for (const auto& [response, code] : responses) {
                for (const nz_region& part :
                     {place.region, nz_region{place.region.address + place.region.size - 1, 1}}) {
                    driver.load(layer);
                    driver.at(layer.name + ", " + std::to_string(part.size) + " bytes of the " + place.name +
                              " are refused with " + std::to_string(response));
                    driver.memory().fail(part.address, part.size, response);
                    expect_bus_error(driver, layer, code, place.recorded);
                }
            }
            driver.run(driver.layer(next_layer++));
        }
    }
}

// Starts what has been prepared on a memory that is silent somewhere: it must end with the timeout's error, at an
// address that has no answer, while that answer is still to come. Once it has come, all is as it was.
void expect_timeout(Driver& driver, const PackedLayer& layer, bool recorded) {
    driver.start(layer);
    const std::uint32_t status = driver.wait_for_interrupt();
    driver.check_error(status, NZ_ERROR_TIMEOUT);
    const std::uint64_t fault_address = driver.cpu().read_pair(NZ_REG_FAULT_ADDRESS_LO);
    const std::vector<Access> accesses = driver.accesses();
    driver.holds("FAULT_ADDRESS is that of a request without an answer",
                 std::any_of(accesses.begin(), accesses.end(), [&](const Access& access) {
                     return access.address == fault_address && access.response == tlm::TLM_INCOMPLETE_RESPONSE;
                 }));
    if (recorded) {
        const nz_status_record record = driver.status_record(layer, driver.cpu().read(NZ_REG_CURRENT_DESCRIPTOR));
        driver.equal("status in the record", record.status, NZ_STATUS_ERROR);
        driver.equal("error in the record", record.error, NZ_ERROR_TIMEOUT);
    }
    driver.acknowledge(status);
    driver.memory().heal();
    sc_core::wait(sc_core::sc_time(5, sc_core::SC_US));
    driver.holds("no request is open", driver.memory().open() == 0);
}

void be_silent_everywhere(Driver& driver) {
    std::size_t next_layer = 0;
    for (const PackedLayer& layer : driver.image().layers) {
        for (const Place& place : places(layer)) {
            for (const bool all : {true, false}) {
                driver.load(layer);
                driver.at(layer.name + ", no answer to " + (all ? "" : "one byte of ") + place.name);
                driver.memory().silence(place.region.address + (all ? 0 : place.region.size - 1),
                                        all ? place.region.size : 1);
                // Of a large region every place among the outstanding bursts may be lost, and none left for the record.
                expect_timeout(driver, layer, place.recorded && !all);
                driver.run(driver.layer(next_layer++));
            }
        }
    }
}

using Region = nz_region nz_descriptor::*;
const std::pair<const char*, Region> kRegions[] = {
    {"input", &nz_descriptor::input},       {"weights", &nz_descriptor::weights},
    {"bias", &nz_descriptor::bias},         {"output", &nz_descriptor::output},
    {"requant", &nz_descriptor::requant},   {"block_index", &nz_descriptor::block_index},
    {"program0", &nz_descriptor::program0}, {"program1", &nz_descriptor::program1}};

// Sound descriptors that point to where there is no memory.
void point_into_the_void(Driver& driver) {
    const PackedLayer& layer = driver.layer(0);
    const std::vector<std::uint64_t> descriptors = layer.descriptor_addresses();
    const std::uint64_t end = driver.memory().base() + driver.memory().size();
    const std::pair<const char*, std::uint64_t> wild[] = {{"behind memory", end},
                                                          {"across the end of memory", end - 8},
                                                          {"across the begin of memory", driver.memory().base() - 8},
                                                          {"far away", 0x7FFF'0000'0000'0000}};
    const auto try_descriptor = [&](const std::string& what, std::size_t index, const nz_descriptor& descriptor,
                                    bool recorded) {
        driver.load(layer);
        driver.at("descriptor " + std::to_string(index) + ": " + what);
        driver.patch(descriptors[index], descriptor);
        expect_bus_error(driver, layer, NZ_ERROR_BUS_ADDRESS, recorded);
        driver.run(driver.layer(index + 1));
    };
    for (std::size_t index = 0; index < descriptors.size(); ++index) {
        const nz_descriptor sound = layer.descriptor(descriptors[index]);
        for (const auto& [where, address] : wild) {
            for (const auto& [name, region] : kRegions) {
                if ((sound.*region).size > 8) {
                    nz_descriptor descriptor = sound;
                    (descriptor.*region).address = address;
                    try_descriptor(std::string(name) + " " + where, index, descriptor, true);
                }
            }
            nz_descriptor descriptor = sound;
            descriptor.status_record = address;
            try_descriptor(std::string("status record ") + where, index, descriptor, false);
            if (index + 1 < descriptors.size()) {
                descriptor = sound;
                descriptor.next = address / NZ_DESCRIPTOR_ALIGNMENT * NZ_DESCRIPTOR_ALIGNMENT + NZ_DESCRIPTOR_ALIGNMENT;
                if (descriptor.next >= end) {
                    try_descriptor(std::string("next ") + where, index, descriptor, false);
                }
            }
        }
    }
    driver.at("the first descriptor far away");
    PackedLayer lost = layer;
    lost.descriptor_address = 0xFFFF'FFFF'FFFF'FF00;
    expect_bus_error(driver, lost, NZ_ERROR_BUS_ADDRESS, false);
    driver.run_all();
}

}  // namespace

TEST_CASE("Memory that refuses any part of a layer stops it with its code, and the next layer runs") {
    Testbed bed;
    add_for_all(bed, refuse_everywhere);
    CHECK(bed.run() == "");
}

TEST_CASE("Memory that does not answer stops a layer after dma.timeout, and the next layer runs") {
    Testbed bed;
    add_for_all(bed, be_silent_everywhere, {{"dma.timeout", "1000"}});
    CHECK(bed.run() == "");
}

TEST_CASE("Addresses without memory stop a layer with their code, and the next layer runs") {
    Testbed bed;
    add_for_all(bed, point_into_the_void);
    CHECK(bed.run() == "");
}
