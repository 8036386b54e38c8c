// DMA engines behind a burst arbiter, LT and AT, against times worked out by hand and against each other.
#include "models/memory/burst_arbiter.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <vector>

#include "models/memory/dram.h"
#include "tests/models/common/dma_bench.h"
#include "tests/models/common/memory_stubs.h"
#include "workloads/error.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr std::uint64_t kBase = 0x1000;

DramParameters ideal_memory() {
    DramParameters parameters;
    parameters.base = kBase;
    parameters.size = 1 << 16;
    parameters.ideal = true;
    return parameters;
}

// Engines of one protocol on an arbiter of 16 bytes a cycle; a cycle is a nanosecond, a burst 64 bytes.
class Scene : public sc_core::sc_module {
  public:
    Scene(sc_core::sc_module_name name, DmaProtocol protocol, int engines, int outstanding, int timeout = 0)
        : sc_core::sc_module(name), arbiter("arbiter", 16, clock, statistics) {
        DmaParameters parameters;
        parameters.protocol = protocol;
        parameters.burst_bytes = 64;
        parameters.outstanding = outstanding;
        parameters.timeout = timeout;
        for (int id = 0; id < engines; ++id) {
            benches.push_back(std::make_unique<DmaBench>(fmt::format("bench_{}", id).c_str(), parameters));
            benches.back()->engine.memory.bind(arbiter.requesters);
        }
    }
    DmaBench& bench(int id) { return *benches[std::size_t(id)]; }

    Clocking clock{ns(1)};
    Statistics statistics;
    BurstArbiter arbiter;
    std::vector<std::unique_ptr<DmaBench>> benches;
};

struct Asked {
    int engine;
    std::uint64_t bytes;
    double at_ns;
    int deltas = 0;  // that pass at that time before it is asked for
};

// Reads on a scene, each by a process of its own; ends_ns tells when each has ended.
class Reads {
  public:
    Reads(const std::string& name, Scene& scene, const std::vector<Asked>& asked) : ends_ns(asked.size(), 0) {
        for (std::size_t n = 0; n < asked.size(); ++n) {
            jobs_.push_back(std::make_unique<Job>(false, kBase, 1, asked[n].bytes, 0));
            processes_.push_back(
                std::make_unique<Process>(fmt::format("{}_{}", name, n).c_str(), [this, &scene, n, one = asked[n]] {
                    sc_core::wait(ns(one.at_ns));
                    for (int delta = 0; delta < one.deltas; ++delta) {
                        sc_core::wait(sc_core::SC_ZERO_TIME);
                    }
                    scene.bench(one.engine).start(*jobs_[n]);
                    jobs_[n]->wait();
                    CHECK(jobs_[n]->completion.status == tlm::TLM_OK_RESPONSE);
                    ends_ns[n] = sc_core::sc_time_stamp() / ns(1);
                }));
        }
    }
    std::vector<double> ends_ns;

  private:
    std::vector<std::unique_ptr<Job>> jobs_;
    std::vector<std::unique_ptr<Process>> processes_;
};

// Reads by both protocols, on memories alike.
void check_ends(const std::vector<Asked>& asked, int outstanding, const DramParameters& memory,
                const std::vector<double>& expected) {
    Scene lt("lt", DmaProtocol::lt, 3, outstanding);
    Scene at("at", DmaProtocol::at, 3, outstanding);
    Dram lt_dram("lt_dram", memory);
    Dram at_dram("at_dram", memory);
    lt.arbiter.memory.bind(lt_dram.socket);
    at.arbiter.memory.bind(at_dram.socket);
    Reads lt_reads("lt_read", lt, asked);
    Reads at_reads("at_read", at, asked);
    sc_core::sc_start();
    CHECK(lt_reads.ends_ns == expected);
    CHECK(at_reads.ends_ns == expected);
}

