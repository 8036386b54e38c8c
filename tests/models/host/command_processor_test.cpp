// Registers and chains of the command processor.
#include "tests/models/common/processor_bench.h"

#include <catch2/catch.hpp>

#include <set>
#include <stdexcept>

using namespace nonzero;
using namespace nonzero::test;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::sc_time;

TEST_CASE("every register has its access mode and reset value") {
    Bench bench("bench");
    bench.engine.supported = 1u << NZ_OP_CONV | 1u << NZ_OP_LOAD;
    struct Expected {
        std::uint32_t offset;
        std::uint32_t reset;
        bool writable;
        std::uint32_t after_ones;  // value after writing ones everywhere
    };
    std::vector<Expected> expected{
        {NZ_REG_ID, 0x4E5A0001, false, 0x4E5A0001},
        {NZ_REG_VERSION, 0x00010000, false, 0x00010000},
        {NZ_REG_CAPABILITIES, 0x42, false, 0x42},
        {NZ_REG_CONTROL, 0, true, 0},
        {NZ_REG_IRQ_ENABLE, 0, true, NZ_STATUS_DONE | NZ_STATUS_ERROR},
        {NZ_REG_STATUS, NZ_STATUS_IDLE, true, NZ_STATUS_IDLE},
        {NZ_REG_ERROR_CODE, 0, false, 0},
        {NZ_REG_FAULT_ADDRESS_LO, 0, false, 0},
        {NZ_REG_FAULT_ADDRESS_HI, 0, false, 0},
        {NZ_REG_CURRENT_DESCRIPTOR, 0, false, 0},
        {NZ_REG_DESCRIPTOR_ADDRESS_LO, 0, true, 0xFFFFFFFF},
        {NZ_REG_DESCRIPTOR_ADDRESS_HI, 0, true, 0xFFFFFFFF},
        {NZ_REG_DESCRIPTOR_COUNT, 0, true, 0xFFFFFFFF},
    };
    for (std::uint32_t offset = NZ_REG_COUNTERS; offset <= NZ_REG_DESCRIPTORS_DONE_HI; offset += 4) {
        expected.push_back({offset, 0, false, 0});
    }
    std::set<std::uint32_t> offsets;
    run(bench, [&] {
        for (const Expected& each : expected) {
            CAPTURE(each.offset);
            offsets.insert(each.offset);
            CHECK(bench.host.read(each.offset) == each.reset);
            // CONTROL last of all: with ones everywhere it is a SOFT_RESET.
            if (each.offset != NZ_REG_CONTROL) {
                CHECK(bench.host.write(each.offset, 0xFFFFFFFF) == each.writable);
                CHECK(bench.host.read(each.offset) == each.after_ones);
            }
        }
        for (std::uint32_t offset = 0; offset < NZ_REGISTER_WINDOW + 16; offset += 4) {
            if (offsets.count(offset) == 0) {
                CAPTURE(offset);
                std::uint32_t value = 0;
                CHECK(bench.host.access(tlm::TLM_READ_COMMAND, offset, value) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
                CHECK(bench.host.access(tlm::TLM_WRITE_COMMAND, offset, value) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            }
        }
        CHECK(bench.host.write(NZ_REG_CONTROL, 0xFFFFFFFF));
        for (const Expected& each : expected) {
            CAPTURE(each.offset);
            CHECK(bench.host.read(each.offset) == each.reset);
        }
    });
}

TEST_CASE("the register socket takes one period and answers debug before the simulation starts") {
    struct DebugBench : Bench {
        using Bench::Bench;
        void start_of_simulation() override {
            std::uint32_t words[4] = {};
            tlm::tlm_generic_payload payload;
            payload.set_read();
            payload.set_address(NZ_REG_ID);
            payload.set_data_ptr(reinterpret_cast<unsigned char*>(words));
            payload.set_data_length(16);
            bytes = host.socket->transport_dbg(payload);
            id = words[0];
            words[0] = NZ_CONTROL_START;
            payload.set_write();
            payload.set_address(NZ_REG_CONTROL);
            payload.set_data_length(4);
            host.socket->transport_dbg(payload);
            words[0] = static_cast<std::uint32_t>(descriptor_at(0));
            payload.set_address(NZ_REG_DESCRIPTOR_ADDRESS_LO);
            host.socket->transport_dbg(payload);
            tlm::tlm_dmi dmi;
            dmi_granted = host.socket->get_direct_mem_ptr(payload, dmi);
        }
        unsigned bytes = 0;
        std::uint32_t id = 0;
        bool dmi_granted = true;
    };
    DebugBench bench("bench");
    run(bench, [&] {
        CHECK(bench.bytes == 16);
        CHECK(bench.id == NZ_ID_VALUE);
        CHECK_FALSE(bench.dmi_granted);
        bench.host.quantum = sc_time(1, SC_MS);
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_IDLE);  // the START was not seen
        CHECK(bench.host.read(NZ_REG_DESCRIPTOR_ADDRESS_LO) == static_cast<std::uint32_t>(descriptor_at(0)));
        CHECK(bench.host.local == sc_time(2, SC_NS));
        std::uint32_t value = 0;
        CHECK(bench.host.access(tlm::TLM_READ_COMMAND, NZ_REG_ID + 2, value) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        CHECK(bench.host.access(tlm::TLM_IGNORE_COMMAND, NZ_REG_ID, value) == tlm::TLM_OK_RESPONSE);
        CHECK(bench.host.local == sc_time(4, SC_NS));
        CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
    });
}

TEST_CASE("a chain of three layers") {
    Bench bench("bench");
    for (std::uint64_t i = 0; i < 3; ++i) {
        nz_descriptor d = convolution(i, 100 * static_cast<std::uint32_t>(i + 1));
        d.c = static_cast<std::uint32_t>(i + 2);
        if (i == 2) {
            d.next = 0xBAD;  // the last one's is not looked at
        }
        place(bench, i, d);
    }
    run(bench, [&] {
        bench.host.start(descriptor_at(0), 3);
        std::set<std::uint32_t> seen;
        while ((bench.host.read(NZ_REG_STATUS) & NZ_STATUS_BUSY) != 0) {
            seen.insert(bench.host.read(NZ_REG_CURRENT_DESCRIPTOR));
        }
        CHECK(seen == std::set<std::uint32_t>{0, 1, 2});
        CHECK(bench.host.read(NZ_REG_STATUS) == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_NONE);
        CHECK(bench.host.read(NZ_REG_CURRENT_DESCRIPTOR) == 2);
        CHECK(bench.host.read64(NZ_REG_LAYER_CYCLES_LO) == 300);
        CHECK(bench.host.read64(NZ_REG_TOTAL_CYCLES_LO) == 600);
        CHECK(bench.host.read64(NZ_REG_PRODUCTS_LO) == 10 * (2 + 3 + 4));
        CHECK(bench.host.read64(NZ_REG_USEFUL_PRODUCTS_LO) == 7 * (2 + 3 + 4));
        CHECK(bench.host.read64(NZ_REG_OVERFLOWS_LO) == 9);
        CHECK(bench.host.read64(NZ_REG_DMA_READ_BYTES_LO) == 3 * (256 + 16));
        CHECK(bench.host.read64(NZ_REG_DMA_WRITE_BYTES_LO) == 3 * (16 + 32));
        CHECK(bench.host.read64(NZ_REG_DESCRIPTORS_DONE_LO) == 3);
        CHECK(bench.statistics.value("bench.processor.descriptors") == 3);
        CHECK(bench.engine.resets == 0);
        for (std::uint64_t i = 0; i < 3; ++i) {
            CHECK(output_is_right(bench, i));
            const nz_status_record record = record_of(bench, i);
            CHECK(record.status == NZ_STATUS_DONE);
            CHECK(record.error == NZ_ERROR_NONE);
            CHECK(record.descriptor_index == i);
            CHECK(record.reserved == 0);
            CHECK(record.cycles == 100 * (i + 1));
            CHECK(record.output_bytes == 16);
        }
        // A second run adds to the sums; without a status record nothing is written.
        bench.host.clear_status();
        nz_descriptor d = convolution(1, 50);
        d.status_record = 0;
        place(bench, 1, d);
        bench.host.start(descriptor_at(1), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(bench.host.read(NZ_REG_CURRENT_DESCRIPTOR) == 0);
        CHECK(bench.host.read64(NZ_REG_LAYER_CYCLES_LO) == 50);
        CHECK(bench.host.read64(NZ_REG_TOTAL_CYCLES_LO) == 650);
        CHECK(bench.host.read64(NZ_REG_DMA_WRITE_BYTES_LO) == 3 * (16 + 32) + 16);
        CHECK(record_of(bench, 1).status == 0);
    });
}

TEST_CASE("what is loaded stays for the next descriptor and its cycles are set-up") {
    Bench bench("bench");
    nz_descriptor load = convolution(0, 40);
    load.opcode = NZ_OP_LOAD;
    load.flags = 0;
    nz_descriptor layer = convolution(1, 60);
    layer.flags |= NZ_FLAG_INPUT_RESIDENT;
    place(bench, 0, load);
    place(bench, 1, layer);
    run(bench, [&] {
        bench.host.start(descriptor_at(0), 2);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(bench.memory.load<unsigned char>(output_at(1)) == 1);  // input 0 plus one
        CHECK(record_of(bench, 0).cycles == 40);
        CHECK(bench.host.read64(NZ_REG_LAYER_CYCLES_LO) == 60);
        CHECK(bench.host.read64(NZ_REG_TOTAL_CYCLES_LO) == 60);
        CHECK(bench.host.read64(NZ_REG_DESCRIPTORS_DONE_LO) == 2);
        // It is gone after a soft reset.
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
        bench.host.start(descriptor_at(1), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_NOT_RESIDENT);
        CHECK(bench.host.read64(NZ_REG_DESCRIPTORS_DONE_LO) == 0);
        CHECK(bench.statistics.value("bench.processor.descriptors") == 2);
    });
}

TEST_CASE("two platforms in one process do not see each other") {
    Bench left("left");
    Bench right("right");
    place(left, 0, convolution(0, 100));
    place(right, 0, convolution(0, 250));
    place(right, 1, convolution(1, 250));
    left.host.body = [&] {
        left.host.start(descriptor_at(0), 1);
        CHECK(left.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        left.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
        left.host.write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
    };
    right.host.body = [&] {
        right.host.start(descriptor_at(0), 2);
        CHECK(right.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(right.host.read64(NZ_REG_TOTAL_CYCLES_LO) == 500);
        CHECK(left.host.finished);
    };
    sc_core::sc_start(1, SC_MS);
    REQUIRE(left.host.finished);
    REQUIRE(right.host.finished);
    CHECK(left.statistics.value("left.processor.descriptors") == 1);
    CHECK(right.statistics.value("right.processor.descriptors") == 2);
    CHECK(output_is_right(left, 0));
    CHECK(output_is_right(right, 1));
}
