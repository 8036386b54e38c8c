#include <catch2/catch.hpp>
#include <systemc>

#include <memory>
#include <vector>

#include "models/memory/sram.h"
#include "tests/models/memory/test_support.h"
#include "workloads/error.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Bench {
    explicit Bench(const SramParameters& parameters) : sram("sram", parameters, clock, statistics) {
        initiator.socket.bind(sram.socket());
    }
    // Starts from a delay that is not 0, which must be kept.
    sc_core::sc_time access(tlm::tlm_generic_payload& payload) {
        sc_core::sc_time delay = ns(13);
        initiator.socket->b_transport(payload, delay);
        CHECK(delay >= ns(13));
        return delay - ns(13);
    }

    Clocking clock{ns(2)};
    Statistics statistics;
    Sram sram;
    Initiator initiator{"initiator"};
};

OwningPayload read_of(std::uint64_t address, std::size_t length) {
    return {tlm::TLM_READ_COMMAND, address, std::vector<unsigned char>(length, 0xee)};
}

}  // namespace

TEST_CASE("sram: a transaction takes one cycle per width and is counted") {
    Bench bench({100, 10});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (const auto& [length, cycles] : std::vector<std::pair<std::size_t, int>>{{1, 1}, {10, 1}, {11, 2}, {100, 10}}) {
        OwningPayload payload = read_of(0, length);
        CHECK(bench.access(payload) == ns(2.0 * cycles));
        CHECK(payload.get_response_status() == tlm::TLM_OK_RESPONSE);
        CHECK(payload.is_dmi_allowed());
    }
    OwningPayload write(tlm::TLM_WRITE_COMMAND, 3, std::vector<unsigned char>(21, 1));
    CHECK(bench.access(write) == ns(6));
    CHECK(bench.statistics.value("sram.accesses") == 1 + 1 + 2 + 10 + 3);
    CHECK(bench.statistics.value("sram.read_bytes") == 122);
    CHECK(bench.statistics.value("sram.write_bytes") == 21);
    CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
}

TEST_CASE("sram: random accesses match a map of bytes") {
    // Two pages and a bit; a second life after clear().
    const SramParameters parameters{2 * 4096 + 100, 16};
    Bench bench(parameters);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    Dice dice(1);
    std::uint64_t accesses = 0;
    for (int life = 0; life < 2; ++life) {
        ByteMap oracle;
        for (int i = 0; i < 5000; ++i) {
            const auto drawn = random_payload(dice, 0, parameters.size, i % 10 == 0 ? 6000 : 40);
            OwningPayload& payload = *drawn;
            const std::vector<unsigned char> expected = oracle.execute(payload);
            const std::uint64_t cycles = (payload.data.size() + 15) / 16;
            REQUIRE(bench.access(payload) == ns(2.0 * static_cast<double>(cycles)));
            REQUIRE(payload.get_response_status() == tlm::TLM_OK_RESPONSE);
            REQUIRE(payload.data == expected);
            accesses += cycles;
        }
        bench.sram.clear();
        OwningPayload all = read_of(0, parameters.size);
        bench.access(all);
        accesses += (parameters.size + 15) / 16;
        CHECK(all.data == std::vector<unsigned char>(parameters.size, 0));
    }
    CHECK(bench.statistics.value("sram.accesses") == accesses);
}