// Each engine moves data inside a window of its own, one transfer after another, and finds what it wrote.
class Mover {
  public:
    Mover(Scene& scene, int id, std::uint64_t seed)
        : process_(fmt::format("{}_mover_{}", scene.basename(), id).c_str(), [this, &scene, id, seed] {
              Dice dice(seed + std::uint64_t(id));
              ByteMap bytes;
              for (int n = 0; n < 40; ++n) {
                  if (dice.chance(50)) {
                      sc_core::wait(ns(double(dice.pick(0, 30))));
                  }
                  const auto job = random_job(dice, kBase + 0x2000 * std::uint64_t(id), 0x2000);
                  scene.bench(id).start(*job);
                  job->wait();
                  CHECK(job->completion.status == tlm::TLM_OK_RESPONSE);
                  ends.push_back(sc_core::sc_time_stamp().value());
                  moved += job->transfer.payload_bytes();
                  bool right = true;
                  job->for_each_byte([&](std::uint64_t address, unsigned char byte) {
                      if (job->transfer.write) {
                          bytes.set(address, byte);
                      } else {
                          right = right && bytes.get(address) == byte;
                      }
                  });
                  CHECK(right);
              }
          }) {}
    std::vector<std::uint64_t> ends;
    std::uint64_t moved = 0;

  private:
    Process process_;
};

std::vector<std::unique_ptr<Mover>> movers(Scene& scene, int engines, std::uint64_t seed) {
    std::vector<std::unique_ptr<Mover>> all;
    for (int id = 0; id < engines; ++id) {
        all.push_back(std::make_unique<Mover>(scene, id, seed));
    }
    return all;
}

void check_protocols_agree(const DramParameters& memory, int outstanding) {
    constexpr int kEngines = 3;
    Scene lt("lt", DmaProtocol::lt, kEngines, outstanding);
    Scene at("at", DmaProtocol::at, kEngines, outstanding);
    Dram lt_dram("lt_dram", memory);
    Dram at_dram("at_dram", memory);
    lt.arbiter.memory.bind(lt_dram.socket);
    at.arbiter.memory.bind(at_dram.socket);
    const auto lt_movers = movers(lt, kEngines, 7);
    const auto at_movers = movers(at, kEngines, 7);
    sc_core::sc_start();
    std::uint64_t bursts = 0;
    for (int id = 0; id < kEngines; ++id) {
        CHECK(lt_movers[std::size_t(id)]->ends == at_movers[std::size_t(id)]->ends);
        CHECK(lt_movers[std::size_t(id)]->ends.size() == 40);
        bursts += lt.bench(id).count("bursts");
    }
    CHECK(lt.statistics.value("lt.arbiter.bursts") == bursts);
    CHECK(at.statistics.value("at.arbiter.bursts") == bursts);
    CHECK(lt.statistics.value("lt.arbiter.busy") == at.statistics.value("at.arbiter.busy"));
    CHECK(lt.statistics.value("lt.arbiter.busy") >= (lt_movers[0]->moved + lt_movers[1]->moved) / 16);
}

}  // namespace

TEST_CASE("engines take the bus in turns") {
    // A burst is four cycles, and the next one is asked for when it has ended.
    check_ends({{0, 256, 0}, {1, 256, 0}, {2, 64, 0}}, 1, ideal_memory(), {32, 36, 12});
}

TEST_CASE("whatever becomes ready at a time takes part, after however many delta cycles") {
    // At 8 the second burst of engine 1 ends and its third one is ready; it is engine 0's turn, which asks later in the
    // same time.
    check_ends({{1, 256, 0}, {0, 64, 8, 20}}, 1, ideal_memory(), {20, 12});
}

TEST_CASE("the slower of bus and memory counts, and the memory's latency leaves the bus to others") {
    DramParameters memory = ideal_memory();
    memory.ideal = false;
    memory.bytes_per_ns = 64;  // a burst is one cycle there
    memory.latency = ns(10);
    // Bus 0 to 4 and 4 to 8; answers at 0 + 1 + 10 and 4 + 1 + 10. Engine 0 asks again at 11.
    check_ends({{0, 128, 0}, {1, 64, 0}}, 1, memory, {22, 15});
}

TEST_CASE("a burst that is no multiple of the bus takes its last cycle whole") {
    check_ends({{0, 17, 0}, {1, 1, 0}}, 4, ideal_memory(), {2, 3});
}

TEST_CASE("both protocols move the same bytes at the same times over an ideal memory") {
    check_protocols_agree(ideal_memory(), 4);
}

TEST_CASE("both protocols move the same bytes at the same times over a slow memory") {
    DramParameters memory = ideal_memory();
    memory.ideal = false;
    memory.bytes_per_ns = 8;
    memory.latency = ns(25);
    check_protocols_agree(memory, 3);
}

