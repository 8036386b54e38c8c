#include "models/dma/dma.h"

#include <catch2/catch.hpp>
#include <systemc>

#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "models/memory/sram.h"
#include "tests/models/common/dma_bench.h"
#include "tests/models/common/memory_stubs.h"
#include "workloads/error.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr std::uint64_t kBase = 0x12'3456'7000;  // above 4 GiB
constexpr std::uint64_t kRegion = 2048;
constexpr std::uint64_t kRegions = 8;

DmaParameters parameters(DmaProtocol protocol, int burst_bytes = 64, int outstanding = 4) {
    DmaParameters result;
    result.protocol = protocol;
    result.burst_bytes = burst_bytes;
    result.outstanding = outstanding;
    return result;
}

StubLimits limits(int burst_bytes = 64, int outstanding = 4) {
    StubLimits result;
    result.range = {kBase, kRegion * kRegions};
    result.burst_bytes = static_cast<std::uint64_t>(burst_bytes);
    result.outstanding = static_cast<std::size_t>(outstanding);
    return result;
}

// Rounds of transfers that are on the way together, each in a region of its own, against a plain copy of the memory.
template <class Stub>
struct RandomTransfers : sc_core::sc_module {
    RandomTransfers(sc_core::sc_module_name name, DmaProtocol protocol, int burst, int outstanding, std::uint64_t seed)
        : sc_core::sc_module(name),
          bench("bench", parameters(protocol, burst, outstanding)),
          stub("stub", limits(burst, outstanding), seed),
          process("process", [this, seed] { run(seed); }) {
        bench.engine.memory.bind(stub.socket);
    }

    void run(std::uint64_t seed) {
        Dice dice(seed + 1000);
        stub.storage.bytes = dice.bytes(stub.storage.bytes.size());
        std::vector<unsigned char> expected = stub.storage.bytes;
        std::uint64_t moved[2] = {0, 0};
        for (int round = 0; round < 40; ++round) {
            std::vector<std::unique_ptr<Job>> jobs;
            for (std::uint64_t region = 0; region < kRegions; ++region) {
                jobs.push_back(random_job(dice, kBase + region * kRegion, kRegion));
                moved[jobs.back()->transfer.write] += jobs.back()->transfer.payload_bytes();
                bench.start(*jobs.back());
                if (dice.chance(30)) {
                    wait(ns(static_cast<double>(dice.pick(0, 100))));
                }
            }
            for (const auto& job : jobs) {
                job->wait();
                CHECK(job->completion.status == tlm::TLM_OK_RESPONSE);
                job->for_each_byte([&](std::uint64_t address, unsigned char value) {
                    unsigned char& byte = expected[address - kBase];
                    if (job->transfer.write) {
                        byte = value;
                    } else {
                        wrong_bytes += byte != value;
                    }
                });
            }
            CHECK(bench.engine.idle());
            CHECK(stub.storage.bytes == expected);
        }
        CHECK(bench.count("read_bytes") == moved[0]);
        CHECK(bench.count("write_bytes") == moved[1]);
        CHECK(bench.count("bursts") == stub.storage.addresses.size());
    }

    void report() {
        INFO(name());
        CHECK(process.has_ended());
        CHECK(wrong_bytes == 0);
        CHECK(stub.storage.violations == std::vector<std::string>{});
        CHECK(stub.storage.all_released());
        CHECK(stub.storage.most_open > stub.storage.limits.outstanding / 2);
    }

    DmaBench bench;
    Stub stub;
    std::uint64_t wrong_bytes = 0;
    Process process;
};

}  // namespace

TEST_CASE("dma: LT moves random transfers through a memory that waits and annotates at random") {
    std::deque<RandomTransfers<LtStub>> all;
    std::uint64_t seed = 0;
    for (const auto& [burst, outstanding] : {std::pair{64, 4}, {1, 3}, {7, 2}, {256, 1}, {4096, 8}}) {
        all.emplace_back(("lt_" + std::to_string(burst)).c_str(), DmaProtocol::lt, burst, outstanding, ++seed);
    }
    sc_core::sc_start();
    for (auto& one : all) {
        one.report();
    }
}

