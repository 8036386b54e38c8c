// LT and AT against each other, on the project's own memory: same requests, same times, same bytes.
#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <systemc>

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <ostream>
#include <tuple>
#include <vector>

#include "models/memory/dram.h"
#include "tests/models/common/dma_bench.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Burst {
    std::uint64_t address;
    unsigned length;
    bool write;
    std::uint64_t request_ps;
    std::uint64_t response_ps;
    bool operator==(const Burst& other) const = default;
};

std::ostream& operator<<(std::ostream& out, const Burst& burst) {
    return out << fmt::format("{} {:#x} {} B: {} -> {} ps", burst.write ? "write" : "read", burst.address, burst.length,
                              burst.request_ps, burst.response_ps);
}

// Passes everything on and writes down when each burst was asked for and answered.
class Monitor : public sc_core::sc_module, private tlm::tlm_fw_transport_if<>, private tlm::tlm_bw_transport_if<> {
  public:
    explicit Monitor(sc_core::sc_module_name name) : sc_core::sc_module(name) {
        target.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
        initiator.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
    }
    tlm::tlm_target_socket<32> target{"target"};
    tlm::tlm_initiator_socket<32> initiator{"initiator"};
    std::deque<Burst> bursts;  // in order of request

  private:
    Burst& request(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
        return bursts.emplace_back(Burst{payload.get_address(), payload.get_data_length(), payload.is_write(),
                                         (sc_core::sc_time_stamp() + delay).value(), 0});
    }
    static void respond(Burst& burst, const sc_core::sc_time& delay) {
        burst.response_ps = (sc_core::sc_time_stamp() + delay).value();
    }
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
        Burst& burst = request(payload, delay);
        initiator->b_transport(payload, delay);
        respond(burst, delay);
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        Burst& burst = request(payload, delay);
        const tlm::tlm_sync_enum answer = initiator->nb_transport_fw(payload, phase, delay);
        if (answer == tlm::TLM_COMPLETED) {
            respond(burst, delay);
        } else {
            open_[&payload] = &burst;
        }
        return answer;
    }
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        respond(*open_.at(&payload), delay);
        return target->nb_transport_bw(payload, phase, delay);
    }
    unsigned int transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    std::map<const tlm::tlm_generic_payload*, Burst*> open_;
};

// Some engines on one memory, each with its own script of random transfers at times that often collide. Everything that
// can be observed is kept.
class Scene : public sc_core::sc_module {
  public:
    struct Setting {
        int engines = 1;
        int burst_bytes = 64;
        int outstanding = 4;
        DramParameters memory;
        bool reversed = false;  // creation order of everything that runs
    };

