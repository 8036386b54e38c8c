// The DMA engine behind buses and in front of memories that ask for what the base protocol lets them ask for: END_RESP
// in words, translated addresses, naturally aligned bursts.

#include <bit>
#include <catch2/catch.hpp>
#include <deque>
#include <systemc>

#include "tests/models/common/dma_bench.h"
#include "tests/models/common/memory_stubs.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr std::uint64_t kBase = 0x12'3456'0000;
constexpr std::uint64_t kSize = 0x4000;

DmaParameters parameters(DmaProtocol protocol, DmaAlignment alignment = DmaAlignment::none) {
    DmaParameters result;
    result.protocol = protocol;
    result.burst_bytes = 64;
    result.outstanding = 4;
    result.alignment = alignment;
    return result;
}

StubLimits limits() {
    StubLimits result;
    result.range = {kBase, kSize};
    return result;
}

// Four phases and no short cut: of what comes back from BEGIN_RESP it acts on END_RESP alone, and on no other phase or
// completion.
class StrictMemory : public sc_core::sc_module {
  public:
    explicit StrictMemory(sc_core::sc_module_name name) : sc_core::sc_module(name), storage(limits()) {
        socket.register_nb_transport_fw(this, &StrictMemory::nb_transport_fw);
        SC_HAS_PROCESS(StrictMemory);
        SC_THREAD(serve);
    }

    tlm_utils::simple_target_socket<StrictMemory, 32> socket{"socket"};
    StubStorage storage;
    int responses = 0;

  private:
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time&) {
        if (phase == tlm::BEGIN_REQ) {
            storage.check_request(payload);
            payload.acquire();
            queue_.push_back(&payload);
            queued_.notify(sc_core::SC_ZERO_TIME);
        } else if (phase == tlm::END_RESP) {
            end_response();
        }
        return tlm::TLM_ACCEPTED;
    }
    void serve() {
        for (;;) {
            while (queue_.empty()) {
                wait(queued_);
            }
            tlm::tlm_generic_payload& payload = *queue_.front();
            queue_.pop_front();
            wait(ns(5));
            tlm::tlm_phase phase = tlm::END_REQ;
            sc_core::sc_time delay;
            socket->nb_transport_bw(payload, phase, delay);
            storage.execute(payload);
            wait(ns(20));
            phase = tlm::BEGIN_RESP;
            delay = ns(3);
            responding_ = &payload;
            if (socket->nb_transport_bw(payload, phase, delay) == tlm::TLM_UPDATED && phase == tlm::END_RESP) {
                storage.check(delay == ns(3), "a response that is accepted when it begins");
                end_response();
            }
            while (responding_ != nullptr) {
                wait(ended_);
            }
            --storage.open;
            payload.release();
        }
    }
    void end_response() {
        ++responses;
        responding_ = nullptr;
        ended_.notify(sc_core::SC_ZERO_TIME);
    }

    std::deque<tlm::tlm_generic_payload*> queue_;
    tlm::tlm_generic_payload* responding_ = nullptr;
    sc_core::sc_event queued_;
    sc_core::sc_event ended_;
};

// An interconnect that translates addresses, as the protocol lets it: for good, in the payload itself.
class Translator : public sc_core::sc_module, private tlm::tlm_fw_transport_if<>, private tlm::tlm_bw_transport_if<> {
  public:
    Translator(sc_core::sc_module_name name, std::uint64_t offset) : sc_core::sc_module(name), offset_(offset) {
        target.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
        initiator.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
    }
    tlm::tlm_target_socket<32> target{"target"};
    tlm::tlm_initiator_socket<32> initiator{"initiator"};

  private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
        payload.set_address(payload.get_address() + offset_);
        initiator->b_transport(payload, delay);
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        if (phase == tlm::BEGIN_REQ) {
            payload.set_address(payload.get_address() + offset_);
        }
        return initiator->nb_transport_fw(payload, phase, delay);
    }
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        return target->nb_transport_bw(payload, phase, delay);
    }
    unsigned int transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    const std::uint64_t offset_;
};