TEST_CASE("dma: AT moves random transfers through every way of the base protocol") {
    std::deque<RandomTransfers<AtStub>> all;
    std::uint64_t seed = 0;
    for (const auto& [burst, outstanding] : {std::pair{64, 4}, {1, 3}, {7, 2}, {256, 1}, {4096, 8}}) {
        all.emplace_back(("at_" + std::to_string(burst)).c_str(), DmaProtocol::at, burst, outstanding, ++seed);
    }
    sc_core::sc_start();
    AtStub::Ways ways;
    for (auto& one : all) {
        one.report();
        ways.end_request_returned += one.stub.ways.end_request_returned;
        ways.end_request_backward += one.stub.ways.end_request_backward;
        ways.end_request_skipped += one.stub.ways.end_request_skipped;
        ways.response_returned += one.stub.ways.response_returned;
        ways.response_backward += one.stub.ways.response_backward;
        ways.completed_early += one.stub.ways.completed_early;
        ways.out_of_order += one.stub.ways.out_of_order;
    }
    CHECK(ways.end_request_returned > 100);
    CHECK(ways.end_request_backward > 100);
    CHECK(ways.end_request_skipped > 100);
    CHECK(ways.response_returned > 100);
    CHECK(ways.response_backward > 100);
    CHECK(ways.completed_early > 100);
    CHECK(ways.out_of_order > 100);
}

TEST_CASE("dma: AT on an LT-only memory and LT on an AT-only memory, through the standard sockets' adapters") {
    RandomTransfers<LtStub> at_on_lt("at_on_lt", DmaProtocol::at, 64, 4, 7);
    RandomTransfers<AtStub> lt_on_at("lt_on_at", DmaProtocol::lt, 64, 4, 8);
    sc_core::sc_start();
    for (auto* one : {&at_on_lt.process, &lt_on_at.process}) {
        CHECK(one->has_ended());
    }
    CHECK(at_on_lt.wrong_bytes == 0);
    CHECK(lt_on_at.wrong_bytes == 0);
    CHECK(at_on_lt.stub.storage.all_released());
    CHECK(lt_on_at.stub.storage.all_released());
    CHECK(at_on_lt.stub.storage.violations == std::vector<std::string>{});
    // The adapter that turns several b_transport calls into phases does not keep the request exclusion rule.
    for (const std::string& violation : lt_on_at.stub.storage.violations) {
        CHECK_THAT(violation, Catch::StartsWith("request exclusion"));
    }
}