TEST_CASE("sram: faults are responses, take no time and change nothing") {
    Bench bench({64, 4});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const auto answer = [&bench](tlm::tlm_generic_payload& payload) {
        payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        CHECK(bench.access(payload) == sc_core::SC_ZERO_TIME);
        return payload.get_response_status();
    };
    OwningPayload write(tlm::TLM_WRITE_COMMAND, 61, {1, 2, 3, 4});
    CHECK(answer(write) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    write.set_address(~std::uint64_t{0} - 1);
    CHECK(answer(write) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    write.set_address(60);
    write.set_streaming_width(2);
    CHECK(answer(write) == tlm::TLM_BURST_ERROR_RESPONSE);
    write.set_streaming_width(4);
    write.set_data_length(0);
    CHECK(answer(write) == tlm::TLM_BURST_ERROR_RESPONSE);
    write.set_data_length(4);
    write.enable({3});
    CHECK(answer(write) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    write.set_byte_enable_ptr(nullptr);
    write.set_command(static_cast<tlm::tlm_command>(3));
    CHECK(answer(write) == tlm::TLM_COMMAND_ERROR_RESPONSE);
    write.set_command(tlm::TLM_IGNORE_COMMAND);
    CHECK(answer(write) == tlm::TLM_OK_RESPONSE);
    CHECK(bench.statistics.value("sram.accesses") == 0);
    OwningPayload all = read_of(0, 64);
    bench.access(all);
    CHECK(all.data == std::vector<unsigned char>(64, 0));
}

TEST_CASE("sram: a non-blocking request completes at once with its time annotated") {
    Bench bench({64, 4});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    OwningPayload write(tlm::TLM_WRITE_COMMAND, 8, {1, 2, 3, 4, 5});
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = ns(1);
    CHECK(bench.initiator.socket->nb_transport_fw(write, phase, delay) == tlm::TLM_COMPLETED);
    CHECK(delay == ns(1 + 2 * 2));
    CHECK(write.get_response_status() == tlm::TLM_OK_RESPONSE);
    OwningPayload read = read_of(8, 5);
    bench.access(read);
    CHECK(read.data == write.data);
    phase = tlm::END_RESP;
    delay = ns(1);
    CHECK(bench.initiator.socket->nb_transport_fw(write, phase, delay) == tlm::TLM_ACCEPTED);
    CHECK(delay == ns(1));
}

TEST_CASE("sram: DMI grants plain storage until clear") {
    Bench bench({4096 + 10, 8});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    OwningPayload request = read_of(4100, 1);
    tlm::tlm_dmi dmi;
    REQUIRE(bench.initiator.socket->get_direct_mem_ptr(request, dmi));
    CHECK(dmi.get_start_address() == 4096);
    CHECK(dmi.get_end_address() == 4096 + 9);
    CHECK(dmi.is_read_write_allowed());
    CHECK(dmi.get_read_latency() == ns(2) / 4);
    CHECK(dmi.get_write_latency() == ns(2) / 4);
    dmi.get_dmi_ptr()[3] = 77;
    OwningPayload read = read_of(4098, 4);
    bench.access(read);
    CHECK(read.data == std::vector<unsigned char>{0, 77, 0, 0});

    request.set_address(4096 + 10);
    tlm::tlm_dmi refused;
    CHECK_FALSE(bench.initiator.socket->get_direct_mem_ptr(request, refused));
    CHECK(refused.is_none_allowed());
    CHECK(refused.get_start_address() == 4096 + 10);
    CHECK(refused.get_end_address() == ~std::uint64_t{0});

    CHECK(bench.initiator.invalidations.empty());
    bench.sram.clear();
    using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
    CHECK(bench.initiator.invalidations == Ranges{{0, 4096 + 9}});
    bench.sram.clear();  // nobody holds a pointer now
    CHECK(bench.initiator.invalidations.size() == 1);
}

TEST_CASE("sram: debug access takes no time, counts nothing and works before time begins") {
    struct Host : Initiator {
        Host() : Initiator("host") {}
        void start_of_simulation() override {
            OwningPayload write(tlm::TLM_WRITE_COMMAND, 60, {1, 2, 3, 4, 5, 6});
            written = socket->transport_dbg(write);
        }
        unsigned written = 0;
    };
    const Clocking clock(ns(2));
    Statistics statistics;
    Sram sram("sram", {64, 4}, clock, statistics);
    Host host;
    host.socket.bind(sram.socket());
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(host.written == 4);  // up to the end of the memory
    OwningPayload read = read_of(58, 6);
    CHECK(host.socket->transport_dbg(read) == 6);
    CHECK(read.data == std::vector<unsigned char>{0, 0, 1, 2, 3, 4});
    read.set_address(64);
    CHECK(host.socket->transport_dbg(read) == 0);
    read.set_address(0);
    read.set_command(tlm::TLM_IGNORE_COMMAND);
    CHECK(host.socket->transport_dbg(read) == 0);
    CHECK(statistics.value("sram.accesses") == 0);
    CHECK(statistics.value("sram.read_bytes") == 0);
    CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
}

TEST_CASE("sram: a large address range costs nothing until it is written") {
    // 64 memories of a tebibyte each: only pages that were written can exist.
    const Clocking clock(ns(1));
    Statistics statistics;
    std::vector<std::unique_ptr<Sram>> memories;
    std::vector<std::unique_ptr<Initiator>> initiators;
    for (int i = 0; i < 64; ++i) {
        const std::string id = std::to_string(i);
        memories.push_back(std::make_unique<Sram>(("sram_" + id).c_str(), SramParameters{std::uint64_t{1} << 40, 8},
                                                  clock, statistics));
        initiators.push_back(std::make_unique<Initiator>(("initiator_" + id).c_str()));
        initiators.back()->socket.bind(memories.back()->socket());
    }
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (std::uint64_t i = 0; i < 64; ++i) {
        sc_core::sc_time delay;
        const std::uint64_t address = (std::uint64_t{1} << 40) - 8 * (i + 1);
        OwningPayload write(tlm::TLM_WRITE_COMMAND, address, std::vector<unsigned char>(8, 5));
        initiators[i]->socket->b_transport(write, delay);
        OwningPayload far = read_of(i << 30, 2);
        initiators[i]->socket->b_transport(far, delay);
        OwningPayload back = read_of(address, 8);
        initiators[i]->socket->b_transport(back, delay);
        CHECK(far.data == std::vector<unsigned char>{0, 0});
        CHECK(back.data == write.data);
    }
}

TEST_CASE("sram: impossible parameters are refused") {
    const Clocking clock(ns(1));
    Statistics statistics;
    CHECK_THROWS_AS(Sram("no_size", {0, 4}, clock, statistics), InputError);
    CHECK_THROWS_AS(Sram("no_width", {64, 0}, clock, statistics), InputError);
}
