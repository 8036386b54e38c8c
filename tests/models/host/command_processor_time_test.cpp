// Time of the command processor: decoupled hosts, the moment that START means, the interrupt, latched counters.
#include "tests/models/common/processor_bench.h"

#include <random>
#include <set>

using namespace nonzero;
using namespace nonzero::test;
using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

TEST_CASE("START takes effect at now + delay with what was written before it") {
    Bench bench("bench");
    place(bench, 0, convolution(0));
    place(bench, 1, convolution(1));
    run(bench, [&] {
        bench.host.quantum = sc_time(1, SC_US);
        bench.host.pause(sc_time(500, SC_NS));
        bench.host.start(descriptor_at(0), 1);  // the fourth write, at 503 ns
        CHECK(bench.host.local == sc_time(504, SC_NS));
        CHECK(bench.host.read(NZ_REG_STATUS) == NZ_STATUS_BUSY);
        bench.host.write(NZ_REG_DESCRIPTOR_ADDRESS_LO, static_cast<std::uint32_t>(descriptor_at(1)));
        bench.host.write(NZ_REG_DESCRIPTOR_COUNT, 7);
        CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(bench.dma.starts.at(0) == sc_time(503, SC_NS));
        CHECK(bench.host.read64(NZ_REG_DESCRIPTORS_DONE_LO) == 1);
        CHECK(output_is_right(bench, 0));
        CHECK_FALSE(output_is_right(bench, 1));
        // A write that comes early by the quantum does not reach work that was asked for earlier: the second START is
        // meant for a time after the end of the first.
        bench.host.synchronise();
        const sc_time begin = sc_core::sc_time_stamp();
        bench.host.start(descriptor_at(0), 1);
        bench.host.pause(sc_time(300, SC_NS));
        bench.host.start(descriptor_at(1), 1);
        CHECK(sc_core::sc_time_stamp() == begin);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_NONE);
        CHECK(output_is_right(bench, 1));
        CHECK(bench.host.read64(NZ_REG_DESCRIPTORS_DONE_LO) == 3);
    });
}

TEST_CASE("the result does not depend on the quantum") {
    const std::vector<sc_time> quanta{sc_core::SC_ZERO_TIME, sc_time(1, SC_US), sc_time(1, SC_MS)};
    std::vector<std::unique_ptr<Bench>> benches;
    std::vector<std::vector<std::uint64_t>> results(quanta.size());
    for (std::size_t number = 0; number < quanta.size(); ++number) {
        benches.push_back(std::make_unique<Bench>(("bench" + std::to_string(number)).c_str()));
        Bench& bench = *benches.back();
        std::vector<std::uint64_t>& result = results[number];
        bench.host.quantum = quanta[number];
        bench.host.body = [&bench, &result] {
            std::mt19937 random(7);
            const auto below = [&random](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
            for (int job = 0; job < 40; ++job) {
                const std::uint32_t count = 1 + below(3);
                for (std::uint64_t i = 0; i < count; ++i) {
                    nz_descriptor d = convolution(i, 2 + below(300));
                    d.c = 1 + below(9);
                    d.groups = below(12) == 0 ? 0 : 1;  // a bad one now and then
                    place(bench, i, d);
                }
                bench.host.pause(sc_time(below(100), SC_NS));
                bench.host.start(descriptor_at(0), count);
                bench.host.pause(sc_time(20 + below(400), SC_NS));
                const std::uint32_t action = below(4);
                if (action == 0) {
                    bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_ABORT);
                } else if (action == 1) {
                    bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_START);  // while busy, or a second run
                }
                const std::uint32_t status = bench.host.wait_for_idle();
                for (const std::uint64_t value :
                     {std::uint64_t{status}, std::uint64_t{bench.host.read(NZ_REG_ERROR_CODE)},
                      bench.host.read64(NZ_REG_FAULT_ADDRESS_LO)}) {
                    result.push_back(value);
                }
                for (std::uint32_t counter = NZ_REG_COUNTERS; counter < NZ_REG_DESCRIPTORS_DONE_HI; counter += 8) {
                    result.push_back(bench.host.read64(counter));
                }
                bench.host.clear_status();
                bench.host.synchronise();  // the descriptors are changed behind the platform's back
            }
        };
    }
    sc_core::sc_start(1, sc_core::SC_SEC);
    std::set<std::uint64_t> codes;
    for (std::size_t i = 1; i < results[0].size(); i += 11) {
        codes.insert(results[0][i]);
    }
    CHECK(codes ==
          std::set<std::uint64_t>{NZ_ERROR_NONE, NZ_ERROR_START_WHILE_BUSY, NZ_ERROR_GROUPS, NZ_ERROR_ABORTED});
    for (std::size_t number = 0; number < quanta.size(); ++number) {
        CHECK(benches[number]->host.finished);
        CHECK(results[number].size() == 40 * 11);
        CHECK(results[number] == results[0]);
    }
}

