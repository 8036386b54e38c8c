// Errors of the command processor: each leaves it usable.
#include "tests/models/common/processor_bench.h"

#include <catch2/catch.hpp>

#include <new>
#include <set>
#include <stdexcept>
#include <string>

#include "models/base/host_failure.h"

using namespace nonzero;
using namespace nonzero::test;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::sc_time;

TEST_CASE("a bad descriptor of every error code leaves the platform usable") {
    Bench bench("bench");
    struct Case {
        nz_error code;
        std::function<void(nz_descriptor&)> change;
        std::uint64_t fault_address = descriptor_at(1);
        bool record = true;               // is written
        nz_error thrown = NZ_ERROR_NONE;  // by the engine
    };
    const std::uint64_t outside = kMemoryBase + kMemorySize;
    const auto throws = [](nz_error code) { return Case{code, {}, 0x5678, true, code}; };
    const std::vector<Case> cases{
        {NZ_ERROR_DESCRIPTOR_VERSION, [](nz_descriptor& d) { d.version = 9; }, descriptor_at(1), false},
        {NZ_ERROR_DESCRIPTOR_SIZE, [](nz_descriptor& d) { d.size = 255; }, descriptor_at(1), false},
        {NZ_ERROR_OPCODE, [](nz_descriptor& d) { d.opcode = 20; }},
        {NZ_ERROR_FLAGS, [](nz_descriptor& d) { d.flags |= 0x40; }},
        {NZ_ERROR_SHAPE, [](nz_descriptor& d) { d.q += 1; }},
        {NZ_ERROR_STRIDE, [](nz_descriptor& d) { d.stride_x = 0; }},
        {NZ_ERROR_PADDING, [](nz_descriptor& d) { d.pad_left = 9; }},
        {NZ_ERROR_GROUPS, [](nz_descriptor& d) { d.groups = 2; }},
        {NZ_ERROR_SPARSITY, [](nz_descriptor& d) { d.nm_n = 1; }},
        {NZ_ERROR_POOL, [](nz_descriptor& d) { d.pool_kind = 9; }},
        {NZ_ERROR_TYPE, [](nz_descriptor& d) { d.input_type = 99; }},
        {NZ_ERROR_ZERO_POINT,
         [](nz_descriptor& d) {
             d.input_type = 4;
             d.input_zero_point = 8;
         }},
        {NZ_ERROR_CLAMP, [](nz_descriptor& d) { d.clamp_low = 500; }},
        {NZ_ERROR_REGION, [](nz_descriptor& d) { d.weights.size = 0; }},
        {NZ_ERROR_OUTPUT_SIZE,
         [](nz_descriptor& d) {
             d.flags = 0;
             d.output_type = NZ_TYPE_RAW64;
         }},
        throws(NZ_ERROR_OUTPUT_SIZE),
        throws(NZ_ERROR_DATA),
        throws(NZ_ERROR_CAPACITY),
        {NZ_ERROR_NOT_RESIDENT, [](nz_descriptor& d) { d.flags |= NZ_FLAG_INPUT_RESIDENT; }, input_at(1)},
        {NZ_ERROR_STATUS_RECORD, [](nz_descriptor& d) { d.status_record += 4; }, descriptor_at(1), false},
        // Memory refuses: the layer's input, its output, the status record
        {NZ_ERROR_BUS_ADDRESS, [&](nz_descriptor& d) { d.input.address = outside; }, outside},
        {NZ_ERROR_BUS, [](nz_descriptor& d) { d.output.address = kBrokenPage; }, kBrokenPage},
        {NZ_ERROR_BUS_ADDRESS, [&](nz_descriptor& d) { d.status_record = outside; }, outside, false},
        // An error before the one of the status record counts.
        {NZ_ERROR_SHAPE,
         [&](nz_descriptor& d) {
             d.p = 7;
             d.status_record = outside;
         },
         descriptor_at(1), false},
        // The descriptor itself: misaligned, outside memory, on the broken page
        {NZ_ERROR_DESCRIPTOR_ADDRESS, {}, descriptor_at(1) + 128, false},
        {NZ_ERROR_BUS_ADDRESS, {}, outside, false},
        {NZ_ERROR_BUS, {}, kBrokenPage, false},
    };
    std::set<nz_error> covered{NZ_ERROR_NONE, NZ_ERROR_START_WHILE_BUSY, NZ_ERROR_COUNT, NZ_ERROR_ABORTED,
                               NZ_ERROR_TIMEOUT};  // elsewhere
    run(bench, [&] {
        for (std::size_t number = 0; number < cases.size(); ++number) {
            const Case& each = cases[number];
            CAPTURE(number, each.code);
            covered.insert(each.code);
            // Descriptor 0 is sound, 1 is bad, 2 must not be reached.
            nz_descriptor first = convolution(0);
            nz_descriptor bad = convolution(1);
            if (each.change) {
                each.change(bad);
            } else if (each.thrown == NZ_ERROR_NONE) {
                first.next = each.fault_address;
            }
            place(bench, 0, first);
            place(bench, 1, bad);
            place(bench, 2, convolution(2));
            bench.engine.script = [&](const nz_descriptor& d, WorkContext& context) {
                if (each.thrown != NZ_ERROR_NONE && d.input.address == input_at(1)) {
                    throw Fault{each.thrown, 0x5678};
                }
                return bench.engine.layer(d, context);
            };
            bench.engine.resets = 0;
            bench.host.start(descriptor_at(0), 3);
            CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
            CHECK(bench.host.read(NZ_REG_ERROR_CODE) == static_cast<std::uint32_t>(each.code));
            CHECK(bench.host.read64(NZ_REG_FAULT_ADDRESS_LO) == each.fault_address);
            CHECK(bench.host.read(NZ_REG_CURRENT_DESCRIPTOR) == 1);
            CHECK(bench.engine.resets >= 1);
            CHECK(output_is_right(bench, 0));
            CHECK_FALSE(output_is_right(bench, 2));
            const nz_status_record record = record_of(bench, 1);
            CHECK(record.status == (each.record ? NZ_STATUS_ERROR : 0));
            CHECK(record.error == static_cast<std::uint32_t>(each.record ? each.code : NZ_ERROR_NONE));
            CHECK(record.descriptor_index == (each.record ? 1 : 0));
            CHECK(record.cycles == 0);

            // Cleared, and the next layer runs.
            bench.host.clear_status();
            CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_IDLE);
            CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_NONE);
            CHECK(bench.host.read64(NZ_REG_FAULT_ADDRESS_LO) == 0);
            bench.host.start(descriptor_at(2), 1);
            CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
            CHECK(output_is_right(bench, 2));
            bench.host.clear_status();
        }
    });
    for (int code = NZ_ERROR_NONE; code <= NZ_ERROR_TIMEOUT; ++code) {
        CAPTURE(code);
        CHECK(covered.count(static_cast<nz_error>(code)) == 1);
    }
}

