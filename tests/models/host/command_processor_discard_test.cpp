// ABORT, SOFT_RESET and the reset line of the command processor, at any time.
#include "tests/models/common/processor_bench.h"

#include <memory>
#include <random>

using namespace nonzero;
using namespace nonzero::test;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

namespace {

// The layer that shows whether the platform is usable.
void check_next_layer(Bench& bench, std::uint64_t i) {
    place(bench, i, convolution(i));
    bench.host.start(descriptor_at(i), 1);
    CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
    CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_NONE);
    CHECK(output_is_right(bench, i));
    CHECK(record_of(bench, i).status == NZ_STATUS_DONE);
    bench.host.clear_status();
}

// All registers but what the platform is.
void check_registers_are_reset(Bench& bench) {
    for (const std::uint32_t offset :
         {NZ_REG_IRQ_ENABLE, NZ_REG_ERROR_CODE, NZ_REG_CURRENT_DESCRIPTOR, NZ_REG_DESCRIPTOR_ADDRESS_LO,
          NZ_REG_DESCRIPTOR_ADDRESS_HI, NZ_REG_DESCRIPTOR_COUNT}) {
        CAPTURE(offset);
        CHECK(bench.host.read(offset) == 0);
    }
    CHECK(bench.host.read64(NZ_REG_FAULT_ADDRESS_LO) == 0);
    for (std::uint32_t counter = NZ_REG_COUNTERS; counter < NZ_REG_DESCRIPTORS_DONE_HI; counter += 8) {
        CAPTURE(counter);
        CHECK(bench.host.read64(counter) == 0);
    }
}

}  // namespace

TEST_CASE("ABORT at a hundred random times") {
    Bench bench("bench");
    // Two layers, each of descriptor, input, compute, output, record; ends in ns after the layer's start.
    const std::vector<double> ends{50, 100, 200, 250, 300};
    constexpr double kChain = 600;
    std::vector<int> by_phase(ends.size());
    int too_late = 0;
    std::mt19937 random(1);
    run(bench, [&] {
        for (int number = 0; number < 100; ++number) {
            place(bench, 0, convolution(0));
            place(bench, 1, convolution(1));
            // In half nanoseconds: on and between the times at which something ends. As often from a decoupled host.
            const double into = 1 + 0.5 * static_cast<double>(random() % 1300);
            CAPTURE(number, into);
            bench.host.quantum = number % 2 == 0 ? sc_core::SC_ZERO_TIME : sc_time(2, SC_US);
            const sc_time begin = sc_core::sc_time_stamp() + sc_time(3, SC_NS);
            bench.host.start(descriptor_at(0), 2);
            bench.host.pause(begin + sc_time(into, SC_NS) - sc_core::sc_time_stamp() - bench.host.local);
            const sc_time aborted = sc_core::sc_time_stamp() + bench.host.local;
            REQUIRE(aborted == begin + sc_time(into, SC_NS));
            bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
            bench.host.synchronise();
            bench.host.quantum = sc_core::SC_ZERO_TIME;

            const bool in_time = into <= kChain;  // at the end itself, ABORT comes first
            CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | (in_time ? NZ_STATUS_ERROR : NZ_STATUS_DONE)));
            CHECK(sc_core::sc_time_stamp() - aborted < sc_time(50 + 20, SC_NS));  // one transfer drains
            CHECK(bench.dma.control().idle());
            CHECK(bench.host.read(NZ_REG_ERROR_CODE) == (in_time ? NZ_ERROR_ABORTED : NZ_ERROR_NONE));
            CHECK(bench.host.read64(NZ_REG_FAULT_ADDRESS_LO) == 0);
            if (into != 300 && into != 600) {
                CHECK((record_of(bench, 0).status == NZ_STATUS_DONE) == (into > 300));
                CHECK((record_of(bench, 1).status == NZ_STATUS_DONE) == (into > 600));
                CHECK(record_of(bench, 1).error == NZ_ERROR_NONE);
            }
            if (in_time) {
                const double in_layer = into > 300 ? into - 300 : into;
                ++by_phase[std::size_t(std::lower_bound(ends.begin(), ends.end(), in_layer) - ends.begin())];
            } else {
                ++too_late;
            }
            bench.host.clear_status();
            check_next_layer(bench, 2);
        }
    });
    for (const int count : by_phase) {
        CHECK(count >= 5);
    }
    CHECK(too_late >= 3);
}