TEST_CASE("the arbiter keeps to the base protocol with a memory that uses all of it") {
    constexpr int kEngines = 3;
    Scene lt("lt", DmaProtocol::lt, kEngines, 2);
    Scene at("at", DmaProtocol::at, kEngines, 2);
    const StubLimits limits{{kBase, 1 << 16}, 64, 2 * kEngines, {}, 2};
    LtStub lt_memory("lt_memory", limits, 3);
    AtStub at_memory("at_memory", limits, 4);
    lt.arbiter.memory.bind(lt_memory.socket);
    at.arbiter.memory.bind(at_memory.socket);
    std::fill(lt_memory.storage.bytes.begin(), lt_memory.storage.bytes.end(), std::uint8_t{0});
    std::fill(at_memory.storage.bytes.begin(), at_memory.storage.bytes.end(), std::uint8_t{0});
    const auto lt_movers = movers(lt, kEngines, 11);
    const auto at_movers = movers(at, kEngines, 12);
    sc_core::sc_start();
    for (int id = 0; id < kEngines; ++id) {
        CHECK(lt_movers[std::size_t(id)]->ends.size() == 40);
        CHECK(at_movers[std::size_t(id)]->ends.size() == 40);
    }
    CHECK(lt_memory.storage.violations.empty());
    CHECK(at_memory.storage.violations == std::vector<std::string>{});
    CHECK(at_memory.ways.end_request_skipped > 0);
    CHECK(at_memory.ways.completed_early > 0);
    CHECK(at_memory.ways.out_of_order > 0);
    CHECK(at_memory.storage.all_released());
}

TEST_CASE("an error of the memory reaches the engine that asked, and no other") {
    Scene scene("scene", DmaProtocol::at, 2, 4);
    Dram dram("dram", ideal_memory());
    scene.arbiter.memory.bind(dram.socket);
    Job bad(false, kBase - 64, 1, 64, 0);
    Job good(false, kBase, 1, 64, 0);
    Process process("process", [&] {
        scene.bench(0).start(bad);
        scene.bench(1).start(good);
        bad.wait();
        good.wait();
        CHECK(bad.completion.status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        CHECK(bad.completion.fault_address == kBase - 64);
        CHECK(good.completion.status == tlm::TLM_OK_RESPONSE);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}

TEST_CASE("behind a memory that stalls each engine times out, is cancelled and drains by itself") {
    Scene scene("scene", DmaProtocol::at, 2, 2, 100);
    AtStub memory("memory", {{kBase, 1 << 16}, 64, 4, {}, 2}, 5);
    scene.arbiter.memory.bind(memory.socket);
    memory.stalled = true;
    Job first(false, kBase, 1, 64, 0);
    Job second(false, kBase, 1, 64, 0);
    Job cancelled(false, kBase, 1, 256, 0);
    Process process("process", [&] {
        scene.bench(0).start(first);
        scene.bench(1).start(second);
        first.wait();
        second.wait();
        CHECK(first.completion.timed_out);
        CHECK(second.completion.timed_out);
        CHECK(scene.bench(0).engine.idle());
        scene.bench(1).start(cancelled);
        sc_core::wait(ns(20));
        scene.bench(1).engine.cancel();
        CHECK(cancelled.completion.status == tlm::TLM_INCOMPLETE_RESPONSE);
        memory.resume();
        if (!scene.bench(1).engine.idle()) {
            sc_core::wait(scene.bench(1).engine.drained());
        }
        Job after(false, kBase, 1, 64, 0);
        scene.bench(0).start(after);
        after.wait();
        CHECK(after.completion.status == tlm::TLM_OK_RESPONSE);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(memory.storage.violations == std::vector<std::string>{});
}

TEST_CASE("debug accesses go through and a bus without width is refused") {
    Scene scene("scene", DmaProtocol::lt, 1, 1);
    Initiator host("host");
    Dram dram("dram", ideal_memory());
    host.socket.bind(scene.arbiter.requesters);
    scene.arbiter.memory.bind(dram.socket);
    CHECK_THROWS_AS(BurstArbiter("narrow", 0, scene.clock, scene.statistics), InputError);
    OwningPayload write(tlm::TLM_WRITE_COMMAND, kBase + 3, {1, 2, 3});
    OwningPayload read(tlm::TLM_READ_COMMAND, kBase + 4, {0, 0});
    Process process("process", [&] {
        CHECK(host.socket->transport_dbg(write) == 3);
        CHECK(host.socket->transport_dbg(read) == 2);
        CHECK(read.data == std::vector<unsigned char>{2, 3});
        dram.invalidate_dmi();
        CHECK(host.invalidations.size() == 1);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}