TEST_CASE("a chain that ends early and a count of nothing") {
    Bench bench("bench");
    place(bench, 0, convolution(0));
    nz_descriptor last = convolution(1);
    last.next = 0;
    place(bench, 1, last);
    run(bench, [&] {
        bench.host.start(descriptor_at(0), 3);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_DESCRIPTOR_ADDRESS);
        CHECK(bench.host.read64(NZ_REG_FAULT_ADDRESS_LO) == descriptor_at(1));
        CHECK(bench.host.read(NZ_REG_CURRENT_DESCRIPTOR) == 2);
        CHECK(bench.host.read64(NZ_REG_DESCRIPTORS_DONE_LO) == 2);
        CHECK(output_is_right(bench, 1));
        CHECK(record_of(bench, 1).status == NZ_STATUS_DONE);

        bench.host.clear_status();
        const std::size_t transfers = bench.dma.starts.size();
        bench.host.start(descriptor_at(0), 0);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_COUNT);
        CHECK(bench.host.read64(NZ_REG_FAULT_ADDRESS_LO) == 0);
        CHECK(bench.dma.starts.size() == transfers);

        bench.host.clear_status();
        bench.host.start(descriptor_at(0) + 0x20, 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_DESCRIPTOR_ADDRESS);
        CHECK(bench.host.read64(NZ_REG_FAULT_ADDRESS_LO) == descriptor_at(0) + 0x20);
        CHECK(bench.dma.starts.size() == transfers);
    });
}

TEST_CASE("START while busy is an error and the running work goes on") {
    Bench bench("bench");
    place(bench, 0, convolution(0));
    place(bench, 1, convolution(1));
    run(bench, [&] {
        bench.host.start(descriptor_at(0), 1);
        bench.host.pause(sc_time(80, SC_NS));
        bench.host.start(descriptor_at(1), 1);
        bench.host.pause(sc_time(1, SC_NS));
        CHECK(bench.host.read(NZ_REG_STATUS) == (NZ_STATUS_BUSY | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_START_WHILE_BUSY);
        // Cleared while the work goes on; then it ends well.
        bench.host.write(NZ_REG_STATUS, NZ_STATUS_ERROR);
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_BUSY);
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_NONE);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(output_is_right(bench, 0));
        CHECK(bench.engine.executions == 1);
        CHECK(bench.host.read64(NZ_REG_TOTAL_CYCLES_LO) == 100);
    });
}

TEST_CASE("an engine's programming error leaves sc_start as an exception") {
    Bench bench("bench");
    place(bench, 0, convolution(0));
    bench.host.body = [&] { bench.host.start(descriptor_at(0), 1); };
    bench.engine.script = [](const nz_descriptor&, WorkContext&) -> Completion {
        throw std::out_of_range("bank 33 of 32");
    };
    CHECK_THROWS_WITH(sc_core::sc_start(1, SC_MS), Catch::Contains("bank 33 of 32"));
}

TEST_CASE("an engine that leaves a transfer open is a programming error") {
    Bench bench("bench");
    place(bench, 0, convolution(0));
    unsigned char buffer[16];
    DmaCompletion completion;
    bench.engine.script = [&](const nz_descriptor& d, WorkContext& context) {
        DmaTransfer transfer;
        transfer.address = d.input.address;
        transfer.row_bytes = 16;
        transfer.buffer = buffer;
        transfer.completion = &completion;
        context.start(transfer);
        return Completion{};
    };
    bench.host.body = [&] { bench.host.start(descriptor_at(0), 1); };
    CHECK_THROWS_WITH(sc_core::sc_start(1, SC_MS), Catch::Contains("DMA transfers open"));
}

TEST_CASE("memory that the host cannot give is no verdict of the machine") {
    Bench bench("bench");
    place(bench, 0, convolution(0));
    bench.engine.script = [](const nz_descriptor&, WorkContext&) -> Completion { throw std::bad_alloc(); };
    bool ended = false;
    try {
        run(bench, [&] {
            bench.host.start(descriptor_at(0), 1);
            bench.host.wait_for_idle();
            ended = true;
        });
        FAIL("the simulation went on");
    } catch (const sc_core::sc_report& report) {
        CHECK(std::string(report.get_msg_type()) == kHostFailure);
        CHECK(std::string(report.get_msg()).find("memory") != std::string::npos);
    }
    CHECK_FALSE(ended);
    CHECK(record_of(bench, 0).error == NZ_ERROR_NONE);
    CHECK(bench.engine.resets >= 1);
}