TEST_CASE("ABORT without work and several CONTROL bits at once") {
    Bench bench("bench");
    place(bench, 0, convolution(0));
    run(bench, [&] {
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
        bench.host.pause(sc_time(10, SC_NS));
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_IDLE);
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_NONE);
        CHECK(bench.engine.resets == 0);

        bench.host.start(descriptor_at(0), 1);
        bench.host.pause(sc_time(120, SC_NS));
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT | NZ_CONTROL_START);  // no START
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_ABORTED);
        CHECK(bench.engine.resets == 1);
        bench.host.clear_status();
        bench.host.pause(sc_time(500, SC_NS));
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_IDLE);
        check_next_layer(bench, 0);

        // A second ABORT during the drain adds nothing.
        bench.host.start(descriptor_at(0), 1);
        bench.host.pause(sc_time(10, SC_NS));
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_BUSY);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.engine.resets == 2);
        bench.host.clear_status();

        // ABORT at the time of START: the work ends before it fetches.
        bench.host.quantum = sc_time(1, SC_US);
        const std::uint64_t bytes = bench.host.read64(NZ_REG_DMA_READ_BYTES_LO);
        bench.host.start(descriptor_at(0), 1);
        bench.host.local -= sc_time(1, SC_NS);
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_ABORTED);
        CHECK(bench.host.read64(NZ_REG_DMA_READ_BYTES_LO) == bytes);
    });
}

TEST_CASE("SOFT_RESET in the middle of every phase") {
    Bench bench("bench");
    run(bench, [&] {
        for (int into = 3; into < 340; into += 7) {
            CAPTURE(into);
            place(bench, 0, convolution(0));
            bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE);
            bench.host.start(descriptor_at(0), 1);
            bench.host.pause(sc_time(into - 1, SC_NS));
            const int resets = bench.engine.resets;
            const bool transferring = !bench.dma.control().idle();
            bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
            CHECK(bench.host.read(NZ_REG_STATUS) == (transferring ? NZ_STATUS_BUSY : NZ_STATUS_IDLE));
            check_registers_are_reset(bench);
            CHECK(bench.host.wait_for_idle() == NZ_STATUS_IDLE);  // neither DONE nor ERROR
            check_registers_are_reset(bench);
            CHECK(bench.engine.resets == resets + 1);
            CHECK(bench.dma.control().idle());
            CHECK((record_of(bench, 0).status == NZ_STATUS_DONE) == (into >= 300));
            check_next_layer(bench, 1);
        }
    });
}

TEST_CASE("the stronger of two discards counts") {
    Bench bench("bench");
    place(bench, 0, convolution(0));
    run(bench, [&] {
        for (const bool reset_first : {true, false}) {
            CAPTURE(reset_first);
            bench.host.start(descriptor_at(0), 1);
            bench.host.pause(sc_time(10, SC_NS));
            bench.host.write(NZ_REG_CONTROL, reset_first ? NZ_CONTROL_SOFT_RESET : NZ_CONTROL_ABORT);
            bench.host.pause(sc_time(5, SC_NS));
            bench.host.write(NZ_REG_CONTROL, reset_first ? NZ_CONTROL_ABORT : NZ_CONTROL_SOFT_RESET);
            CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_BUSY);
            CHECK(bench.host.wait_for_idle() == NZ_STATUS_IDLE);
            check_registers_are_reset(bench);
            check_next_layer(bench, 0);
        }
    });
}

