#include <tlm_utils/simple_initiator_socket.h>
#include <catch2/catch.hpp>
#include <systemc>
#include <tlm>

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "models/host/register_block.h"

using nonzero::Register;
using nonzero::RegisterAccess;
using nonzero::RegisterBlock;
using sc_core::sc_time;

namespace {

const sc_time kDelay(3, sc_core::SC_NS);

struct Access {
    tlm::tlm_command command = tlm::TLM_READ_COMMAND;
    std::uint64_t address = 0;
    unsigned length = 4;
    unsigned streaming_width = 4;
    std::vector<unsigned char> byte_enables = {};
};

struct Bench : sc_core::sc_module {
    explicit Bench(sc_core::sc_module_name name) : sc_module(name) {
        target.bind(block);
        initiator.bind(target);
        written.on_write([this](std::uint32_t value, const sc_time& when) {
            writes.push_back(value);
            delays.push_back(when);
        });
        block.add_counter("COUNT", 0x18, [this] { return count; });
        word.fill(0xA5);
    }

    tlm::tlm_response_status access(const Access& access) {
        std::vector<unsigned char> enables = access.byte_enables;
        tlm::tlm_generic_payload payload;
        payload.set_command(access.command);
        payload.set_address(access.address);
        payload.set_data_ptr(word.data());
        payload.set_data_length(access.length);
        payload.set_streaming_width(access.streaming_width);
        payload.set_byte_enable_ptr(enables.empty() ? nullptr : enables.data());
        payload.set_byte_enable_length(static_cast<unsigned>(enables.size()));
        payload.set_dmi_allowed(true);
        initiator->b_transport(payload, delay);
        CHECK_FALSE(payload.is_dmi_allowed());
        return payload.get_response_status();
    }
    std::uint32_t read(std::uint64_t address) {
        CHECK(access({tlm::TLM_READ_COMMAND, address}) == tlm::TLM_OK_RESPONSE);
        std::uint32_t value = 0;
        std::memcpy(&value, word.data(), 4);
        return value;
    }
    tlm::tlm_response_status write(std::uint64_t address, std::uint32_t value) {
        std::memcpy(word.data(), &value, 4);
        return access({tlm::TLM_WRITE_COMMAND, address});
    }
    unsigned debug(tlm::tlm_command command, std::uint64_t address, void* data, unsigned length) {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(static_cast<unsigned char*>(data));
        payload.set_data_length(length);
        return initiator->transport_dbg(payload);
    }

    tlm::tlm_target_socket<32> target{"target"};
    tlm_utils::simple_initiator_socket<Bench> initiator{"initiator"};
    RegisterBlock block{0x40, kDelay};
    Register& read_only = block.add("READ_ONLY", 0x00, RegisterAccess::read_only, 0x11223344);
    Register& written = block.add("WRITTEN", 0x04, RegisterAccess::write_only);
    Register& plain = block.add("PLAIN", 0x08, RegisterAccess::read_write, 0x5, 0x00FF00FF);
    Register& flags = block.add("FLAGS", 0x0C, RegisterAccess::write_one_to_clear, 0xF1, 0xF0);
    std::uint64_t count = 0;
    std::vector<std::uint32_t> writes;
    std::vector<sc_time> delays;
    std::array<unsigned char, 16> word{};
    sc_time delay;
};

}  // namespace

