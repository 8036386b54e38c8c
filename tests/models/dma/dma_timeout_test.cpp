// A memory that does not answer within dma.timeout: what fails, when, and what still works while it is silent and after
// it has answered.

#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <systemc>

#include "models/memory/sram.h"
#include "tests/models/common/dma_bench.h"
#include "tests/models/common/memory_stubs.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr int kTimeout = 50;  // cycles of a nanosecond

DmaParameters parameters(DmaProtocol protocol, int timeout = kTimeout) {
    DmaParameters result;
    result.protocol = protocol;
    result.burst_bytes = 64;
    result.outstanding = 4;
    result.timeout = timeout;
    return result;
}

StubLimits limits() {
    StubLimits result;
    result.range = {0, 1 << 16};
    return result;
}

// A response is in time until the end of this.
const sc_core::sc_time kTick = sc_core::sc_time::from_value(1);

bool timed_out(const Job& job, std::uint64_t address) {
    return job.completion.finished && job.completion.timed_out &&
           job.completion.status == tlm::TLM_GENERIC_ERROR_RESPONSE && job.completion.fault_address == address;
}

bool ended_well(const Job& job) {
    return job.completion.finished && !job.completion.timed_out && job.completion.status == tlm::TLM_OK_RESPONSE;
}

}  // namespace

