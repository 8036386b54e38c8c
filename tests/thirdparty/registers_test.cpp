// Accesses of the register window that no driver would make: each gets the right response, changes nothing, and takes
// no more than an annotated delay.

#include <catch2/catch.hpp>

#include <cstring>

#include "tests/thirdparty/bench.h"

using namespace thirdparty;

namespace {

constexpr unsigned char kGuard = 0xC3;

struct WildAccess {
    const char* what;
    tlm::tlm_response_status response;
    tlm::tlm_command command = tlm::TLM_READ_COMMAND;
    std::uint64_t address = NZ_REG_DESCRIPTOR_COUNT;
    unsigned length = 4;
    unsigned streaming_width = 4;
    std::vector<unsigned char> byte_enables = {};
    bool byte_enables_without_length = false;
    bool without_data = false;
};

const std::vector<WildAccess>& wild_accesses() {
    constexpr auto kRead = tlm::TLM_READ_COMMAND;
    constexpr auto kWrite = tlm::TLM_WRITE_COMMAND;
    constexpr auto kAddress = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    constexpr auto kBurst = tlm::TLM_BURST_ERROR_RESPONSE;
    constexpr auto kEnable = tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    constexpr auto kCommand = tlm::TLM_COMMAND_ERROR_RESPONSE;
    constexpr unsigned char kOn = TLM_BYTE_ENABLED;
    constexpr unsigned char kOff = TLM_BYTE_DISABLED;
    constexpr std::uint32_t kCount = NZ_REG_DESCRIPTOR_COUNT;
    static const std::vector<WildAccess> accesses = {
        {"read behind the window", kAddress, kRead, NZ_REGISTER_WINDOW},
        {"write behind the window", kAddress, kWrite, NZ_REGISTER_WINDOW},
        {"far behind the window", kAddress, kWrite, 0x1'0000'0000u + kCount},
        {"at the top of the address space", kAddress, kRead, ~std::uint64_t{0} - 3},
        {"wrapping around", kAddress, kRead, ~std::uint64_t{0} - 1},
        {"write wrapping around", kAddress, kWrite, ~std::uint64_t{0} - 1},
        {"across the end of the window", kAddress, kRead, NZ_REGISTER_WINDOW - 2},
        {"read of a gap", kAddress, kRead, NZ_REG_ERROR_CODE + 4},
        {"write of a gap", kAddress, kWrite, NZ_REGISTER_WINDOW - 4},
        {"misaligned read", kAddress, kRead, kCount + 2},
        {"misaligned write", kAddress, kWrite, kCount + 1},
        {"no byte", kBurst, kRead, kCount, 0, 0},
        {"one byte", kBurst, kWrite, kCount, 1, 1},
        {"two bytes", kBurst, kRead, kCount, 2, 2},
        {"three bytes", kBurst, kWrite, kCount, 3, 3},
        {"two words", kBurst, kRead, NZ_REG_DESCRIPTOR_ADDRESS_LO, 8, 8},
        {"the whole window", kBurst, kWrite, 0, NZ_REGISTER_WINDOW, NZ_REGISTER_WINDOW},
        {"a narrow stream", kBurst, kWrite, kCount, 4, 2},
        {"a stream of no width", kBurst, kRead, kCount, 4, 0},
        {"a byte disabled", kEnable, kWrite, kCount, 4, 4, {kOn, kOn, kOn, kOff}},
        {"every byte disabled", kEnable, kRead, kCount, 4, 4, {kOff}},
        {"byte enables of no meaning", kEnable, kWrite, kCount, 4, 4, {kOn, 0x55, kOn, kOn}},
        {"byte enables of no length", kEnable, kRead, kCount, 4, 4, {kOn}, true},
        {"no data", tlm::TLM_GENERIC_ERROR_RESPONSE, kRead, kCount, 4, 4, {}, false, true},
        {"no command that exists", kCommand, static_cast<tlm::tlm_command>(3)},
        {"write of ID", kCommand, kWrite, NZ_REG_ID},
        {"write of ERROR_CODE", kCommand, kWrite, NZ_REG_ERROR_CODE},
        {"write of a counter", kCommand, kWrite, NZ_REG_PRODUCTS_LO},
    };
    return accesses;
}

// The payload with everything that it points at.
class WildPayload : public tlm::tlm_generic_payload {
  public:
    explicit WildPayload(const WildAccess& access)
        : data_(NZ_REGISTER_WINDOW + 1, kGuard), byte_enables_(access.byte_enables) {
        set_command(access.command);
        set_address(access.address);
        set_data_ptr(access.without_data ? nullptr : data_.data());
        set_data_length(access.length);
        set_streaming_width(access.streaming_width);
        if (!byte_enables_.empty()) {
            set_byte_enable_ptr(byte_enables_.data());
            set_byte_enable_length(access.byte_enables_without_length ? 0 : unsigned(byte_enables_.size()));
        }
        set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    }
    bool data_unchanged() const { return data_ == std::vector<unsigned char>(data_.size(), kGuard); }