TEST_CASE("what a decoupled host writes after SOFT_RESET stays") {
    LineBench bench("bench");
    place(bench, 0, convolution(0));
    run(bench, [&] {
        bench.host.quantum = sc_time(2, SC_US);
        bench.host.start(descriptor_at(0), 1);
        bench.host.wait_for_idle();
        bench.host.synchronise();
        bench.host.pause(sc_time(100, SC_NS));
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_IDLE);
        check_registers_are_reset(bench);
        bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE);
        bench.host.start(descriptor_at(0), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(bench.host.read64(NZ_REG_TOTAL_CYCLES_LO) == 100);
        CHECK(bench.host.read(NZ_REG_DESCRIPTOR_COUNT) == 1);
        CHECK(bench.irq.read());
    });
}

TEST_CASE("a decoupled SOFT_RESET also clears what happens between its call and its time") {
    Bench bench("bench");
    for (std::uint64_t i = 0; i < 3; ++i) {
        place(bench, i, convolution(i));
    }
    run(bench, [&] {
        for (const int after : {100, 450, 700, 1000}) {  // three layers take 900 ns
            CAPTURE(after);
            bench.host.quantum = sc_time(5, SC_US);
            const int executions = bench.engine.executions;
            bench.host.start(descriptor_at(0), 3);
            bench.host.pause(sc_time(after, SC_NS));
            bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
            CHECK(bench.host.wait_for_idle() == NZ_STATUS_IDLE);
            bench.host.synchronise();
            check_registers_are_reset(bench);
            CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_IDLE);
            CHECK(bench.engine.executions - executions == std::min(1 + after / 300, 3));
            bench.host.synchronise();
            bench.host.quantum = sc_core::SC_ZERO_TIME;
        }
        check_next_layer(bench, 0);
    });
}

TEST_CASE("the reset line at random times") {
    LineBench bench("bench");
    std::mt19937 random(3);
    run(bench, [&] {
        for (int number = 0; number < 60; ++number) {
            const auto into = static_cast<int>(random() % 340);
            const auto held = static_cast<int>(random() % 120);
            CAPTURE(number, into, held);
            place(bench, 0, convolution(0));
            bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE | NZ_STATUS_ERROR);
            bench.host.start(descriptor_at(0), 1);
            bench.host.pause(sc_time(into, SC_NS));
            const bool transferring = !bench.dma.control().idle();
            const int resets = bench.engine.resets;
            bench.reset.write(true);
            sc_core::wait(sc_time(1, SC_NS));
            CHECK_FALSE(bench.irq.read());
            const bool draining = transferring && !bench.dma.control().idle();
            CHECK(bench.host.read(NZ_REG_STATUS) == (draining ? NZ_STATUS_BUSY : NZ_STATUS_IDLE));
            // Nothing can be written, nothing starts.
            bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE);
            bench.host.start(descriptor_at(0), 1);
            check_registers_are_reset(bench);
            bench.host.pause(sc_time(held, SC_NS));
            bench.reset.write(false);
            CHECK(bench.host.wait_for_idle() == NZ_STATUS_IDLE);
            check_registers_are_reset(bench);
            CHECK(bench.engine.resets == resets + 1);
            CHECK(bench.dma.control().idle());
            CHECK_FALSE(bench.irq.read());
            check_next_layer(bench, 1);
        }
    });
}