template <class Stub>
void check_translated_fault(DmaProtocol protocol) {
    StubLimits with_hole = limits();
    with_hole.bad = {kBase + 0x1100, 64};
    Stub stub("stub", with_hole, 3);
    // The engine's own addresses begin at 0x1000.
    Translator bus("bus", kBase - 0x1000);
    DmaBench bench("bench", parameters(protocol));
    bench.engine.memory.bind(bus.target);
    bus.initiator.bind(stub.socket);
    const Process process("process", [&] {
        for (int i = 0; i < 20; ++i) {
            Job good(true, 0x1000, 1, 256, 0);
            Job bad(false, 0x1000, 1, 0x1000, 0);
            bench.start(good);
            good.wait();
            CHECK(good.completion.status == tlm::TLM_OK_RESPONSE);
            CHECK(std::equal(good.buffer.begin(), good.buffer.end(), stub.storage.bytes.begin()));
            bad.transfer.address = 0x2000;
            bench.start(bad);
            bad.wait();
            CHECK(bad.completion.status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
            CHECK(bad.completion.fault_address == 0x2100);
        }
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(stub.storage.violations == std::vector<std::string>{});
}

// What was asked for, and the requests that it became.
template <class Stub>
struct Aligned : sc_core::sc_module {
    Aligned(sc_core::sc_module_name name, DmaProtocol protocol)
        : sc_core::sc_module(name),
          bench("bench", parameters(protocol, DmaAlignment::natural)),
          stub("stub", limits(), 5),
          process("process", [this] { run(); }) {
        bench.engine.memory.bind(stub.socket);
    }

    void run() {
        Dice dice(9);
        stub.storage.bytes = dice.bytes(kSize);
        for (int round = 0; round < 100; ++round) {
            const auto job = random_job(dice, kBase, kSize);
            stub.storage.addresses.clear();
            stub.storage.lengths.clear();
            bench.start(*job);
            job->wait();
            CHECK(job->completion.status == tlm::TLM_OK_RESPONSE);
            std::uint64_t wrong = 0;
            job->for_each_byte(
                [&](std::uint64_t address, unsigned char value) { wrong += value != *stub.storage.at(address); });
            CHECK(wrong == 0);
            std::uint64_t bytes = 0;
            for (std::size_t i = 0; i < stub.storage.lengths.size(); ++i) {
                const std::uint64_t length = stub.storage.lengths[i];
                CHECK(std::has_single_bit(length));
                CHECK(stub.storage.addresses[i] % length == 0);
                bytes += length;
            }
            CHECK(bytes == job->transfer.payload_bytes());
        }
    }

    DmaBench bench;
    Stub stub;
    Process process;
};

}  // namespace

TEST_CASE("dma: AT ends every response in words, so that a memory that waits for END_RESP goes on") {
    StrictMemory memory("memory");
    DmaBench bench("bench", parameters(DmaProtocol::at));
    bench.engine.memory.bind(memory.socket);
    const Process process("process", [&] {
        memory.storage.bytes = Dice(1).bytes(kSize);
        Job read(false, kBase, 1, 1000, 0);
        bench.start(read);
        read.wait();
        CHECK(read.completion.status == tlm::TLM_OK_RESPONSE);
        CHECK(std::equal(read.buffer.begin(), read.buffer.end(), memory.storage.bytes.begin()));
        if (!bench.engine.idle()) {
            sc_core::wait(bench.engine.drained());
        }
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(memory.responses == 16);
    CHECK(memory.storage.violations == std::vector<std::string>{});
    CHECK(memory.storage.all_released());
}

TEST_CASE("dma: LT tells the fault address that it asked for, whatever a bus makes of it") {
    check_translated_fault<LtStub>(DmaProtocol::lt);
}

TEST_CASE("dma: AT tells the fault address that it asked for, whatever a bus makes of it") {
    check_translated_fault<AtStub>(DmaProtocol::at);
}

TEST_CASE("dma: natural alignment cuts bursts into powers of two at multiples of their length") {
    Aligned<LtStub> lt("lt", DmaProtocol::lt);
    Aligned<AtStub> at("at", DmaProtocol::at);
    sc_core::sc_start();
    for (const Process* process : {&lt.process, &at.process}) {
        CHECK(process->has_ended());
    }
    CHECK(lt.stub.storage.violations == std::vector<std::string>{});
    CHECK(at.stub.storage.violations == std::vector<std::string>{});
}

TEST_CASE("dma: a naturally aligned transfer is cut as it is without alignment, and one at address 0 whole") {
    DmaBench bench("bench", parameters(DmaProtocol::lt, DmaAlignment::natural));
    StubLimits low;
    low.range = {0, kSize};
    LtStub stub("stub", low, 1);
    bench.engine.memory.bind(stub.socket);
    const Process process("process", [&] {
        const auto cut = [&](std::uint64_t address, std::uint64_t bytes) {
            stub.storage.lengths.clear();
            Job job(false, address, 1, bytes, 0);
            bench.start(job);
            job.wait();
            return stub.storage.lengths;
        };
        using Lengths = std::vector<std::uint64_t>;
        CHECK(cut(0, 64) == Lengths{64});
        CHECK(cut(128, 128) == Lengths{64, 64});
        CHECK(cut(0, 7) == Lengths{4, 2, 1});
        CHECK(cut(5, 70) == Lengths{1, 2, 8, 16, 32, 8, 2, 1});
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}
