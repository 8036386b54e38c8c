// A system whose engine has two ports: a DMA engine for each, one memory socket.
#include "platforms/system.h"

#include <memory>

#include "models/memory/dram.h"
#include "tests/models/common/processor_bench.h"
#include "tests/models/memory/test_support.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

class TwoPorts : public System {
  public:
    TwoPorts(Engine& engine, const DmaParameters& dma) : System(1000, {}) { add_host_side(engine, dma, 2, 16); }
};

struct SystemBench : sc_core::sc_module {
    SystemBench(sc_core::sc_module_name name, const DmaParameters& dma, int latency_ns = 0)
        : sc_module(name), system(engine, dma), dram("dram", memory(latency_ns)) {
        host.socket.bind(system.command_processor().csr);
        system.memory().bind(dram.socket);
        access.socket.bind(dram.socket);
    }
    static DramParameters memory(int latency_ns) {
        DramParameters parameters;
        parameters.base = kMemoryBase;
        parameters.size = kMemorySize;
        parameters.ideal = latency_ns == 0;
        parameters.latency = ns(latency_ns);
        return parameters;
    }
    template <class T>
    void store(std::uint64_t address, const T& value) {
        const auto* const bytes = reinterpret_cast<const unsigned char*>(&value);
        OwningPayload payload(tlm::TLM_WRITE_COMMAND, address, {bytes, bytes + sizeof value});
        CHECK(access.socket->transport_dbg(payload) == sizeof value);
    }
    nz_status_record record() {
        OwningPayload payload(tlm::TLM_READ_COMMAND, record_at(0),
                              std::vector<unsigned char>(sizeof(nz_status_record)));
        access.socket->transport_dbg(payload);
        nz_status_record record{};
        std::memcpy(&record, payload.data.data(), sizeof record);
        return record;
    }
    std::uint64_t count(const std::string& counter) { return system.statistics().value(std::string(name()) + counter); }

    StubEngine engine;
    TwoPorts system;
    Dram dram;
    Host host{"host"};
    Initiator access{"access"};
};

// Reads by both ports at once; outlives a fault or an abort, as an engine's members do.
struct Reader {
    std::vector<unsigned char> buffers[2] = {std::vector<unsigned char>(1024), std::vector<unsigned char>(1024)};
    DmaCompletion completions[2];
    DmaTransfer transfers[2];

    Completion operator()(const nz_descriptor& descriptor, WorkContext& context) {
        const sc_core::sc_time begin = sc_core::sc_time_stamp();
        for (std::size_t port = 0; port < 2; ++port) {
            transfers[port] = {};
            transfers[port].address = descriptor.input.address + 1024 * port;
            transfers[port].row_bytes = 1024;
            transfers[port].buffer = buffers[port].data();
            transfers[port].completion = &completions[port];
            context.start(transfers[port], port);
        }
        for (DmaCompletion& completion : completions) {
            context.wait_for(completion);
        }
        Completion completion;
        completion.cycles = context.clock().cycles(sc_core::sc_time_stamp() - begin);
        context.write(descriptor.output.address, buffers[1].data(), 16, 1);
        return completion;
    }
};

}  // namespace

TEST_CASE("two ports share the memory socket, each with a DMA engine") {
    SystemBench bench("bench", {});
    Reader reader;
    bench.engine.script = std::ref(reader);
    run(bench, [&] {
        bench.store(descriptor_at(0), convolution(0));
        bench.store(input_at(0) + 1024, std::uint64_t{0x0807060504030201});
        bench.host.start(descriptor_at(0), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
        CHECK(bench.record().status == NZ_STATUS_DONE);
        CHECK(bench.record().cycles == 2 * 1024 / 16);  // one bus
        CHECK(reader.buffers[1][6] == 7);
        CHECK(bench.count(".dma_engine_0.read_bytes") == 256 + 1024);  // with the descriptor
        CHECK(bench.count(".dma_engine_1.read_bytes") == 1024);
        CHECK(bench.count(".dma_engine_0.write_bytes") == sizeof(nz_status_record));
        CHECK(bench.count(".dma_engine_1.write_bytes") == 16);
        CHECK(bench.count(".arbiter.busy") == (256 + 2048 + 16 + 32) / 16);
        CHECK(bench.host.read64(NZ_REG_DMA_READ_BYTES_LO) == 256 + 2048);
        CHECK(bench.host.read64(NZ_REG_DMA_WRITE_BYTES_LO) == 16 + sizeof(nz_status_record));
    });
}

TEST_CASE("ABORT and SOFT_RESET cancel the transfers of every port, at any time") {
    DmaParameters dma;
    dma.protocol = DmaProtocol::at;
    SystemBench bench("bench", dma, 30);
    Reader reader;
    bench.engine.script = std::ref(reader);
    run(bench, [&] {
        bench.store(descriptor_at(0), convolution(0));
        for (const std::uint32_t how : {NZ_CONTROL_ABORT, NZ_CONTROL_SOFT_RESET}) {
            for (int into = 60; into < 200; into += 17) {
                CAPTURE(how, into);
                bench.host.start(descriptor_at(0), 1);
                bench.host.pause(ns(into));
                bench.host.write(NZ_REG_CONTROL, how);
                const std::uint32_t status = bench.host.wait_for_idle();
                CHECK(status == (how == NZ_CONTROL_ABORT ? NZ_STATUS_IDLE | NZ_STATUS_ERROR : NZ_STATUS_IDLE));
                for (const DmaCompletion& completion : reader.completions) {
                    CHECK(completion.finished);
                }
                bench.host.clear_status();
                const std::uint64_t bursts = bench.count(".arbiter.bursts");
                bench.host.pause(ns(300));
                CHECK(bench.count(".arbiter.bursts") == bursts);  // nothing is on its way any more
            }
        }
        bench.host.start(descriptor_at(0), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
    });
}

TEST_CASE("a port whose memory refuses ends the work of the other") {
    SystemBench bench("bench", {}, 30);
    Reader reader;
    bench.engine.script = std::ref(reader);
    run(bench, [&] {
        nz_descriptor d = convolution(0);
        d.input.address = kMemoryBase + kMemorySize - 1024;  // port 1 reads behind the end
        bench.store(descriptor_at(0), d);
        bench.host.start(descriptor_at(0), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_BUS_ADDRESS);
        CHECK(bench.host.read64(NZ_REG_FAULT_ADDRESS_LO) == kMemoryBase + kMemorySize);
        CHECK(bench.record().error == NZ_ERROR_BUS_ADDRESS);
    });
}