TEST_CASE("a short pulse on the reset line leaves the processor busy until the DMA has drained") {
    LineBench bench("bench");
    place(bench, 0, convolution(0));
    run(bench, [&] {
        bench.host.quantum = sc_time(1, SC_US);
        bench.host.start(descriptor_at(0), 1);
        bench.host.pause(sc_time(400, SC_NS));
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_START);  // pending, for 405 ns
        sc_core::wait(sc_time(10, SC_NS));                   // 7 ns into the descriptor
        bench.reset.write(true);
        sc_core::wait(sc_time(1, SC_NS));
        bench.reset.write(false);
        sc_core::wait(sc_time(1, SC_NS));
        bench.host.local = sc_core::SC_ZERO_TIME;
        bench.host.quantum = sc_core::SC_ZERO_TIME;
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_BUSY);
        bench.host.start(descriptor_at(0), 1);
        bench.host.pause(sc_time(1, SC_NS));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_START_WHILE_BUSY);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(sc_core::sc_time_stamp() < sc_time(3 + 50 + 20, SC_NS));
        bench.host.clear_status();
        sc_core::wait(sc_time(1, SC_US));  // the pending START has been dropped
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_IDLE);
        CHECK(bench.engine.executions == 0);
        check_next_layer(bench, 0);
    });
}

TEST_CASE("a reset line that is high from the beginning holds the processor") {
    LineBench bench("bench");
    bench.reset.write(true);
    run(bench, [&] {
        bench.host.pause(sc_time(1, SC_NS));
        place(bench, 0, convolution(0));
        bench.host.start(descriptor_at(0), 1);
        bench.host.pause(sc_time(1, SC_US));
        CHECK(bench.host.read(NZ_REG_ID) == NZ_ID_VALUE);
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_IDLE);
        CHECK(bench.dma.starts.empty());
        bench.reset.write(false);
        bench.host.pause(sc_time(1, SC_NS));
        check_next_layer(bench, 0);
    });
}

TEST_CASE("a fault or an abort with transfers open cancels them before their buffers go") {
    Bench bench("bench");
    std::uint64_t third = 0;
    bench.engine.script = [&](const nz_descriptor& d, WorkContext& context) {
        // Four transfers into buffers of this stack frame; the third one may fail.
        struct Piece {
            std::vector<unsigned char> buffer = std::vector<unsigned char>(16);
            DmaCompletion completion;
            ~Piece() { CHECK(completion.finished); }
        };
        std::vector<std::unique_ptr<Piece>> pieces;
        for (std::uint64_t i = 0; i < 4; ++i) {
            pieces.push_back(std::make_unique<Piece>());
            DmaTransfer transfer;
            transfer.address = i == 2 ? third : d.input.address;
            transfer.row_bytes = 16;
            transfer.buffer = pieces.back()->buffer.data();
            transfer.completion = &pieces.back()->completion;
            context.start(transfer);
        }
        for (const auto& piece : pieces) {
            context.wait_for(piece->completion);
        }
        return bench.engine.layer(d, context);
    };
    run(bench, [&] {
        place(bench, 0, convolution(0));
        third = kBrokenPage;
        bench.host.start(descriptor_at(0), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_BUS);
        CHECK(bench.host.read64(NZ_REG_FAULT_ADDRESS_LO) == kBrokenPage);
        CHECK(record_of(bench, 0).error == NZ_ERROR_BUS);
        CHECK(bench.host.read64(NZ_REG_DMA_READ_BYTES_LO) == 256 + 2 * 16);  // what ended well
        bench.host.clear_status();

        third = input_at(0);
        place(bench, 0, convolution(0));
        for (int into = 1; into < 260; into += 13) {
            CAPTURE(into);
            bench.host.start(descriptor_at(0), 1);
            bench.host.pause(sc_time(into, SC_NS));
            bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
            CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
            CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_ABORTED);
            bench.host.clear_status();
        }
        check_next_layer(bench, 0);

        // ABORT while the DMA drains after a fault: the status record is not written any more.
        third = kBrokenPage;
        place(bench, 0, convolution(0));
        bench.host.start(descriptor_at(0), 1);
        bench.host.pause(sc_time(50 + 3 * 50 + 10, SC_NS));
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_ABORTED);
        CHECK(record_of(bench, 0).status == 0);
    });
}