TEST_CASE("dma timeout: LT gives up what is stuck, goes on beside it, and has its places back after a late answer") {
    DmaBench bench("bench", parameters(DmaProtocol::lt));
    LtStub stub("stub", limits(), 1);
    stub.times = [](const tlm::tlm_generic_payload& payload) {
        const bool stuck = payload.get_address() < 128;  // two bursts
        return std::pair{stuck ? ns(1000) : ns(10), ns(5)};
    };
    bench.engine.memory.bind(stub.socket);
    const Process process("process", [&] {
        stub.storage.bytes = Dice(2).bytes(stub.storage.bytes.size());
        auto stuck = std::make_unique<Job>(false, 0, 1, 4096, 0);
        bench.start(*stuck);
        stuck->wait();
        // Bursts three and four, and their like on the same two places, were answered; nothing more is sent.
        CHECK(sc_core::sc_time_stamp() >= ns(kTimeout) + kTick);
        CHECK(sc_core::sc_time_stamp() <= ns(kTimeout + 15) + kTick);
        CHECK(timed_out(*stuck, 0));
        CHECK(bench.engine.idle());
        stuck.reset();  // a late answer that touched the buffer would be a use after free

        // The two other places go on: eight bursts, two at a time.
        const sc_core::sc_time begin = sc_core::sc_time_stamp();
        Job next(false, 0x1000, 1, 512, 0);
        bench.start(next);
        next.wait();
        CHECK(ended_well(next));
        CHECK(sc_core::sc_time_stamp() == begin + ns(4 * 15));

        wait(ns(2000));  // the late answers are in
        CHECK(bench.engine.idle());
        const sc_core::sc_time again = sc_core::sc_time_stamp();
        bench.start(next);
        next.wait();
        CHECK(ended_well(next));
        CHECK(sc_core::sc_time_stamp() == again + ns(2 * 15));
        CHECK(bench.count("read_bytes") == bench.count("bursts") * 64);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(stub.storage.violations == std::vector<std::string>{});
    CHECK(stub.storage.all_released());
}

TEST_CASE("dma timeout: LT on a bus that is dead fails every transfer, and works when the bus does again") {
    DmaBench bench("bench", parameters(DmaProtocol::lt));
    LtStub stub("stub", limits(), 1);
    const sc_core::sc_time alive = ns(1000);
    stub.times = [&](const tlm::tlm_generic_payload&) {
        const sc_core::sc_time now = sc_core::sc_time_stamp();
        return std::pair{now < alive ? alive - now : ns(10), ns(0)};
    };
    bench.engine.memory.bind(stub.socket);
    const Process process("process", [&] {
        Job first(true, 0, 1, 4096, 0);
        Job second(false, 0x2000, 1, 64, 0);
        Job third(true, 0x3000, 1, 10, 0);
        bench.start(first);
        bench.start(second);
        first.wait();
        CHECK(sc_core::sc_time_stamp() == ns(kTimeout) + kTick);
        CHECK(timed_out(first, 0));
        second.wait();
        CHECK(timed_out(second, 0x2000));
        bench.start(third);
        const sc_core::sc_time begin = sc_core::sc_time_stamp();
        third.wait();
        CHECK(sc_core::sc_time_stamp() == begin + ns(kTimeout) + kTick);
        CHECK(timed_out(third, 0x3000));
        CHECK(bench.engine.idle());
        CHECK(bench.count("bursts") == 4);
        CHECK(bench.count("write_bytes") == 0);

        wait(alive - sc_core::sc_time_stamp() + ns(1));
        CHECK(bench.count("write_bytes") == 4 * 64);
        bench.start(third);
        third.wait();
        CHECK(ended_well(third));
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(stub.storage.all_released());
}

TEST_CASE("dma timeout: AT on a memory that does not answer, or not even accept") {
    DmaBench bench("bench", parameters(DmaProtocol::at, 500));
    AtStub stub("stub", limits(), 1);
    bench.engine.memory.bind(stub.socket);
    const Process process("process", [&] {
        for (const bool accept : {true, false}) {
            INFO("accepts: " << accept);
            stub.stalled = true;
            stub.accept_while_stalled = accept;
            stub.storage.addresses.clear();
            auto stuck = std::make_unique<Job>(false, 0, 1, 4096, 0);
            const sc_core::sc_time begin = sc_core::sc_time_stamp();
            bench.start(*stuck);
            stuck->wait();
            CHECK(sc_core::sc_time_stamp() > begin + ns(500));
            CHECK(timed_out(*stuck, 0));
            stuck.reset();
            CHECK(bench.engine.idle());
            Job next(true, 0x1000, 1, 512, 0);
            bench.start(next);
            next.wait();
            CHECK(timed_out(next, 0x1000));
            CHECK(bench.engine.idle());
            CHECK(stub.storage.addresses.size() == (accept ? 4 : 1));
            wait(ns(10000));
            stub.resume();
            wait(ns(10000));  // the late answers, 400 ns and more each
            bench.start(next);
            next.wait();
            CHECK(ended_well(next));
            std::uint64_t wrong = 0;
            next.for_each_byte(
                [&](std::uint64_t address, unsigned char value) { wrong += value != *stub.storage.at(address); });
            CHECK(wrong == 0);
            CHECK(bench.engine.idle());
        }
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(stub.storage.violations == std::vector<std::string>{});
    CHECK(stub.storage.all_released());
}

TEST_CASE("dma timeout: what is cancelled and never answered does not keep the engine from becoming idle") {
    DmaBench lt("lt", parameters(DmaProtocol::lt));
    LtStub lt_stub("lt_stub", limits(), 1);
    lt_stub.times = [](const tlm::tlm_generic_payload&) { return std::pair{ns(5000), ns(0)}; };
    lt.engine.memory.bind(lt_stub.socket);
    DmaBench at("at", parameters(DmaProtocol::at));
    AtStub at_stub("at_stub", limits(), 1);
    at_stub.stalled = true;
    at.engine.memory.bind(at_stub.socket);
    const Process process("process", [&] {
        for (DmaBench* bench : {&lt, &at}) {
            const sc_core::sc_time begin = sc_core::sc_time_stamp();
            Job job(false, 0, 1, 4096, 0);
            bench->start(job);
            wait(ns(20));
            bench->engine.cancel();
            CHECK(job.completion.status == tlm::TLM_INCOMPLETE_RESPONSE);
            CHECK_FALSE(job.completion.timed_out);
            CHECK_FALSE(bench->engine.idle());
            wait(bench->engine.drained());
            CHECK(bench->engine.idle());
            CHECK(sc_core::sc_time_stamp() >= begin + ns(kTimeout) + kTick);
        }
        at_stub.resume();
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(at_stub.storage.all_released());
}

TEST_CASE("dma timeout: an answer in the last cycle is in time") {
    std::deque<DmaBench> benches;
    Statistics statistics;
    // A burst of 64 takes 8 ns, at once and annotated.
    Sram lt_memory("lt_memory", {4096, 8}, Clocking(ns(1)), statistics);
    Sram at_memory("at_memory", {4096, 8}, Clocking(ns(1)), statistics);
    benches.emplace_back("lt", parameters(DmaProtocol::lt, 8));
    benches.back().engine.memory.bind(lt_memory.socket());
    benches.emplace_back("at", parameters(DmaProtocol::at, 8));
    benches.back().engine.memory.bind(at_memory.socket());
    benches.emplace_back("too_short", parameters(DmaProtocol::at, 7));
    Sram slow_memory("slow_memory", {4096, 8}, Clocking(ns(1)), statistics);
    benches.back().engine.memory.bind(slow_memory.socket());
    const Process process("process", [&] {
        for (DmaBench& bench : benches) {
            Job job(false, 64, 1, 640, 0);
            bench.start(job);
            job.wait();
            CHECK(ended_well(job) == (&bench != &benches.back()));
            CHECK(timed_out(job, 64) == (&bench == &benches.back()));
        }
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}