    Scene(sc_core::sc_module_name name, DmaProtocol protocol, const Setting& setting, std::uint64_t seed)
        : sc_core::sc_module(name), setting_(setting), seed_(seed), dram("dram", setting.memory, &statistics) {
        DmaParameters parameters;
        parameters.protocol = protocol;
        parameters.burst_bytes = setting.burst_bytes;
        parameters.outstanding = setting.outstanding;
        const auto count = static_cast<std::size_t>(setting.engines);
        parts.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t id = setting.reversed ? count - 1 - i : i;
            Part& part = parts[id];
            part.bench = std::make_unique<DmaBench>(fmt::format("bench_{}", id).c_str(), parameters);
            part.monitor = std::make_unique<Monitor>(fmt::format("monitor_{}", id).c_str());
            part.process = std::make_unique<Process>(fmt::format("process_{}", id).c_str(), [this, id] { run(id); });
            part.bench->engine.memory.bind(part.monitor->target);
        }
        for (Part& part : parts) {  // the ids at the memory
            part.monitor->initiator.bind(dram.socket);
        }
    }

    struct Part {
        std::unique_ptr<DmaBench> bench;
        std::unique_ptr<Monitor> monitor;
        std::unique_ptr<Process> process;
        std::vector<std::uint64_t> ends_ps;
        std::vector<unsigned char> bytes_read;
        std::uint64_t failures = 0;
    };

  private:
    void run(std::size_t id) {
        Part& part = parts[id];
        Dice dice(seed_ * 100 + id);
        const std::uint64_t span = 0x1000;
        for (int round = 0; round < 25; ++round) {
            std::vector<std::unique_ptr<Job>> jobs;
            const std::uint64_t count = dice.pick(1, 5);
            for (std::uint64_t i = 0; i < count; ++i) {
                // Engines share the memory's lower part, so that their order of service shows in the data. Some
                // transfers leave the memory and fail half-way.
                const std::uint64_t low = dice.chance(10) ? setting_.memory.size - span / 2 : dice.pick(0, 3) * span;
                jobs.push_back(random_job(dice, setting_.memory.base + low, span));
                part.bench->start(*jobs.back());
                if (dice.chance(30)) {
                    wait(ns(static_cast<double>(dice.pick(0, 20) * 16)));
                }
            }
            for (const auto& job : jobs) {
                job->wait();
                part.ends_ps.push_back(sc_core::sc_time_stamp().value());
                part.failures += job->completion.status != tlm::TLM_OK_RESPONSE;
                part.bytes_read.insert(part.bytes_read.end(), job->buffer.begin(), job->buffer.end());
            }
            if (dice.chance(50)) {  // back to a common raster
                const std::uint64_t raster = 2'048'000;
                wait(ps(raster - sc_core::sc_time_stamp().value() % raster));
            }
        }
    }

    const Setting setting_;
    const std::uint64_t seed_;

  public:
    Statistics statistics;
    Dram dram;
    std::vector<Part> parts;
};

void compare(const Scene& a, const Scene& b) {
    INFO(a.name() << " and " << b.name());
    for (std::size_t id = 0; id < a.parts.size(); ++id) {
        const Scene::Part& first = a.parts[id];
        const Scene::Part& second = b.parts[id];
        INFO("engine " << id);
        REQUIRE(first.process->has_ended());
        REQUIRE(second.process->has_ended());
        REQUIRE(first.monitor->bursts.size() == second.monitor->bursts.size());
        for (std::size_t i = 0; i < first.monitor->bursts.size(); ++i) {
            INFO("burst " << i);
            REQUIRE(first.monitor->bursts[i] == second.monitor->bursts[i]);
        }
        REQUIRE(first.ends_ps == second.ends_ps);
        REQUIRE(first.bytes_read == second.bytes_read);
        REQUIRE(first.failures == second.failures);
        for (const char* counter : {"bursts", "read_bytes", "write_bytes"}) {
            CHECK(first.bench->count(counter) == second.bench->count(counter));
        }
    }
    for (const Scene* scene : {&a, &b}) {  // what left the engines arrived
        std::uint64_t read = 0;
        std::uint64_t written = 0;
        for (const Scene::Part& part : scene->parts) {
            read += part.bench->count("read_bytes");
            written += part.bench->count("write_bytes");
        }
        CHECK(read == scene->statistics.value(std::string(scene->name()) + ".dram.read_bytes"));
        CHECK(written == scene->statistics.value(std::string(scene->name()) + ".dram.write_bytes"));
    }
}

DramParameters memory(double bytes_per_ns, double latency_ns, bool ideal = false) {
    DramParameters result;
    result.base = 0x40'0000'0000;
    result.size = 0x8000;
    result.bytes_per_ns = bytes_per_ns;
    result.latency = ns(latency_ns);
    result.ideal = ideal;
    return result;
}

}  // namespace

TEST_CASE("dma protocols: LT and AT give the same times and data, burst for burst") {
    std::deque<std::pair<Scene, Scene>> scenes;
    std::uint64_t seed = 0;
    for (const DramParameters& dram :
         {memory(50, 100), memory(8, 0), memory(0.3, 7), memory(1000, 1), memory(50, 100, true)}) {
        for (const auto& [burst, outstanding] : {std::pair{64, 4}, {256, 8}, {13, 3}, {4096, 2}, {1, 1}}) {
            ++seed;
            const Scene::Setting setting{1, burst, outstanding, dram, false};
            scenes.emplace_back(
                std::piecewise_construct,
                std::forward_as_tuple(fmt::format("lt_{}", seed).c_str(), DmaProtocol::lt, setting, seed),
                std::forward_as_tuple(fmt::format("at_{}", seed).c_str(), DmaProtocol::at, setting, seed));
        }
    }
    sc_core::sc_start();
    std::uint64_t failures = 0;
    for (const auto& [lt, at] : scenes) {
        compare(lt, at);
        failures += lt.parts[0].failures;
    }
    CHECK(failures > 20);
}

