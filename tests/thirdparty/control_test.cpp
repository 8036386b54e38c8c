// START at the wrong moment, ABORT and both resets while a layer is at work: the work goes on or ends cleanly, memory
// is left in peace, and the next layer runs.

#include <catch2/catch.hpp>

#include "tests/thirdparty/bench.h"

using namespace thirdparty;

namespace {

sc_core::sc_time ns(double value) {
    return {value, sc_core::SC_NS};
}

// More than the memories of these benches take to answer.
sc_core::sc_time longest_answer() {
    return ns(400);
}

void add_for_all(Testbed& bed, const Program& program) {
    for (const std::string& kind : accelerator_kinds()) {
        const Image image = pack(kind);
        for (const BenchOptions& options : common_options(image)) {
            bed.add(image, options, program);
        }
    }
}

void check_quiet(Driver& driver) {
    driver.cpu().synchronise();
    const std::size_t requests = driver.memory().log().size();
    const std::vector<std::uint8_t> bytes = driver.memory().bytes();
    driver.equal("open requests of an idle accelerator", driver.memory().open(), 0);
    driver.cpu().spend(ns(20'000));
    driver.cpu().synchronise();
    driver.equal("requests of an idle accelerator", driver.memory().log().size() - requests, 0);
    driver.holds("memory stays as it is", driver.memory().bytes() == bytes);
    driver.holds("no interrupt", !driver.cpu().irq.read());
}

void start_while_busy(Driver& driver) {
    const PackedLayer& layer = driver.layer(0);
    const sc_core::sc_time whole = driver.run(layer);
    for (const bool at_once : {true, false}) {
        driver.load(layer);
        driver.at(at_once ? "START twice, seen at once" : "START twice, seen at the end");
        driver.start(layer);
        driver.cpu().spend(whole / 2);
        driver.cpu().write(NZ_REG_DESCRIPTOR_ADDRESS_LO, std::uint32_t(driver.layer(1).descriptor_address));
        driver.cpu().write(NZ_REG_DESCRIPTOR_COUNT, 1);
        driver.cpu().write(NZ_REG_CONTROL, NZ_CONTROL_START);
        std::uint32_t status = driver.wait_for_interrupt();
        driver.equal("STATUS", status, NZ_STATUS_BUSY | NZ_STATUS_ERROR);
        driver.equal("ERROR_CODE", driver.cpu().read(NZ_REG_ERROR_CODE), NZ_ERROR_START_WHILE_BUSY);
        driver.equal("FAULT_ADDRESS", driver.cpu().read_pair(NZ_REG_FAULT_ADDRESS_LO), 0);
        if (at_once) {
            driver.acknowledge(NZ_STATUS_ERROR);
            status = driver.wait_for_interrupt();
        } else {
            status = driver.poll_until(NZ_STATUS_DONE);
            driver.equal("STATUS at the end", status, NZ_STATUS_IDLE | NZ_STATUS_DONE | NZ_STATUS_ERROR);
            driver.cpu().write(NZ_REG_STATUS, NZ_STATUS_ERROR);
            status = driver.cpu().read(NZ_REG_STATUS);
        }
        driver.check_done(layer, status);
        driver.acknowledge(status);
    }
    driver.run_all();
}

// The layer that computes for longest.
const PackedLayer& longest_layer(Driver& driver) {
    const PackedLayer* longest = nullptr;
    std::uint64_t most = 0;
    for (const PackedLayer& layer : driver.image().layers) {
        driver.run(layer);
        const std::uint64_t cycles = value_of(driver.counters(), "LAYER_CYCLES");
        if (cycles > most) {
            most = cycles;
            longest = &layer;
        }
    }
    return *longest;
}

// Stops the longest layer at moments all over its run, from the first descriptor to the last status record. The
// accelerator has to be idle as soon as memory has answered, whatever it still had to compute.
template <class Stop, class Check>
void stop_at_any_time(Driver& driver, const Stop& stop, const Check& check) {
    constexpr int kTimes = 24;
    const PackedLayer& layer = longest_layer(driver);
    const sc_core::sc_time whole = driver.run(layer);
    driver.holds("the layer takes longer than memory", whole > 4 * longest_answer());
    for (int n = 0; n < kTimes; ++n) {
        driver.load(layer);
        driver.at("stopped at " + std::to_string(n) + "/" + std::to_string(kTimes));
        driver.start(layer);
        driver.cpu().spend(whole * n / kTimes);
        stop(driver);
        driver.cpu().spend(longest_answer());
        driver.cpu().synchronise();
        driver.equal("BUSY after it was stopped", driver.cpu().read(NZ_REG_STATUS) & NZ_STATUS_BUSY, 0);
        check(driver);
        check_quiet(driver);
        driver.run(driver.layer(std::size_t(n)));
    }
}

void write_abort(Driver& driver) {
    driver.cpu().write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
}

void check_aborted(Driver& driver) {
    const std::uint32_t status = driver.wait_for_interrupt();
    driver.check_error(status, NZ_ERROR_ABORTED);
    driver.equal("FAULT_ADDRESS", driver.cpu().read_pair(NZ_REG_FAULT_ADDRESS_LO), 0);
    driver.acknowledge(status);
}

void abort_nothing(Driver& driver) {
    const Counters before = (driver.run(driver.layer(0)), driver.counters());
    driver.at("ABORT without work");
    driver.cpu().write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
    driver.cpu().spend(ns(100));
    driver.equal("STATUS", driver.cpu().read(NZ_REG_STATUS), NZ_STATUS_IDLE);
    driver.equal("ERROR_CODE", driver.cpu().read(NZ_REG_ERROR_CODE), NZ_ERROR_NONE);
    driver.holds("the counters stay", driver.counters() == before);
    driver.run_all();
}

void check_reset_values(Driver& driver) {
    for (const std::uint32_t offset : {NZ_REG_IRQ_ENABLE, NZ_REG_ERROR_CODE, NZ_REG_FAULT_ADDRESS_LO,
                                       NZ_REG_FAULT_ADDRESS_HI, NZ_REG_CURRENT_DESCRIPTOR, NZ_REG_DESCRIPTOR_ADDRESS_LO,
                                       NZ_REG_DESCRIPTOR_ADDRESS_HI, NZ_REG_DESCRIPTOR_COUNT}) {
        driver.equal("register " + std::to_string(offset) + " after reset", driver.cpu().read(offset), 0);
    }
    for (const auto& [name, value] : driver.counters()) {
        driver.equal(name + " after reset", value, 0);
    }
}

void check_after_reset(Driver& driver) {
    driver.equal("STATUS after reset", driver.wait_for_idle(), NZ_STATUS_IDLE);
    check_reset_values(driver);
    check_quiet(driver);
}

// Starts the layer and returns when that request of its DMA has just reached memory.
void start_until_request(Driver& driver, const PackedLayer& layer, std::size_t number) {
    driver.load(layer);
    driver.start(layer);
    driver.at("reset at request " + std::to_string(number));
    driver.cpu().synchronise();
    while (driver.accesses().size() < number) {
        driver.cpu().sleep_until(driver.memory().requested());
    }
}

// Requests in the middle of the transfers of a layer, first and last one included.
template <class Reset>
void reset_at_requests(Driver& driver, const Reset& reset) {
    const PackedLayer& layer = driver.layer(1);
    driver.run(layer);
    const std::size_t requests = driver.accesses().size();
    driver.holds("the layer has enough requests", requests > 8);
    for (std::size_t n = 1; n <= requests; n += n < 8 || n + 8 > requests ? 1 : requests / 8) {
        start_until_request(driver, layer, n);
        reset(driver);
        driver.run(driver.layer(n));
    }
}

void write_soft_reset(Driver& driver) {
    driver.cpu().write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
}

void soft_reset(Driver& driver) {
    write_soft_reset(driver);
    driver.equal("DONE or ERROR after SOFT_RESET",
                 driver.cpu().read(NZ_REG_STATUS) & (NZ_STATUS_DONE | NZ_STATUS_ERROR), 0);
    check_reset_values(driver);
    check_after_reset(driver);
}

// For less or more time than the memory takes to answer.
void pulse_reset_line(Driver& driver, const sc_core::sc_time& duration) {
    Cpu& cpu = driver.cpu();
    cpu.synchronise();
    cpu.reset.write(true);
    cpu.spend(ns(1));
    cpu.synchronise();
    cpu.write(NZ_REG_DESCRIPTOR_COUNT, 7);
    cpu.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE);
    cpu.write(NZ_REG_CONTROL, NZ_CONTROL_START);
    check_reset_values(driver);
    cpu.spend(duration);
    cpu.synchronise();
    cpu.reset.write(false);
    cpu.spend(ns(1));
    cpu.synchronise();
}

void reset_by_line(Driver& driver, const sc_core::sc_time& duration) {
    pulse_reset_line(driver, duration);
    check_after_reset(driver);
}

// Descriptors that count on an input loaded before the interruption.
void expect_nothing_resident(Driver& driver) {
    const PackedLayer& layer = driver.layer(0);
    driver.cpu().write(NZ_REG_STATUS, NZ_STATUS_DONE | NZ_STATUS_ERROR);
    const std::vector<std::uint64_t> addresses = layer.descriptor_addresses();
    for (std::uint32_t n = 0; n < layer.descriptor_count; ++n) {
        if ((layer.descriptor(addresses[n]).flags & NZ_FLAG_INPUT_RESIDENT) != 0) {
            driver.start(addresses[n], layer.descriptor_count - n);
            const std::uint32_t status = driver.wait_for_interrupt();
            driver.check_error(status, NZ_ERROR_NOT_RESIDENT);
            driver.acknowledge(status);
        }
    }
}

void interrupt_after_load(Driver& driver) {
    const PackedLayer& layer = driver.layer(0);
    driver.run(layer);
    driver.at("residency after SOFT_RESET");
    driver.cpu().write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
    driver.wait_for_idle();
    expect_nothing_resident(driver);

    driver.run(layer);
    driver.at("residency after the reset line");
    reset_by_line(driver, ns(10));
    expect_nothing_resident(driver);

    const std::size_t requests = (driver.run(layer), driver.accesses().size());
    for (std::size_t n = 1; n <= requests; n += 5) {
        start_until_request(driver, layer, n);
        driver.at("residency after ABORT at request " + std::to_string(n));
        driver.cpu().write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
        driver.wait_for_idle();
        expect_nothing_resident(driver);
    }
    driver.run_all();
}

}  // namespace

TEST_CASE("START while BUSY is an error, and the layer at work ends well") {
    Testbed bed;
    add_for_all(bed, start_while_busy);
    CHECK(bed.run() == "");
}

TEST_CASE("ABORT ends a layer at any time, and the next layer runs") {
    Testbed bed;
    add_for_all(bed, [](Driver& driver) { stop_at_any_time(driver, write_abort, check_aborted); });
    CHECK(bed.run() == "");
}

TEST_CASE("ABORT without work changes nothing") {
    Testbed bed;
    add_for_all(bed, abort_nothing);
    CHECK(bed.run() == "");
}

TEST_CASE("SOFT_RESET in the middle of a transfer is clean, and the next layer runs") {
    Testbed bed;
    add_for_all(bed, [](Driver& driver) { reset_at_requests(driver, soft_reset); });
    CHECK(bed.run() == "");
}

TEST_CASE("A reset ends a layer at any time, and the next layer runs") {
    Testbed bed;
    add_for_all(bed, [](Driver& driver) {
        stop_at_any_time(driver, write_soft_reset, check_after_reset);
        stop_at_any_time(
            driver, [](Driver& running) { pulse_reset_line(running, ns(2)); }, check_after_reset);
    });
    CHECK(bed.run() == "");
}

TEST_CASE("What is written right after SOFT_RESET stays") {
    Testbed bed;
    add_for_all(bed, [](Driver& driver) {
        driver.load(driver.layer(0));
        driver.start(driver.layer(0));
        driver.cpu().write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
        driver.cpu().write(NZ_REG_DESCRIPTOR_COUNT, 5);
        driver.wait_for_idle();
        driver.equal("DESCRIPTOR_COUNT", driver.cpu().read(NZ_REG_DESCRIPTOR_COUNT), 5);
        driver.run_all();
    });
    CHECK(bed.run() == "");
}

TEST_CASE("The reset line in the middle of a transfer is clean, and the next layer runs") {
    Testbed bed;
    add_for_all(bed, [](Driver& driver) {
        reset_by_line(driver, ns(100));  // at power-up
        reset_at_requests(driver, [](Driver& running) { reset_by_line(running, ns(5)); });
        reset_at_requests(driver, [](Driver& running) { reset_by_line(running, ns(3000)); });
    });
    CHECK(bed.run() == "");
}

TEST_CASE("Nothing stays resident after a reset or an abort") {
    Testbed bed;
    add_for_all(bed, interrupt_after_load);
    CHECK(bed.run() == "");
}