TEST_CASE("dma: rows are cut at multiples of the burst length, in order, above 4 GiB") {
    DmaBench lt("lt", parameters(DmaProtocol::lt, 64, 1));
    LtStub lt_stub("lt_stub", limits(64, 1), 1);
    lt.engine.memory.bind(lt_stub.socket);
    DmaBench at("at", parameters(DmaProtocol::at, 64, 1));
    AtStub at_stub("at_stub", limits(64, 1), 1);
    at.engine.memory.bind(at_stub.socket);
    const auto check = [](DmaBench& bench, StubStorage& storage) {
        storage.bytes = Dice(5).bytes(storage.bytes.size());
        Job job(false, kBase + 50, 3, 150, 1000);
        bench.start(job);
        job.wait();
        CHECK(storage.addresses ==
              std::vector<std::uint64_t>{kBase + 50, kBase + 64, kBase + 128, kBase + 192,  // 14 + 64 + 64 + 8
                                         kBase + 1050, kBase + 1088, kBase + 1152,          // 38 + 64 + 48
                                         kBase + 2050, kBase + 2112, kBase + 2176});        // 62 + 64 + 24
        std::uint64_t wrong = 0;
        job.for_each_byte([&](std::uint64_t address, unsigned char value) { wrong += value != *storage.at(address); });
        CHECK(wrong == 0);
        CHECK(storage.violations == std::vector<std::string>{});
    };
    const Process process("process", [&] {
        check(lt, lt_stub.storage);
        check(at, at_stub.storage);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}

namespace {

// Counts how often each byte comes.
struct CountingSink : DmaSink {
    explicit CountingSink(std::size_t size) : bytes(size), times(size) {}
    void take(std::uint64_t offset, std::span<const unsigned char> burst) override {
        for (const unsigned char byte : burst) {
            bytes.at(offset) = byte;
            ++times.at(offset);
            ++offset;
        }
    }
    std::vector<unsigned char> bytes;
    std::vector<int> times;
};

}  // namespace

TEST_CASE("dma: a sink takes every byte of a read once") {
    DmaBench lt("lt", parameters(DmaProtocol::lt, 64, 4));
    LtStub lt_stub("lt_stub", limits(64, 4), 1);
    lt.engine.memory.bind(lt_stub.socket);
    DmaBench at("at", parameters(DmaProtocol::at, 64, 4));
    AtStub at_stub("at_stub", limits(64, 4), 1);
    at.engine.memory.bind(at_stub.socket);
    const auto check = [](DmaBench& bench, StubStorage& storage) {
        storage.bytes = Dice(5).bytes(storage.bytes.size());
        Job job(false, kBase + 50, 3, 150, 1000);
        CountingSink sink(job.buffer.size());
        job.transfer.buffer = nullptr;
        job.transfer.sink = &sink;
        bench.start(job);
        job.wait();
        CHECK(sink.times == std::vector<int>(sink.times.size(), 1));
        job.buffer = sink.bytes;
        std::uint64_t wrong = 0;
        job.for_each_byte([&](std::uint64_t address, unsigned char value) { wrong += value != *storage.at(address); });
        CHECK(wrong == 0);
    };
    const Process process("process", [&] {
        check(lt, lt_stub.storage);
        check(at, at_stub.storage);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}

namespace {

// Engines of both protocols, each on an SRAM of its own.
struct BothOnSram {
    explicit BothOnSram(const SramParameters& sram) {
        for (const DmaProtocol protocol : {DmaProtocol::lt, DmaProtocol::at}) {
            const std::string id = protocol == DmaProtocol::lt ? "lt" : "at";
            memories.emplace_back(("sram_" + id).c_str(), sram, Clocking(ns(1)), statistics);
            benches.emplace_back(("bench_" + id).c_str(), parameters(protocol));
            benches.back().engine.memory.bind(memories.back().socket());
        }
    }
    void run(const std::function<void(DmaBench&)>& body) {
        std::deque<Process> processes;
        for (DmaBench& bench : benches) {
            processes.emplace_back((std::string(bench.name()) + "_process").c_str(), [&] { body(bench); });
        }
        sc_core::sc_start();
        for (const Process& process : processes) {
            CHECK(process.has_ended());
        }
    }
    Statistics statistics;
    std::deque<Sram> memories;
    std::deque<DmaBench> benches;
};

}  // namespace

TEST_CASE("dma: the delay of a command is its start, transfers begin in order") {
    BothOnSram both({4096, 8});  // a burst of 64 takes 8 ns
    both.run([](DmaBench& bench) {
        Job first(false, 0, 1, 64, 0);
        Job second(false, 64, 1, 64, 0);
        sc_core::wait(ns(1));
        bench.start(first, ns(30));
        bench.start(second);
        second.wait();
        CHECK(sc_core::sc_time_stamp() == ns(1 + 30 + 8));
        CHECK(first.completion.finished);
        bench.start(second, ns(9));  // a job can be sent again
        CHECK_FALSE(second.completion.finished);
        second.wait();
        CHECK(sc_core::sc_time_stamp() == ns(1 + 30 + 8 + 9 + 8));
    });
}

TEST_CASE("dma: AT frees the request channel when a request completes early") {
    BothOnSram both({4096, 1});  // completes at once and annotates 64 ns: bursts overlap in both protocols
    both.run([](DmaBench& bench) {
        Job job(true, 0, 1, 64 * 6, 0);
        bench.start(job);
        job.wait();
        CHECK(sc_core::sc_time_stamp() == ns(128));  // four bursts together, then two
    });
}

TEST_CASE("dma: what wraps around is refused, what has no bytes ends, neither reaches the bus") {
    std::deque<DmaBench> benches;
    LtStub lt_stub("lt_stub", limits(), 1);
    AtStub at_stub("at_stub", limits(), 2);
    benches.emplace_back("lt", parameters(DmaProtocol::lt));
    benches.back().engine.memory.bind(lt_stub.socket);
    benches.emplace_back("at", parameters(DmaProtocol::at));
    benches.back().engine.memory.bind(at_stub.socket);
    const Process process("process", [&] {
        constexpr std::uint64_t kTop = std::numeric_limits<std::uint64_t>::max();
        for (DmaBench& bench : benches) {
            const auto answer = [&](std::uint64_t address, std::uint64_t rows, std::uint64_t bytes,
                                    std::uint64_t pitch) {
                Job job(false, address, 1, 1, 0);
                job.transfer.rows = rows;
                job.transfer.row_bytes = bytes;
                job.transfer.row_pitch = pitch;
                bench.start(job);
                job.wait();
                CHECK(bench.engine.idle());
                CHECK(job.completion.fault_address == (job.completion.status == tlm::TLM_OK_RESPONSE ? 0 : address));
                return job.completion.status;
            };
            CHECK(answer(kTop - 9, 1, 11, 0) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            CHECK(answer(kTop - 99, 2, 50, 51) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            CHECK(answer(5, 3, 1, kTop / 2 + 1) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            CHECK(answer(0, std::uint64_t{1} << 32, std::uint64_t{1} << 32, 0) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            CHECK(answer(5, kTop, 1, kTop) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            CHECK(answer(kTop, 0, 100, 100) == tlm::TLM_OK_RESPONSE);
            CHECK(answer(kTop, 100, 0, 100) == tlm::TLM_OK_RESPONSE);
            CHECK(bench.count("bursts") == 0);
            // The last byte of the address space may be asked for (and is refused by this memory).
            CHECK(answer(kTop - 9, 1, 10, 0) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            CHECK(bench.count("bursts") == 1);
        }
        CHECK(lt_stub.storage.addresses.size() == 1);
        CHECK(at_stub.storage.addresses.size() == 1);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}

namespace {

// A read of 40 bursts in whose middle two bursts fail, between two transfers that do not.
void check_failure(DmaBench& bench, StubStorage& storage) {
    Job before(true, kBase, 1, 1024, 0);
    Job failing(false, kBase + 1024, 40, 64, 64);
    Job after(true, kBase + 4096, 2, 500, 600);
    bench.start(before);
    bench.start(failing);
    bench.start(after);
    failing.wait();
    CHECK(failing.completion.status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    CHECK(failing.completion.fault_address == storage.limits.bad.base);
    after.wait();
    before.wait();
    CHECK(before.completion.status == tlm::TLM_OK_RESPONSE);
    CHECK(after.completion.status == tlm::TLM_OK_RESPONSE);
    CHECK(after.completion.fault_address == 0);
    CHECK(bench.engine.idle());
    std::uint64_t wrong = 0;
    after.for_each_byte([&](std::uint64_t address, unsigned char value) { wrong += value != *storage.at(address); });
    CHECK(wrong == 0);
    // 10 good bursts, then at most what was on the way together with the first bad one.
    std::uint64_t sent = 0;
    for (const std::uint64_t address : storage.addresses) {
        sent += address >= failing.transfer.address && address < failing.transfer.address + 40 * 64;
    }
    CHECK(sent >= 11);
    CHECK(sent <= 11 + storage.limits.outstanding * 3);
    CHECK(bench.count("write_bytes") == 1024 + 1000);
    CHECK(bench.count("read_bytes") >= 10 * 64);
    storage.addresses.clear();
    bench.statistics.clear();
}

}  // namespace

TEST_CASE("dma: the first failing burst ends its transfer and no other") {
    StubLimits with_hole = limits();
    with_hole.bad = {kBase + 1024 + 10 * 64, 128};
    DmaBench lt("lt", parameters(DmaProtocol::lt));
    LtStub lt_stub("lt_stub", with_hole, 1);
    lt.engine.memory.bind(lt_stub.socket);
    DmaBench at("at", parameters(DmaProtocol::at));
    AtStub at_stub("at_stub", with_hole, 2);
    at.engine.memory.bind(at_stub.socket);
    const Process process("process", [&] {
        for (int i = 0; i < 50; ++i) {
            check_failure(lt, lt_stub.storage);
            check_failure(at, at_stub.storage);
        }
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(lt_stub.storage.violations == std::vector<std::string>{});
    CHECK(at_stub.storage.violations == std::vector<std::string>{});
    CHECK(at_stub.storage.all_released());
}

TEST_CASE("dma: a memory that leaves the response status unset has failed") {
    struct Silent : sc_core::sc_module {
        explicit Silent(sc_core::sc_module_name name) : sc_core::sc_module(name) {
            socket.register_b_transport(this, &Silent::b_transport);
        }
        void b_transport(tlm::tlm_generic_payload&, sc_core::sc_time&) {}
        tlm_utils::simple_target_socket<Silent> socket{"socket"};
    };
    Silent silent("silent");
    DmaBench bench("bench", parameters(DmaProtocol::lt));
    bench.engine.memory.bind(silent.socket);
    Job job(false, kBase, 1, 4, 0);
    const Process process("process", [&] {
        bench.start(job);
        job.wait();
        CHECK(job.completion.status == tlm::TLM_GENERIC_ERROR_RESPONSE);
        CHECK(job.completion.fault_address == kBase);
        job.transfer.completion = nullptr;  // nobody asks
        bench.start(job);
        wait(bench.engine.drained());
        CHECK(bench.engine.idle());
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}

TEST_CASE("dma: impossible parameters are refused") {
    Statistics statistics;
    CHECK_THROWS_AS(DmaEngine("no_burst", parameters(DmaProtocol::lt, 0, 1), Clocking(ns(1)), statistics), InputError);
    DmaParameters no_time;
    no_time.timeout = -1;
    CHECK_THROWS_AS(DmaEngine("no_time", no_time, Clocking(ns(1)), statistics), InputError);
    CHECK_THROWS_AS(DmaEngine("no_outstanding", parameters(DmaProtocol::at, 64, 0), Clocking(ns(1)), statistics),
                    InputError);
}
