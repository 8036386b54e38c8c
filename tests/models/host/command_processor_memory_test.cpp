// The command processor with the real DMA engine and DRAM, both protocols side by side.
#include "models/memory/dram.h"

#include <memory>
#include <random>
#include <set>

#include "models/dma/dma.h"
#include "tests/models/common/processor_bench.h"

using namespace nonzero;
using namespace nonzero::test;
using sc_core::SC_NS;
using sc_core::sc_time;

namespace {

// Memory behind a debug port.
class DramPort : public sc_core::sc_module {
  public:
    explicit DramPort(sc_core::sc_module_name name) : sc_module(name), socket("socket") {}

    tlm_utils::simple_initiator_socket<DramPort> socket;

    template <class T>
    void store(std::uint64_t address, T value) {
        CHECK(debug(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value) == sizeof value);
    }
    template <class T>
    T load(std::uint64_t address) const {
        T value{};
        CHECK(const_cast<DramPort*>(this)->debug(tlm::TLM_READ_COMMAND, address, &value, sizeof value) == sizeof value);
        return value;
    }

  private:
    unsigned debug(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(static_cast<unsigned char*>(data));
        payload.set_data_length(bytes);
        payload.set_streaming_width(bytes);
        return socket->transport_dbg(payload);
    }
};

struct DramBench : sc_core::sc_module {
    DramBench(sc_core::sc_module_name name, DmaProtocol protocol)
        : sc_module(name),
          dma("dma", DmaParameters{protocol, 64, 4}, clock, statistics),
          dram("dram", DramParameters{kMemoryBase, kMemorySize, false, 4.0, sc_time(20, SC_NS)}, &statistics),
          processor("processor", clock, engine, {dma.control()}, statistics) {
        host.socket.bind(processor.csr);
        processor.dma_commands[0].bind(dma.commands);
        dma.memory.bind(dram.socket);
        memory.socket.bind(dram.socket);
    }

    Clocking clock{sc_time(1, SC_NS)};
    Statistics statistics;
    StubEngine engine;
    DmaEngine dma;
    Dram dram;
    DramPort memory{"memory"};
    Host host{"host"};
    CommandProcessor processor;
};

}  // namespace

TEST_CASE("chains and bus errors and discards over the real DMA engine and DRAM") {
    std::vector<std::unique_ptr<DramBench>> benches;
    std::vector<std::vector<std::uint64_t>> results(2);
    for (const DmaProtocol protocol : {DmaProtocol::lt, DmaProtocol::at}) {
        std::vector<std::uint64_t>& result = results[benches.size()];
        benches.push_back(std::make_unique<DramBench>(protocol == DmaProtocol::lt ? "lt" : "at", protocol));
        DramBench& bench = *benches.back();
        bench.host.body = [&bench, &result] {
            // Three layers.
            for (std::uint64_t i = 0; i < 3; ++i) {
                place(bench, i, convolution(i));
            }
            bench.host.start(descriptor_at(0), 3);
            CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
            for (std::uint64_t i = 0; i < 3; ++i) {
                CHECK(output_is_right(bench, i));
                CHECK(record_of(bench, i).status == NZ_STATUS_DONE);
            }
            CHECK(bench.host.read64(NZ_REG_TOTAL_CYCLES_LO) == 300);
            CHECK(bench.host.read64(NZ_REG_DMA_READ_BYTES_LO) == 3 * (256 + 16));
            CHECK(bench.statistics.value(std::string(bench.dma.name()) + ".read_bytes") == 3 * (256 + 16));
            CHECK(bench.host.read64(NZ_REG_DMA_WRITE_BYTES_LO) == 3 * (16 + 32));
            bench.host.clear_status();

            // The input reaches beyond the memory by a few bytes, or wraps around the address space.
            for (const std::uint64_t address : {kMemoryBase + kMemorySize - 8, ~std::uint64_t{0} - 15}) {
                CAPTURE(address);
                nz_descriptor d = convolution(0);
                d.input.address = address;
                place(bench, 0, d);
                bench.host.start(descriptor_at(0), 1);
                CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
                CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_BUS_ADDRESS);
                const std::uint64_t fault = bench.host.read64(NZ_REG_FAULT_ADDRESS_LO);
                CHECK(fault >= address);
                CHECK(fault - address < 16);
                CHECK(record_of(bench, 0).error == NZ_ERROR_BUS_ADDRESS);
                bench.host.clear_status();
            }

            // Discarded at random times.
            std::mt19937 random(11);
            for (int number = 0; number < 100; ++number) {
                place(bench, 0, convolution(0));
                place(bench, 1, convolution(1));
                const auto into = static_cast<int>(1 + random() % 700);
                const bool abort = random() % 2 == 0;
                CAPTURE(number, into, abort);
                bench.host.start(descriptor_at(0), 2);
                bench.host.pause(sc_time(into, SC_NS));
                const bool was_busy = bench.host.read(NZ_REG_STATUS) == NZ_STATUS_BUSY;
                bench.host.write(NZ_REG_CONTROL, abort ? NZ_CONTROL_ABORT : NZ_CONTROL_SOFT_RESET);
                const std::uint32_t status = bench.host.wait_for_idle();
                CHECK(bench.dma.idle());
                if (!abort) {
                    CHECK(status == NZ_STATUS_IDLE);
                    CHECK(bench.host.read64(NZ_REG_TOTAL_CYCLES_LO) == 0);
                } else if (status == (NZ_STATUS_IDLE | NZ_STATUS_ERROR)) {
                    CHECK(was_busy);
                    CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_ABORTED);
                } else {
                    CHECK(status == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
                }
                result.push_back(status);
                result.push_back(bench.host.read64(NZ_REG_DMA_READ_BYTES_LO));
                result.push_back(sc_core::sc_time_stamp().value());
                bench.host.clear_status();
                place(bench, 2, convolution(2));
                bench.host.start(descriptor_at(2), 1);
                CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
                CHECK(output_is_right(bench, 2));
                CHECK(record_of(bench, 2).status == NZ_STATUS_DONE);
                bench.host.clear_status();
            }
        };
    }
    sc_core::sc_start(1, sc_core::SC_SEC);
    for (const auto& bench : benches) {
        CHECK(bench->host.finished);
    }
    CHECK(results[0].size() == 300);
    CHECK(results[0] == results[1]);
    std::set<std::uint64_t> statuses;
    for (std::size_t i = 0; i < results[0].size(); i += 3) {
        statuses.insert(results[0][i]);
    }
    CHECK(statuses ==
          std::set<std::uint64_t>{NZ_STATUS_IDLE, NZ_STATUS_IDLE | NZ_STATUS_ERROR, NZ_STATUS_IDLE | NZ_STATUS_DONE});
}
