// Bad descriptors of every kind: the right code, the address of the culprit, a status record where one can be written,
// nothing else in memory, and the next layer runs.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>

#include "tests/thirdparty/bad_descriptors.h"
#include "tests/thirdparty/bench.h"

using namespace thirdparty;

namespace {

void add_for_all(Testbed& bed, const Program& program) {
    bool lt = true;
    for (const std::string& kind : accelerator_kinds()) {
        for (const char* const format : {"raw64", "compressed"}) {
            const Image image = pack(kind, std::string("--output ") + format);
            BenchOptions options;
            options.quantum = sc_core::sc_time(1, sc_core::SC_US);
            options.settings = settings_for(image, lt ? "lt" : "at", lt ? "ideal" : "modelled");
            options.memory = lt ? MemoryKind::lt : MemoryKind::at;
            options.timing = lt ? Timing::prompt : Timing::varied;
            bed.add(image, options, program);
            lt = !lt;
        }
    }
}

bool record_can_be_written(const nz_descriptor& descriptor) {
    return descriptor.version == NZ_DESCRIPTOR_VERSION && descriptor.size == NZ_DESCRIPTOR_SIZE &&
           descriptor.status_record % 8 == 0 && descriptor.status_record < ~std::uint64_t{0} - 31;
}

// The records of the descriptors before `index` say DONE, that of `index` says the error where `recorded`.
void check_records(Driver& driver, const PackedLayer& layer, std::uint32_t index, nz_error code, bool recorded) {
    std::vector<nz_region> written;
    for (std::uint32_t n = 0; n < index; ++n) {
        driver.equal("status of an earlier record", driver.status_record(layer, n).status, NZ_STATUS_DONE);
        written.push_back({layer.status_records + n * sizeof(nz_status_record), sizeof(nz_status_record)});
    }
    if (recorded) {
        const nz_status_record record = driver.status_record(layer, index);
        driver.equal("status in the record", record.status, NZ_STATUS_ERROR);
        driver.equal("error in the record", record.error, code);
        driver.equal("index in the record", record.descriptor_index, index);
        written.push_back({layer.status_records + index * sizeof record, sizeof record});
    }
    driver.check_untouched(written);
}

// Every way to spoil the descriptor at `index`.
void try_bad_descriptors(Driver& driver, const PackedLayer& layer, std::uint32_t index) {
    const std::uint64_t address = layer.descriptor_addresses()[index];
    const std::uint32_t capabilities = driver.cpu().read(NZ_REG_CAPABILITIES);
    std::size_t next_layer = 0;
    for (const BadDescriptor& bad : bad_descriptors(layer.descriptor(address), capabilities)) {
        nz_descriptor descriptor = layer.descriptor(address);
        bad.spoil(descriptor);
        driver.load(layer);
        driver.at(layer.name + ", descriptor " + std::to_string(index) + ": " + bad.what);
        driver.patch(address, descriptor);
        driver.start(layer);
        const std::uint32_t status = driver.wait_for_interrupt();
        driver.check_error(status, bad.code);
        driver.equal("FAULT_ADDRESS", driver.cpu().read_pair(NZ_REG_FAULT_ADDRESS_LO), address);
        driver.equal("CURRENT_DESCRIPTOR", driver.cpu().read(NZ_REG_CURRENT_DESCRIPTOR), index);
        check_records(driver, layer, index, bad.code, record_can_be_written(descriptor));
        driver.acknowledge(status);
        driver.run(driver.layer(next_layer++));
    }
}

// Starts what has been prepared; it must end with this error, and the next layer must run.
void expect_error(Driver& driver, std::uint64_t descriptor_address, std::uint32_t count, nz_error code,
                  std::uint64_t fault_address) {
    driver.start(descriptor_address, count);
    const std::uint32_t status = driver.wait_for_interrupt();
    driver.check_error(status, code);
    driver.equal("FAULT_ADDRESS", driver.cpu().read_pair(NZ_REG_FAULT_ADDRESS_LO), fault_address);
    driver.acknowledge(status);
}

void try_bad_chains(Driver& driver) {
    const PackedLayer& layer = driver.layer(0);
    const std::vector<std::uint64_t> addresses = layer.descriptor_addresses();
    const std::uint32_t count = layer.descriptor_count;
    const auto prepare = [&](const char* what) {
        driver.load(layer);
        driver.at(what);
    };
    prepare("no descriptors");
    expect_error(driver, addresses[0], 0, NZ_ERROR_COUNT, 0);
    driver.check_untouched({});

    prepare("a misaligned first descriptor");
    expect_error(driver, addresses[0] + 128, count, NZ_ERROR_DESCRIPTOR_ADDRESS, addresses[0] + 128);
    driver.check_untouched({});

    prepare("a chain that ends early");
    nz_descriptor last = layer.descriptor(addresses.back());
    last.next = 0;
    driver.patch(addresses.back(), last);
    expect_error(driver, addresses[0], count + 1, NZ_ERROR_DESCRIPTOR_ADDRESS, addresses.back());
    driver.equal("records of the descriptors before", driver.status_record(layer, count - 1).status, NZ_STATUS_DONE);

    prepare("a misaligned next descriptor");
    last.next = addresses[0] + 8;
    driver.patch(addresses.back(), last);
    expect_error(driver, addresses[0], count + 1, NZ_ERROR_DESCRIPTOR_ADDRESS, addresses[0] + 8);

    driver.run_all();
}

// Errors that an accelerator finds only when it looks at the data; no address is promised.
void expect_late_error(Driver& driver, std::uint64_t descriptor_address, std::uint32_t count, nz_error code) {
    driver.start(descriptor_address, count);
    const std::uint32_t status = driver.wait_for_interrupt();
    driver.check_error(status, code);
    driver.acknowledge(status);
    driver.run(driver.layer(1));
}

void try_what_only_the_data_show(Driver& driver, std::set<nz_error>& seen) {
    const PackedLayer& layer = driver.layer(0);
    const std::vector<std::uint64_t> addresses = layer.descriptor_addresses();
    const std::uint32_t count = layer.descriptor_count;
    const auto prepare = [&](const char* what) {
        driver.load(layer);
        driver.at(what);
    };
    for (std::uint32_t n = 0; n < count; ++n) {
        const nz_descriptor sound = layer.descriptor(addresses[n]);
        if (sound.block_index.size != 0) {
            prepare("blocks outside their region");
            driver.memory().fill(sound.block_index.address, sound.block_index.size, 0xFF);
            expect_late_error(driver, addresses[0], count, NZ_ERROR_DATA);
            seen.insert(NZ_ERROR_DATA);
        }
        if ((sound.flags & NZ_FLAG_INPUT_RESIDENT) != 0) {
            driver.run(layer);
            prepare("an input that was not loaded since the reset");
            driver.cpu().write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
            driver.wait_for_idle();
            expect_late_error(driver, addresses[n], count - n, NZ_ERROR_NOT_RESIDENT);
            seen.insert(NZ_ERROR_NOT_RESIDENT);
        }
    }
    prepare("an output that does not fit");
    nz_descriptor last = layer.descriptor(addresses.back());
    last.output.size = layer.expected.size() - 1;
    driver.patch(addresses.back(), last);
    expect_late_error(driver, addresses[0], count, NZ_ERROR_OUTPUT_SIZE);
    seen.insert(NZ_ERROR_OUTPUT_SIZE);
}

// A plane of a million elements, for which no region of uncompressed operands has room. (A compressed input may be that
// of the larger plane as well, and a machine that streams what it cannot hold may then run it.)
void try_a_layer_that_is_too_large(Driver& driver, std::set<nz_error>& seen) {
    const PackedLayer& layer = driver.layer(0);
    driver.load(layer);
    driver.at("a layer far too large");
    constexpr std::uint32_t kPlane = 1024;
    for (const std::uint64_t address : layer.descriptor_addresses()) {
        nz_descriptor large = layer.descriptor(address);
        large.h = large.w = kPlane;
        large.p = (kPlane + large.pad_top + large.pad_bottom - large.r) / large.stride_y + 1;
        large.q = (kPlane + large.pad_left + large.pad_right - large.s) / large.stride_x + 1;
        large.output_type = NZ_TYPE_RAW64;
        large.flags = std::uint16_t((large.flags & NZ_FLAG_INPUT_RESIDENT) | NZ_FLAG_COUNT_ONLY);
        driver.patch(address, large);
    }
    driver.start(layer);
    const std::uint32_t status = driver.wait_for_interrupt();
    if (status == (NZ_STATUS_IDLE | NZ_STATUS_DONE)) {
        driver.acknowledge(status);
        driver.run(driver.layer(1));
        return;
    }
    driver.equal("STATUS", status, NZ_STATUS_IDLE | NZ_STATUS_ERROR);
    const auto code = nz_error(driver.cpu().read(NZ_REG_ERROR_CODE));
    const nz_error reasons[] = {NZ_ERROR_SHAPE, NZ_ERROR_REGION, NZ_ERROR_DATA, NZ_ERROR_CAPACITY};
    driver.holds("a reason that makes sense, not " + std::to_string(code),
                 std::find(std::begin(reasons), std::end(reasons), code) != std::end(reasons));
    seen.insert(code);
    driver.acknowledge(status);
    driver.run(driver.layer(1));
}

// Descriptors and data with a few bits flipped. Whatever comes out, it comes to an end, and the next layer runs.
void try_random_damage(Driver& driver, int times) {
    std::mt19937 random(20240229);
    const std::size_t layers = driver.image().layers.size();
    for (int n = 0; n < times; ++n) {
        PackedLayer damaged = driver.layer(random() % layers);
        const std::string name = damaged.name;
        const std::size_t flips = 1 + random() % 3;
        for (std::size_t flip = 0; flip < flips; ++flip) {
            Segment& segment = damaged.segments[random() % 2 == 0 ? 0 : random() % damaged.segments.size()];
            segment.bytes[random() % segment.bytes.size()] ^= std::uint8_t(1U << random() % 8);
        }
        driver.load(damaged);
        driver.at(name + " damaged, number " + std::to_string(n));
        driver.start(damaged);
        const std::uint32_t status = driver.wait_for_interrupt();
        driver.holds("the accelerator is idle", (status & NZ_STATUS_IDLE) != 0);
        const std::uint32_t code = driver.cpu().read(NZ_REG_ERROR_CODE);
        driver.equal("an error code with STATUS.ERROR", code != NZ_ERROR_NONE, (status & NZ_STATUS_ERROR) != 0);
        driver.holds("a known error code", code <= NZ_ERROR_TIMEOUT);
        driver.acknowledge(status);
        driver.run(driver.layer(std::size_t(n)));
    }
}

}  // namespace

