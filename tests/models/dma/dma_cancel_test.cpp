#include <catch2/catch.hpp>
#include <systemc>

#include <memory>
#include <vector>

#include "models/memory/dram.h"
#include "tests/models/common/dma_bench.h"
#include "tests/models/common/memory_stubs.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

DmaParameters parameters(DmaProtocol protocol) {
    DmaParameters result;
    result.protocol = protocol;
    result.burst_bytes = 64;
    result.outstanding = 4;
    return result;
}

StubLimits limits() {
    StubLimits result;
    result.range = {0, 1 << 16};
    return result;
}

// The buffer as it is now, to be compared later.
struct Snapshot {
    explicit Snapshot(const Job& watched) : job(watched), buffer(watched.buffer) {}
    bool unchanged() const { return job.buffer == buffer; }
    const Job& job;
    std::vector<unsigned char> buffer;
};

bool cancelled(const Job& job) {
    return job.completion.finished && job.completion.status == tlm::TLM_INCOMPLETE_RESPONSE;
}

void cancel_mid_transfer(DmaProtocol protocol) {
    // 10 bytes/ns: a burst of 64 takes 6.4 ns; responses at 106.4, 112.8, ...; four outstanding.
    DramParameters memory;
    memory.size = 1 << 16;
    memory.bytes_per_ns = 10;
    memory.latency = ns(100);
    Dram dram("dram", memory);
    DmaBench bench("bench", parameters(protocol));
    bench.engine.memory.bind(dram.socket);
    Initiator host("host");
    host.socket.bind(dram.socket);
    const Process process("process", [&] {
        OwningPayload pattern(tlm::TLM_WRITE_COMMAND, 0, Dice(1).bytes(1 << 16));
        host.socket->transport_dbg(pattern);
        Job read(false, 0, 1, 1024, 0);
        Job write(true, 0x8000, 1, 1024, 0);
        bench.start(read);
        bench.start(write);
        sc_core::wait(ns(115));  // two responses are in; six bursts were sent
        CHECK_FALSE(read.completion.finished);
        CHECK(read.buffer[127] == pattern.data[127]);
        CHECK(read.buffer[128] == 0xee);
        bench.engine.cancel();
        CHECK(cancelled(read));
        CHECK(cancelled(write));
        CHECK_FALSE(bench.engine.idle());
        const Snapshot snapshot(read);
        sc_core::wait(read.completion.done | write.completion.done);
        CHECK(sc_core::sc_time_stamp() == ns(115));

        sc_core::wait(bench.engine.drained());
        // Bursts five and six were sent at 106.4 and 112.8, when the channel was free.
        CHECK(sc_core::sc_time_stamp() == ns(112.8 + 6.4 + 100));
        CHECK(bench.engine.idle());
        CHECK(bench.count("bursts") == 6);
        CHECK(bench.count("read_bytes") == 6 * 64);
        CHECK(bench.count("write_bytes") == 0);
        CHECK(snapshot.unchanged());

        Job again(false, 100, 1, 300, 0);
        bench.start(again);
        again.wait();
        CHECK(again.completion.status == tlm::TLM_OK_RESPONSE);
        CHECK(again.buffer == std::vector<unsigned char>(pattern.data.begin() + 100, pattern.data.begin() + 400));

        // Nothing to do: no event, no harm.
        bench.engine.cancel();
        CHECK(bench.engine.idle());
        // Cancelled in the delta cycle in which it was handed in: never sent.
        bench.start(again);
        bench.engine.cancel();
        CHECK(cancelled(again));
        CHECK(bench.engine.idle());
        // A transfer that was to begin later neither begins nor holds up the next one.
        bench.start(again, ns(1000));
        sc_core::wait(ns(1));
        bench.engine.cancel();
        CHECK(bench.engine.idle());
        const std::uint64_t bursts = bench.count("bursts");
        sc_core::wait(ns(5000));
        CHECK(bench.count("bursts") == bursts);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}

// Transfers, cancelled at random times, on a memory that takes its time. What happens to a cancelled transfer's buffer
// afterwards would be seen in the snapshots; what is sent afterwards would be seen in the addresses.
template <class Stub>
void cancel_at_random(DmaBench& bench, Stub& stub, std::uint64_t seed) {
    Dice dice(seed);
    stub.storage.bytes = dice.bytes(stub.storage.bytes.size());
    int mid_transfer = 0;
    for (int round = 0; round < 300; ++round) {
        std::vector<std::unique_ptr<Job>> jobs;
        for (int i = 0; i < 4; ++i) {
            jobs.push_back(random_job(dice, static_cast<std::uint64_t>(i) * 0x1000, 0x1000));
            bench.start(*jobs.back());
        }
        sc_core::wait(ns(static_cast<double>(dice.pick(0, 2000))));
        bench.engine.cancel();
        const std::size_t sent = stub.storage.addresses.size();
        std::vector<Snapshot> snapshots;
        for (const auto& job : jobs) {
            CHECK(job->completion.finished);
            mid_transfer += cancelled(*job) && std::count(job->buffer.begin(), job->buffer.end(), 0xee) != 0;
            snapshots.emplace_back(*job);
        }
        // The next transfer may begin while bursts of the old ones are still on the way.
        const auto next = random_job(dice, 0x5000, 0x1000);
        const bool at_once = dice.chance(50);
        if (at_once) {
            bench.start(*next);
            next->wait();
        } else if (!bench.engine.idle()) {
            sc_core::wait(bench.engine.drained());
            CHECK(bench.engine.idle());
            CHECK(stub.storage.addresses.size() == sent);
        }
        for (const Snapshot& snapshot : snapshots) {
            CHECK(snapshot.unchanged());
        }
        if (at_once) {
            CHECK(next->completion.status == tlm::TLM_OK_RESPONSE);
            std::uint64_t wrong = 0;
            next->for_each_byte(
                [&](std::uint64_t address, unsigned char value) { wrong += value != *stub.storage.at(address); });
            CHECK(wrong == 0);
            if (!bench.engine.idle()) {
                sc_core::wait(bench.engine.drained());
            }
        }
        jobs.clear();  // the buffers are gone now; a late access would be a use after free
    }
    CHECK(mid_transfer > 50);
    CHECK(stub.storage.violations == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("dma cancel: LT in the middle of a transfer") {
    cancel_mid_transfer(DmaProtocol::lt);
}

TEST_CASE("dma cancel: AT in the middle of a transfer") {
    cancel_mid_transfer(DmaProtocol::at);
}

TEST_CASE("dma cancel: LT at random on a memory that stalls at random") {
    DmaBench bench("bench", parameters(DmaProtocol::lt));
    LtStub stub("stub", limits(), 1);
    bench.engine.memory.bind(stub.socket);
    const Process process("process", [&] { cancel_at_random(bench, stub, 2); });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(stub.storage.all_released());
}

TEST_CASE("dma cancel: AT at random on a memory that stalls at random") {
    DmaBench bench("bench", parameters(DmaProtocol::at));
    AtStub stub("stub", limits(), 1);
    bench.engine.memory.bind(stub.socket);
    const Process process("process", [&] { cancel_at_random(bench, stub, 3); });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(stub.storage.all_released());
}

TEST_CASE("dma cancel: LT on a memory that does not answer for a long time") {
    DmaBench bench("bench", parameters(DmaProtocol::lt));
    LtStub stub("stub", limits(), 1);
    stub.times = [](const tlm::tlm_generic_payload& payload) {
        const bool stuck = payload.get_address() < 128;  // two bursts
        return std::pair{stuck ? sc_core::sc_time(1, sc_core::SC_SEC) : ns(10), ns(5)};
    };
    bench.engine.memory.bind(stub.socket);
    const Process process("process", [&] {
        auto stuck = std::make_unique<Job>(false, 0, 1, 4096, 0);
        bench.start(*stuck);
        sc_core::wait(ns(100));
        bench.engine.cancel();
        CHECK(cancelled(*stuck));
        stuck.reset();
        sc_core::wait(ns(100));
        CHECK_FALSE(bench.engine.idle());
        // The two other slots go on: eight bursts, two at a time.
        Job next(true, 0x1000, 1, 512, 0);
        bench.start(next);
        next.wait();
        CHECK(next.completion.status == tlm::TLM_OK_RESPONSE);
        CHECK(sc_core::sc_time_stamp() == ns(200 + 4 * 15));
        sc_core::wait(bench.engine.drained());
        CHECK(sc_core::sc_time_stamp() == sc_core::sc_time(1, sc_core::SC_SEC) + ns(5));
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(stub.storage.all_released());
}

TEST_CASE("dma cancel: AT on a memory that does not answer, or not even accept, for a long time") {
    DmaBench bench("bench", parameters(DmaProtocol::at));
    AtStub stub("stub", limits(), 1);
    bench.engine.memory.bind(stub.socket);
    const Process process("process", [&] {
        for (const bool accept : {true, false}) {
            stub.stalled = true;
            stub.accept_while_stalled = accept;
            stub.storage.addresses.clear();
            auto stuck = std::make_unique<Job>(false, 0, 1, 4096, 0);
            bench.start(*stuck);
            sc_core::wait(ns(1000));
            CHECK(stub.storage.addresses.size() == (accept ? 4 : 1));
            bench.engine.cancel();
            CHECK(cancelled(*stuck));
            stuck.reset();
            Job next(true, 0x1000, 1, 512, 0);
            bench.start(next);
            sc_core::wait(sc_core::sc_time(1, sc_core::SC_SEC));
            CHECK_FALSE(bench.engine.idle());
            CHECK_FALSE(next.completion.finished);
            CHECK(stub.storage.addresses.size() == (accept ? 4 : 1));
            stub.resume();
            next.wait();
            CHECK(next.completion.status == tlm::TLM_OK_RESPONSE);
            std::uint64_t wrong = 0;
            next.for_each_byte(
                [&](std::uint64_t address, unsigned char value) { wrong += value != *stub.storage.at(address); });
            CHECK(wrong == 0);
            if (!bench.engine.idle()) {
                sc_core::wait(bench.engine.drained());
            }
            CHECK(stub.storage.addresses.size() == (accept ? 4 : 1) + 8);
        }
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(stub.storage.violations == std::vector<std::string>{});
    CHECK(stub.storage.all_released());
}