  private:
    std::vector<unsigned char> data_;
    std::vector<unsigned char> byte_enables_;
};

// Keeps its payload; for nb_transport.
class KeepingManager : public tlm::tlm_mm_interface {
  public:
    void free(tlm::tlm_generic_payload*) override {}
};

void send_wild_accesses(Driver& driver) {
    Cpu& cpu = driver.cpu();
    const std::uint32_t count = cpu.read(NZ_REG_DESCRIPTOR_COUNT);
    for (const WildAccess& access : wild_accesses()) {
        driver.at(access.what);
        WildPayload payload(access);
        cpu.send_to_registers(payload);
        driver.equal("response", payload.get_response_status(), access.response);
        driver.holds("the data are left alone", payload.data_unchanged());

        WildPayload managed(access);
        KeepingManager manager;
        managed.set_mm(&manager);
        managed.acquire();
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay;
        driver.equal("nb_transport_fw", cpu.csr->nb_transport_fw(managed, phase, delay), tlm::TLM_COMPLETED);
        driver.equal("response of nb_transport_fw", managed.get_response_status(), access.response);
        managed.release();

        driver.equal("DESCRIPTOR_COUNT", cpu.read(NZ_REG_DESCRIPTOR_COUNT), count);
        driver.equal("ID", cpu.read(NZ_REG_ID), NZ_ID_VALUE);
    }
}

// Regular accesses with uncommon attributes.
void send_uncommon_accesses(Driver& driver) {
    Cpu& cpu = driver.cpu();
    driver.at("uncommon accesses");
    WildAccess access{"every byte enabled", tlm::TLM_OK_RESPONSE};
    access.byte_enables = {TLM_BYTE_ENABLED};
    access.address = NZ_REG_ID;
    WildPayload enabled(access);
    cpu.send_to_registers(enabled);
    driver.equal("response with every byte enabled", enabled.get_response_status(), tlm::TLM_OK_RESPONSE);
    std::uint32_t id = 0;
    std::memcpy(&id, enabled.get_data_ptr(), sizeof id);
    driver.equal("ID with every byte enabled", id, NZ_ID_VALUE);

    access.command = tlm::TLM_IGNORE_COMMAND;
    WildPayload ignored(access);
    cpu.send_to_registers(ignored);
    driver.equal("response of IGNORE", ignored.get_response_status(), tlm::TLM_OK_RESPONSE);
    driver.holds("IGNORE moves no data", ignored.data_unchanged());

    access.command = tlm::TLM_READ_COMMAND;
    access.byte_enables.clear();
    WildPayload wanted(access);
    tlm::tlm_dmi dmi;
    driver.holds("no DMI is granted", !cpu.csr->get_direct_mem_ptr(wanted, dmi));
    for (const std::uint64_t address : {std::uint64_t{NZ_REGISTER_WINDOW}, ~std::uint64_t{0} - 3}) {
        access.address = address;
        WildPayload debug(access);
        driver.equal("debug bytes outside the window", cpu.csr->transport_dbg(debug), 0);
        driver.holds("data of a debug access outside the window", debug.data_unchanged());
    }
}

void add(Testbed& bed, Timing timing, const Program& program) {
    for (const std::string& kind : accelerator_kinds()) {
        const Image image = pack(kind);
        for (const sc_core::sc_time& quantum : {sc_core::sc_time(), sc_core::sc_time(1, sc_core::SC_MS)}) {
            BenchOptions options;
            options.quantum = quantum;
            options.timing = timing;
            bed.add(image, options, program);
        }
    }
}

}  // namespace

TEST_CASE("Wild register accesses are refused one by one, and the next layer runs") {
    Testbed bed;
    add(bed, Timing::prompt, [](Driver& driver) {
        driver.cpu().write(NZ_REG_DESCRIPTOR_COUNT, 3);
        send_wild_accesses(driver);
        send_uncommon_accesses(driver);
        driver.run_all();
    });
    CHECK(bed.run() == "");
}

TEST_CASE("Wild register accesses do not disturb a layer at work") {
    Testbed bed;
    // With a memory slow enough for all of them.
    add(bed, Timing::stalling, [](Driver& driver) {
        const PackedLayer& layer = driver.layer(0);
        driver.load(layer);
        driver.start(layer);
        driver.equal("STATUS before", driver.cpu().read(NZ_REG_STATUS), NZ_STATUS_BUSY);
        send_wild_accesses(driver);
        send_uncommon_accesses(driver);
        driver.equal("STATUS after", driver.cpu().read(NZ_REG_STATUS), NZ_STATUS_BUSY);
        const std::uint32_t status = driver.wait_for_interrupt();
        driver.at(layer.name);
        driver.check_done(layer, status);
        driver.acknowledge(status);
        driver.run(driver.layer(1));
    });
    CHECK(bed.run() == "");
}