TEST_CASE("Every kind of bad descriptor is refused with its code, and the next layer runs") {
    Testbed bed;
    add_for_all(bed, [](Driver& driver) {
        for (std::uint32_t index = 0; index < driver.layer(0).descriptor_count; ++index) {
            try_bad_descriptors(driver, driver.layer(0), index);
        }
    });
    CHECK(bed.run() == "");
}

TEST_CASE("Bad chains of descriptors are refused, and the next layer runs") {
    Testbed bed;
    add_for_all(bed, try_bad_chains);
    CHECK(bed.run() == "");
}

TEST_CASE("What only the data or the machine's size show is refused, and the next layer runs") {
    Testbed bed;
    std::set<nz_error> seen;
    add_for_all(bed, [&seen](Driver& driver) {
        try_what_only_the_data_show(driver, seen);
        try_a_layer_that_is_too_large(driver, seen);
    });
    CHECK(bed.run() == "");
    // Every one of these is some accelerator's answer; not every accelerator has blocks or buffers that are too small.
    const bool all_kinds = accelerator_kinds().size() > 1;
    for (const nz_error code : {NZ_ERROR_OUTPUT_SIZE, NZ_ERROR_DATA, NZ_ERROR_CAPACITY, NZ_ERROR_NOT_RESIDENT}) {
        INFO(code);
        CHECK((!all_kinds || seen.count(code) == 1));
    }
    CHECK(seen.count(NZ_ERROR_OUTPUT_SIZE) == 1);
}

TEST_CASE("Damaged images do no lasting harm") {
    Testbed bed;
    add_for_all(bed, [](Driver& driver) { try_random_damage(driver, 150); });
    CHECK(bed.run() == "");
}