TEST_CASE("counters latch and do not move before the end of the layer") {
    Bench bench("bench");
    nz_descriptor d = convolution(0);
    d.status_record = 0;
    place(bench, 0, d);
    std::uint64_t cycles = 0xFFFFFFFF;
    bench.engine.script = [&](const nz_descriptor&, WorkContext& context) {
        context.wait_until(sc_core::sc_time_stamp() + sc_time(100, SC_NS));
        Completion completion;
        completion.cycles = cycles;
        completion.products = 5;
        return completion;
    };
    run(bench, [&] {
        bench.host.start(descriptor_at(0), 1);
        bench.host.pause(sc_time(148, SC_NS));
        CHECK(bench.host.read(NZ_REG_PRODUCTS_LO) == 0);  // 149 ns after START
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(bench.host.read(NZ_REG_PRODUCTS_LO) == 5);
        CHECK(bench.host.read(NZ_REG_TOTAL_CYCLES_LO) == 0xFFFFFFFF);
        cycles = 1;
        bench.host.start(descriptor_at(0), 1);
        bench.host.wait_for_idle();
        CHECK(bench.host.read(NZ_REG_TOTAL_CYCLES_HI) == 0);  // belongs to the LO read before
        CHECK(bench.host.read(NZ_REG_TOTAL_CYCLES_LO) == 0);
        CHECK(bench.host.read(NZ_REG_TOTAL_CYCLES_HI) == 1);
        CHECK(bench.host.read64(NZ_REG_LAYER_CYCLES_LO) == 1);
    });
}

TEST_CASE("the interrupt is the level of the enabled status bits") {
    LineBench bench("bench");
    place(bench, 0, convolution(0));
    const auto settle = [&] { bench.host.pause(sc_time(1, SC_NS)); };
    run(bench, [&] {
        CHECK_FALSE(bench.irq.read());
        bench.host.start(descriptor_at(0), 1);
        bench.host.wait_for_idle();
        CHECK_FALSE(bench.irq.read());  // not enabled
        bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_ERROR);
        settle();
        CHECK_FALSE(bench.irq.read());
        bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE | NZ_STATUS_ERROR);
        settle();
        CHECK(bench.irq.read());
        bench.host.start(0, 0);  // an error beside it
        settle();
        bench.host.write(NZ_REG_STATUS, NZ_STATUS_DONE);
        settle();
        CHECK(bench.irq.read());  // held by the error
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_COUNT);
        CHECK(bench.host.read(NZ_REG_STATUS) == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        bench.host.write(NZ_REG_STATUS, 0);
        settle();
        CHECK(bench.irq.read());
        bench.host.write(NZ_REG_STATUS, NZ_STATUS_ERROR);
        settle();
        CHECK_FALSE(bench.irq.read());
        bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE);
        bench.host.start(0, 0);
        settle();
        CHECK_FALSE(bench.irq.read());  // the error is not enabled
        CHECK(bench.host.read(NZ_REG_STATUS) == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_ERROR);
        settle();
        CHECK(bench.irq.read());
        bench.host.write(NZ_REG_CONTROL, NZ_CONTROL_SOFT_RESET);
        settle();
        CHECK_FALSE(bench.irq.read());
    });
}

TEST_CASE("the status record is in memory before the interrupt") {
    LineBench bench("bench");
    place(bench, 0, convolution(0));
    place(bench, 1, convolution(1));
    int interrupts = 0;
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.dont_initialize();
    options.set_sensitivity(&bench.irq.posedge_event());
    sc_core::sc_spawn(
        [&] {
            ++interrupts;
            CHECK(record_of(bench, 0).status == NZ_STATUS_DONE);
            CHECK(record_of(bench, 1).status == NZ_STATUS_DONE);
            CHECK(record_of(bench, 1).cycles == 100);
            CHECK(output_is_right(bench, 1));
        },
        "on_irq", &options);
    run(bench, [&] {
        bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE);
        bench.host.start(descriptor_at(0), 2);
        bench.host.wait_for_idle();
        CHECK(interrupts == 1);  // one for the chain
    });
    CHECK(interrupts == 1);
}

TEST_CASE("a bit that is set while it is being cleared is not lost") {
    LineBench bench("bench");
    place(bench, 0, convolution(0));
    std::set<bool> orders;
    run(bench, [&] {
        bench.host.quantum = sc_time(1, SC_US);  // accesses do not wait
        bench.host.write(NZ_REG_IRQ_ENABLE, NZ_STATUS_DONE);
        // The write happens at the very time of DONE, some delta cycles before it or after it.
        for (int deltas = 0; deltas < 12; ++deltas) {
            CAPTURE(deltas);
            bench.host.synchronise();
            const sc_time end = sc_core::sc_time_stamp() + sc_time(3 + 300, SC_NS);
            bench.host.start(descriptor_at(0), 1);
            bench.host.synchronise();
            sc_core::wait(end - sc_core::sc_time_stamp());
            for (int delta = 0; delta < deltas; ++delta) {
                sc_core::wait(sc_core::SC_ZERO_TIME);
            }
            const bool was_set = (bench.host.read(NZ_REG_STATUS) & NZ_STATUS_DONE) != 0;
            bench.host.write(NZ_REG_STATUS, NZ_STATUS_DONE);
            CHECK(sc_core::sc_time_stamp() == end);
            orders.insert(was_set);
            sc_core::wait(sc_time(5, SC_NS));
            CHECK(bench.host.read(NZ_REG_STATUS) == (was_set ? NZ_STATUS_IDLE : NZ_STATUS_IDLE | NZ_STATUS_DONE));
            CHECK(bench.irq.read() == !was_set);
            bench.host.clear_status();
        }
    });
    CHECK(orders == std::set<bool>{false, true});
}