TEST_CASE("a register does what its access mode says") {
    Bench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(bench.read(0x00) == 0x11223344);
    CHECK(bench.write(0x00, 7) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    CHECK(bench.read(0x00) == 0x11223344);
    bench.read_only.set(9);
    CHECK(bench.read(0x00) == 9);

    bench.delay = sc_time(20, sc_core::SC_NS);
    CHECK(bench.write(0x04, 0xABCD) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.writes == std::vector<std::uint32_t>{0xABCD});
    CHECK(bench.delays == std::vector<sc_time>{sc_time(20, sc_core::SC_NS)});
    CHECK(bench.read(0x04) == 0);

    CHECK(bench.read(0x08) == 0x5);
    CHECK(bench.write(0x08, 0xFFFFFFFF) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.read(0x08) == 0x00FF00FF);
    CHECK(bench.write(0x08, 0xFF00FF12) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.read(0x08) == 0x00000012);

    CHECK(bench.read(0x0C) == 0xF1);
    CHECK(bench.write(0x0C, 0) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.read(0x0C) == 0xF1);
    CHECK(bench.write(0x0C, 0x31) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.read(0x0C) == 0xC1);

    bench.block.reset();
    CHECK(bench.read(0x00) == 0x11223344);
    CHECK(bench.read(0x08) == 0x5);
    CHECK(bench.read(0x0C) == 0xF1);
}

TEST_CASE("reading LO latches HI") {
    Bench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    bench.count = 0x1'FFFFFFFF;
    CHECK(bench.read(0x1C) == 0);  // nothing latched yet
    CHECK(bench.read(0x18) == 0xFFFFFFFF);
    bench.count = 0x2'00000000;
    CHECK(bench.read(0x1C) == 1);
    CHECK(bench.read(0x1C) == 1);
    CHECK(bench.read(0x18) == 0);
    CHECK(bench.read(0x1C) == 2);
    CHECK(bench.write(0x18, 1) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    CHECK(bench.write(0x1C, 1) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    bench.block.reset();
    CHECK(bench.read(0x1C) == 0);
}

TEST_CASE("every access but one aligned 32-bit word inside the window gets its TLM error response") {
    Bench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const std::vector<unsigned char> all(4, 0xFF);
    const std::vector<unsigned char> half{0xFF, 0xFF, 0, 0};
    struct Case {
        Access access;
        tlm::tlm_response_status expected;
    };
    const tlm::tlm_command read = tlm::TLM_READ_COMMAND;
    const tlm::tlm_command write = tlm::TLM_WRITE_COMMAND;
    const std::vector<Case> cases{
        {{read, 0x08}, tlm::TLM_OK_RESPONSE},
        {{write, 0x08}, tlm::TLM_OK_RESPONSE},
        {{read, 0x08, 4, 4, all}, tlm::TLM_OK_RESPONSE},
        {{read, 0x08, 4, 64}, tlm::TLM_OK_RESPONSE},
        {{read, 0x08, 1, 1}, tlm::TLM_BURST_ERROR_RESPONSE},
        {{read, 0x08, 2, 2}, tlm::TLM_BURST_ERROR_RESPONSE},
        {{read, 0x08, 8, 8}, tlm::TLM_BURST_ERROR_RESPONSE},
        {{write, 0x08, 8, 4}, tlm::TLM_BURST_ERROR_RESPONSE},
        {{write, 0x08, 1, 1}, tlm::TLM_BURST_ERROR_RESPONSE},
        {{read, 0x08, 0, 4}, tlm::TLM_BURST_ERROR_RESPONSE},
        {{read, 0x08, 4, 2}, tlm::TLM_BURST_ERROR_RESPONSE},
        {{read, 0x08, 4, 0}, tlm::TLM_BURST_ERROR_RESPONSE},
        {{read, 0x08, 4, 4, half}, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE},
        {{write, 0x08, 4, 4, half}, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE},
        {{read, 0x09}, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {{write, 0x0A}, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {{read, 0x10}, tlm::TLM_ADDRESS_ERROR_RESPONSE},  // no register there
        {{read, 0x3C}, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {{read, 0x40}, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {{read, 0x3E}, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {{read, 0x1'0000'0008}, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {{read, ~std::uint64_t{0} - 1}, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {{static_cast<tlm::tlm_command>(3), 0x08}, tlm::TLM_COMMAND_ERROR_RESPONSE},
        {{tlm::TLM_IGNORE_COMMAND, 0x08}, tlm::TLM_OK_RESPONSE},
    };
    for (const Case& each : cases) {
        CAPTURE(each.access.command, each.access.address, each.access.length, each.access.streaming_width,
                each.access.byte_enables.size());
        bench.plain.set(0x5);
        bench.word.fill(0xA5);
        bench.delay = sc_time(100, sc_core::SC_NS);
        CHECK(bench.access(each.access) == each.expected);
        CHECK(bench.delay == sc_time(100, sc_core::SC_NS) + kDelay);  // on every path
        const bool executed = each.expected == tlm::TLM_OK_RESPONSE && each.access.command != tlm::TLM_IGNORE_COMMAND;
        CHECK(bench.plain.value() == (executed && each.access.command == write ? 0x00A500A5u : 0x5u));
        CHECK((bench.word[0] == 0xA5) == !(executed && each.access.command == read));
    }
    tlm::tlm_generic_payload no_data;
    no_data.set_read();
    no_data.set_data_length(4);
    no_data.set_streaming_width(4);
    bench.initiator->b_transport(no_data, bench.delay);
    CHECK(no_data.get_response_status() == tlm::TLM_GENERIC_ERROR_RESPONSE);
}

TEST_CASE("debug accesses have no side effect and any length") {
    Bench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const sc_time before = bench.delay;
    bench.count = 0x12'3456789A;
    std::uint64_t value = 0;
    CHECK(bench.debug(tlm::TLM_READ_COMMAND, 0x18, &value, 8) == 8);
    CHECK(value == 0x12'3456789A);
    CHECK(bench.read(0x1C) == 0);  // not latched

    std::array<unsigned char, 6> bytes{};
    CHECK(bench.debug(tlm::TLM_READ_COMMAND, 0x02, bytes.data(), 6) == 6);  // upper half of 0x00, all of 0x04 (reads 0)
    CHECK(bytes == std::array<unsigned char, 6>{0x22, 0x11, 0, 0, 0, 0});

    std::array<std::uint32_t, 4> words{0xFFFFFFFF, 0xFFFFFFFF, 0x00070007, 0xFFFFFFFF};
    CHECK(bench.debug(tlm::TLM_WRITE_COMMAND, 0x00, words.data(), 16) == 16);
    CHECK(bench.read_only.value() == 0x11223344);
    CHECK(bench.writes.empty());
    CHECK(bench.plain.value() == 0x00070007);
    CHECK(bench.flags.value() == 0xF1);
    unsigned char byte = 0x99;
    CHECK(bench.debug(tlm::TLM_WRITE_COMMAND, 0x0A, &byte, 1) == 1);
    CHECK(bench.plain.value() == 0x00990007);

    std::array<unsigned char, 32> many{};
    many.fill(0xEE);
    CHECK(bench.debug(tlm::TLM_READ_COMMAND, 0x38, many.data(), 32) == 8);  // up to the window's end
    CHECK(many[7] == 0);
    CHECK(many[8] == 0xEE);
    CHECK(bench.debug(tlm::TLM_READ_COMMAND, 0x40, many.data(), 4) == 0);
    CHECK(bench.debug(tlm::TLM_READ_COMMAND, ~std::uint64_t{0}, many.data(), 4) == 0);
    CHECK(bench.debug(tlm::TLM_IGNORE_COMMAND, 0x00, many.data(), 4) == 0);
    CHECK(bench.debug(tlm::TLM_READ_COMMAND, 0x00, nullptr, 4) == 0);
    CHECK(bench.delay == before + kDelay);  // of the one regular read
}

TEST_CASE("DMI is refused for the whole window and an AT initiator is served in its first call") {
    Bench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    tlm::tlm_generic_payload payload;
    std::uint32_t value = 0x22;
    payload.set_write();
    payload.set_address(0x08);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    tlm::tlm_dmi dmi;
    CHECK_FALSE(bench.initiator->get_direct_mem_ptr(payload, dmi));
    CHECK(dmi.is_none_allowed());
    CHECK(dmi.get_start_address() == 0);
    CHECK(dmi.get_end_address() == 0x3F);

    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_time delay(5, sc_core::SC_NS);
    CHECK(bench.initiator->nb_transport_fw(payload, phase, delay) == tlm::TLM_COMPLETED);
    CHECK(payload.is_response_ok());
    CHECK(delay == sc_time(5, sc_core::SC_NS) + kDelay);
    CHECK(bench.plain.value() == 0x22);
}

TEST_CASE("writes while held are accepted and change nothing") {
    Bench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    bench.block.hold(true);
    CHECK(bench.write(0x08, 0x77) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.write(0x04, 0x77) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.write(0x0C, 0xF0) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.write(0x00, 0x77) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    std::uint32_t value = 0x33;
    CHECK(bench.debug(tlm::TLM_WRITE_COMMAND, 0x08, &value, 4) == 4);
    CHECK(bench.read(0x08) == 0x5);
    CHECK(bench.read(0x0C) == 0xF1);
    CHECK(bench.writes.empty());
    bench.block.hold(false);
    CHECK(bench.write(0x08, 0x77) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.read(0x08) == 0x77);
}

TEST_CASE("a register in a wrong place is a programming error") {
    RegisterBlock block(0x40, kDelay);
    block.add("FIRST", 0x10, RegisterAccess::read_write);
    CHECK_THROWS_AS(block.add("TWICE", 0x10, RegisterAccess::read_write), std::logic_error);
    CHECK_THROWS_AS(block.add("MISALIGNED", 0x12, RegisterAccess::read_write), std::logic_error);
    CHECK_THROWS_AS(block.add("OUTSIDE", 0x40, RegisterAccess::read_write), std::logic_error);
    CHECK_THROWS_AS(block.add_counter("OVERLAPPING", 0x0C, [] { return 0; }), std::logic_error);
    CHECK_THROWS_AS(block.add_counter("OUTSIDE", 0x3C, [] { return 0; }), std::logic_error);
}