TEST_CASE("dma protocols: engines that share a memory are served alike in LT, in AT and in any process order") {
    std::deque<std::array<std::unique_ptr<Scene>, 4>> scenes;
    std::uint64_t seed = 100;
    for (const DramParameters& dram : {memory(64, 96), memory(8, 0), memory(64, 96, true)}) {
        for (const auto& [burst, outstanding] : {std::pair{64, 4}, {256, 2}, {16, 1}}) {
            ++seed;
            auto& four = scenes.emplace_back();
            for (std::size_t i = 0; i < 4; ++i) {
                const Scene::Setting setting{3, burst, outstanding, dram, i % 2 == 1};
                const DmaProtocol protocol = i < 2 ? DmaProtocol::lt : DmaProtocol::at;
                four[i] = std::make_unique<Scene>(fmt::format("scene_{}_{}", seed, i).c_str(), protocol, setting, seed);
            }
        }
    }
    sc_core::sc_start();
    std::uint64_t collisions = 0;
    for (const auto& four : scenes) {
        compare(*four[0], *four[1]);
        compare(*four[0], *four[2]);
        compare(*four[0], *four[3]);
        std::map<std::uint64_t, int> requests;
        for (const Scene::Part& part : four[0]->parts) {
            for (const Burst& burst : part.monitor->bursts) {
                collisions += ++requests[burst.request_ps] == 2;
            }
        }
    }
    CHECK(collisions > 300);
}

TEST_CASE("dma protocols: a large strided transfer is fast in both") {
    DramParameters large = memory(50, 100);
    large.size = std::uint64_t{1} << 40;
    std::deque<Dram> memories;
    std::deque<DmaBench> benches;
    std::deque<Process> processes;
    std::vector<std::uint64_t> ends_ps;
    std::uint64_t wrong = 0;
    constexpr std::uint64_t kRows = 4096;
    constexpr std::uint64_t kRowBytes = 8192;
    constexpr std::uint64_t kPitch = std::uint64_t{1} << 22;
    for (const DmaProtocol protocol : {DmaProtocol::lt, DmaProtocol::at}) {
        const std::string id = protocol == DmaProtocol::lt ? "lt" : "at";
        memories.emplace_back(("dram_" + id).c_str(), large);
        DmaParameters parameters;
        parameters.protocol = protocol;
        benches.emplace_back(("bench_" + id).c_str(), parameters);
        benches.back().engine.memory.bind(memories.back().socket);
        processes.emplace_back(("process_" + id).c_str(), [&, &bench = benches.back()] {
            Job write(true, large.base, kRows, kRowBytes, kPitch);
            for (std::size_t i = 0; i < write.buffer.size(); ++i) {
                write.buffer[i] = static_cast<unsigned char>(i * 2654435761U >> 24);
            }
            bench.start(write);
            write.wait();
            ends_ps.push_back(sc_core::sc_time_stamp().value());
            Job read(false, large.base, kRows, kRowBytes, kPitch);
            bench.start(read);
            read.wait();
            ends_ps.push_back(sc_core::sc_time_stamp().value());
            wrong += read.buffer != write.buffer;
            CHECK(bench.count("bursts") == 2 * kRows * kRowBytes / 256);
        });
    }
    sc_core::sc_start();
    CHECK(wrong == 0);
    REQUIRE(ends_ps.size() == 4);
    CHECK(ends_ps[0] == ends_ps[1]);
    CHECK(ends_ps[2] == ends_ps[3]);
    // Eight bursts of 5.12 ns hide 41 of the 105.12 ns of a round trip.
    CHECK(ends_ps[0] == kRows * kRowBytes / 256 / 8 * 105'120 + 7 * 5'120);
}
