#include <catch2/catch.hpp>
#include <systemc>

#include <algorithm>
#include <deque>
#include <limits>
#include <memory>
#include <vector>

#include "models/memory/dram.h"
#include "models/memory/shared_write.h"
#include "tests/models/memory/channel_oracle.h"
#include "tests/models/memory/test_support.h"
#include "workloads/error.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr std::uint64_t kBase = 0x7'0000'0000;

DramParameters modelled(std::uint64_t size = 1 << 20) {
    DramParameters parameters;
    parameters.base = kBase;
    parameters.size = size;
    parameters.bytes_per_ns = 10;
    parameters.latency = ns(100);
    return parameters;
}

struct Bench {
    Bench(const DramParameters& parameters, int initiators) : dram("dram", parameters, &statistics) {
        for (int i = 0; i < initiators; ++i) {
            sockets.emplace_back(("initiator_" + std::to_string(i)).c_str());
            sockets.back().socket.bind(dram.socket);
        }
    }
    // Returns the response time; the caller's process is there afterwards.
    sc_core::sc_time access(int initiator, tlm::tlm_generic_payload& payload,
                            sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
        sockets[static_cast<std::size_t>(initiator)].socket->b_transport(payload, delay);
        sc_core::wait(delay);
        return sc_core::sc_time_stamp();
    }

    Statistics statistics;
    Dram dram;
    std::deque<Initiator> sockets;
};

std::vector<unsigned char> some(std::size_t count) {
    return std::vector<unsigned char>(count, 0x5a);
}

}  // namespace

TEST_CASE("dram: every blocking response comes when the channel's recurrence says") {
    Bench bench(modelled(), 4);
    std::vector<Served> served;
    std::deque<Process> processes;
    for (int i = 0; i < 12; ++i) {  // three processes per initiator
        processes.emplace_back(("process_" + std::to_string(i)).c_str(), [&bench, &served, i] {
            Dice dice(static_cast<std::uint64_t>(i));
            for (int n = 0; n < 300; ++n) {
                sc_core::wait(ns(static_cast<double>(dice.pick(1, 40) * (dice.chance(10) ? 50 : 1))));
                const auto ahead = dice.chance(30) ? ns(static_cast<double>(dice.pick(1, 30))) : sc_core::SC_ZERO_TIME;
                const auto payload = random_payload(dice, kBase, 1 << 20, 300);
                const std::size_t entry = served.size();
                served.push_back({(sc_core::sc_time_stamp() + ahead).value(), i % 4,
                                  static_cast<unsigned>(payload->data.size()), 0});
                served[entry].response_ps = bench.access(i % 4, *payload, ahead).value();
                CHECK(payload->is_response_ok());
            }
        });
    }
    sc_core::sc_start();
    REQUIRE(served.size() == 12 * 300);
    const auto expected = response_times(served, 10, 100'000);
    std::size_t queued = 0;
    for (std::size_t i = 0; i < served.size(); ++i) {
        REQUIRE(served[i].response_ps == expected[i]);
        queued += expected[i] > served[i].request_ps + 100'000 + served[i].bytes * 100;
    }
    CHECK(queued > 500);  // requests did wait for each other
    CHECK(bench.statistics.value("dram.reads") + bench.statistics.value("dram.writes") == served.size());
}

TEST_CASE("dram: simultaneous requests are served by initiator id, whatever the order of the processes") {
    Bench bench(modelled(), 3);
    std::vector<double> response(5);
    std::deque<Process> processes;
    const auto start = [&](int initiator, std::size_t slot, int deltas) {
        processes.emplace_back(("process_" + std::to_string(slot)).c_str(),
                               [&bench, &response, initiator, slot, deltas] {
                                   sc_core::wait(ns(50));
                                   for (int i = 0; i < deltas; ++i) {
                                       sc_core::wait(sc_core::SC_ZERO_TIME);
                                   }
                                   OwningPayload payload(tlm::TLM_READ_COMMAND, kBase, some(100));
                                   response[slot] = bench.access(initiator, payload).to_seconds() * 1e9;
                               });
    };
    start(2, 0, 0);
    start(0, 1, 0);
    start(1, 2, 0);
    start(0, 3, 1);  // one delta cycle later: the next round
    start(1, 4, 1);
    sc_core::sc_start();
    CHECK(response[1] == Approx(50 + 10 + 100));
    CHECK(response[2] == Approx(50 + 20 + 100));
    CHECK(response[0] == Approx(50 + 30 + 100));
    CHECK(response[3] == Approx(50 + 40 + 100));
    CHECK(response[4] == Approx(50 + 50 + 100));
}

TEST_CASE("dram: random accesses match a map of bytes, up to the last byte of the address space") {
    DramParameters parameters = modelled(3 * 64 * 1024 + 77);
    parameters.base = std::numeric_limits<std::uint64_t>::max() - (parameters.size - 1);
    Bench bench(parameters, 2);
    const Process process("process", [&] {
        Dice dice(3);
        ByteMap oracle;
        std::uint64_t bytes[2] = {0, 0};
        for (int i = 0; i < 4000; ++i) {
            const auto payload = random_payload(dice, parameters.base, parameters.size, i % 20 == 0 ? 70'000 : 60);
            bytes[payload->is_read() ? 0 : 1] += payload->data.size();
            const auto expected = oracle.execute(*payload);
            bench.access(i % 2, *payload);
            if (!payload->is_response_ok() || payload->data != expected) {
                FAIL_CHECK("access " << i);
                break;
            }
        }
        CHECK(bench.statistics.value("dram.read_bytes") == bytes[0]);
        CHECK(bench.statistics.value("dram.write_bytes") == bytes[1]);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}

TEST_CASE("dram: ideal timing takes no time and still serves in order") {
    DramParameters parameters = modelled();
    parameters.ideal = true;
    Bench bench(parameters, 2);
    unsigned char seen = 0;
    // Process order is against the order of ids: the write of initiator 0 comes before the read of initiator 1.
    const Process reader("reader", [&] {
        OwningPayload payload(tlm::TLM_READ_COMMAND, kBase + 5, some(1));
        CHECK(bench.access(1, payload, ns(20)) == ns(20));
        seen = payload.data[0];
    });
    const Process writer("writer", [&] {
        sc_core::wait(ns(20));
        OwningPayload payload(tlm::TLM_WRITE_COMMAND, kBase + 5, {99});
        CHECK(bench.access(0, payload) == ns(20));
        OwningPayload large(tlm::TLM_WRITE_COMMAND, kBase, some(100'000));
        CHECK(bench.access(0, large) == ns(20));
    });
    sc_core::sc_start();
    CHECK(seen == 99);
}

TEST_CASE("dram: blocking faults are responses and take no time") {
    Bench bench(modelled(0x1000), 1);
    const Process process("process", [&] {
        OwningPayload write(tlm::TLM_WRITE_COMMAND, kBase + 0xffd, {1, 2, 3, 4});
        const auto answer = [&] {
            write.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
            sc_core::sc_time delay = ns(3);
            bench.sockets[0].socket->b_transport(write, delay);
            CHECK(delay == ns(3));
            CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
            return write.get_response_status();
        };
        CHECK(answer() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        write.set_address(kBase - 1);
        CHECK(answer() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        write.set_address(~std::uint64_t{0} - 1);
        CHECK(answer() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        write.set_address(kBase);
        write.set_streaming_width(3);
        CHECK(answer() == tlm::TLM_BURST_ERROR_RESPONSE);
        write.set_streaming_width(4);
        write.set_data_length(0);
        CHECK(answer() == tlm::TLM_BURST_ERROR_RESPONSE);
        write.set_data_length(4);
        write.set_byte_enable_ptr(write.data.data());
        CHECK(answer() == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        write.set_byte_enable_ptr(nullptr);
        write.set_command(static_cast<tlm::tlm_command>(3));
        CHECK(answer() == tlm::TLM_COMMAND_ERROR_RESPONSE);
        write.set_command(tlm::TLM_IGNORE_COMMAND);
        CHECK(answer() == tlm::TLM_OK_RESPONSE);
        CHECK(bench.statistics.value("dram.writes") == 0);
        OwningPayload read(tlm::TLM_READ_COMMAND, kBase, some(4));
        bench.access(0, read);
        CHECK(read.data == std::vector<unsigned char>(4, 0));
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}

TEST_CASE("dram: DMI is granted per page with inclusive ends and latencies, and invalidated by call") {
    Bench bench(modelled(64 * 1024 + 8), 2);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    auto& socket = bench.sockets[1].socket;
    OwningPayload request(tlm::TLM_WRITE_COMMAND, kBase + 40, some(1));
    tlm::tlm_dmi dmi;
    REQUIRE(socket->get_direct_mem_ptr(request, dmi));
    CHECK(dmi.get_start_address() == kBase);
    CHECK(dmi.get_end_address() == kBase + 64 * 1024 - 1);
    CHECK(dmi.is_read_write_allowed());
    // One word of 4 bytes: 0.4 ns on the channel, 100 ns latency.
    CHECK(dmi.get_read_latency() == ps(100'400 / 4));
    CHECK(dmi.get_write_latency() == ps(100'400 / 4));
    dmi.get_dmi_ptr()[41] = 17;
    OwningPayload read(tlm::TLM_READ_COMMAND, kBase + 40, some(2));
    CHECK(socket->transport_dbg(read) == 2);
    CHECK(read.data == std::vector<unsigned char>{0, 17});

    request.set_address(kBase + 64 * 1024 + 7);
    tlm::tlm_dmi last;
    REQUIRE(socket->get_direct_mem_ptr(request, last));
    CHECK(last.get_start_address() == kBase + 64 * 1024);
    CHECK(last.get_end_address() == kBase + 64 * 1024 + 7);

    request.set_address(kBase + 64 * 1024 + 8);
    tlm::tlm_dmi above;
    CHECK_FALSE(socket->get_direct_mem_ptr(request, above));
    CHECK(above.is_none_allowed());
    CHECK(above.get_start_address() == kBase + 64 * 1024 + 8);
    CHECK(above.get_end_address() == ~std::uint64_t{0});
    request.set_address(kBase - 1);
    tlm::tlm_dmi below;
    CHECK_FALSE(socket->get_direct_mem_ptr(request, below));
    CHECK(below.is_none_allowed());
    CHECK(below.get_start_address() == 0);
    CHECK(below.get_end_address() == kBase - 1);

    bench.dram.invalidate_dmi();
    using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
    for (const Initiator& initiator : bench.sockets) {
        CHECK(initiator.invalidations == Ranges{{kBase, kBase + 64 * 1024 + 7}});
    }
}

TEST_CASE("dram: debug access takes no time, counts nothing and works before time begins") {
    struct Host : Initiator {
        Host() : Initiator("host") {}
        void start_of_simulation() override {
            OwningPayload write(tlm::TLM_WRITE_COMMAND, kBase + 0xffc, {1, 2, 3, 4, 5, 6});
            written = socket->transport_dbg(write);
        }
        unsigned written = 0;
    };
    Statistics statistics;
    Dram dram("dram", modelled(0x1000), &statistics);
    Host host;
    host.socket.bind(dram.socket);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(host.written == 4);
    OwningPayload read(tlm::TLM_READ_COMMAND, kBase + 0xffa, some(5));
    CHECK(host.socket->transport_dbg(read) == 5);
    CHECK(read.data == std::vector<unsigned char>{0, 0, 1, 2, 3});
    for (const std::uint64_t address : {kBase - 1, kBase + 0x1000, std::uint64_t{0}, ~std::uint64_t{0}}) {
        read.set_address(address);
        CHECK(host.socket->transport_dbg(read) == 0);
    }
    read.set_address(kBase);
    read.set_command(tlm::TLM_IGNORE_COMMAND);
    CHECK(host.socket->transport_dbg(read) == 0);
    CHECK(statistics.value("dram.reads") + statistics.value("dram.writes") == 0);
    CHECK(sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME);
}

TEST_CASE("dram: bytes that are shared read like a copy, and a write leaves them as they are") {
    constexpr std::uint64_t kSize = 3 * 64 * 1024 + 77;
    Bench bench(modelled(kSize), 2);
    tlm::tlm_initiator_socket<32>& socket = bench.sockets[1].socket;
    std::vector<std::shared_ptr<const std::vector<unsigned char>>> shared;
    std::vector<std::vector<unsigned char>> copies;
    const Process process("process", [&] {
        Dice dice(5);
        ByteMap oracle;
        for (int i = 0; i < 1500; ++i) {
            if (i % 10 == 0) {
                const auto first = dice.pick(0, kSize - 1);
                auto bytes = dice.bytes(dice.pick(1, std::min<std::uint64_t>(kSize - first, 100'000)));
                shared.push_back(std::make_shared<const std::vector<unsigned char>>(bytes));
                copies.push_back(bytes);
                for (std::size_t n = 0; n < bytes.size(); ++n) {
                    oracle.set(kBase + first + n, bytes[n]);
                }
                OwningPayload write(tlm::TLM_WRITE_COMMAND, kBase + first, {});
                write.set_data_ptr(const_cast<unsigned char*>(shared.back()->data()));
                write.set_data_length(unsigned(bytes.size()));
                SharedWrite owner;
                owner.owner = shared.back();
                write.set_extension(&owner);
                CHECK(socket->transport_dbg(write) == bytes.size());
                write.clear_extension(&owner);
            }
            const auto payload = random_payload(dice, kBase, kSize, i % 20 == 0 ? 70'000 : 60);
            const auto expected = oracle.execute(*payload);
            bench.access(0, *payload);
            if (!payload->is_response_ok() || payload->data != expected) {
                FAIL_CHECK("access " << i);
                break;
            }
        }
        // Held where it is still read, and given back where it is not.
        CHECK(std::ranges::any_of(shared, [](const auto& bytes) { return bytes.use_count() > 1; }));
        CHECK(std::ranges::any_of(shared, [](const auto& bytes) { return bytes.use_count() == 1; }));
        for (std::size_t n = 0; n < shared.size(); ++n) {
            CHECK(*shared[n] == copies[n]);
        }
        // Whoever has a pointer to a page sees what is shared later.
        tlm::tlm_dmi dmi;
        OwningPayload request(tlm::TLM_READ_COMMAND, kBase + 5, some(1));
        REQUIRE(socket->get_direct_mem_ptr(request, dmi));
        const auto page = std::make_shared<const std::vector<unsigned char>>(64 * 1024, 0x77);
        OwningPayload write(tlm::TLM_WRITE_COMMAND, kBase, {});
        write.set_data_ptr(const_cast<unsigned char*>(page->data()));
        write.set_data_length(unsigned(page->size()));
        SharedWrite owner;
        owner.owner = page;
        write.set_extension(&owner);
        CHECK(socket->transport_dbg(write) == page->size());
        write.clear_extension(&owner);
        CHECK(dmi.get_dmi_ptr()[5] == 0x77);
        dmi.get_dmi_ptr()[6] = 1;
        CHECK(page->at(6) == 0x77);
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
}

TEST_CASE("dram: impossible parameters are refused") {
    DramParameters parameters;
    parameters.size = 0;
    CHECK_THROWS_AS(Dram("no_size", parameters), InputError);
    parameters.base = std::numeric_limits<std::uint64_t>::max() - 9;
    parameters.size = 11;
    CHECK_THROWS_AS(Dram("wraps", parameters), InputError);
    parameters.size = 10;
    CHECK_NOTHROW(Dram("fits", parameters));
    for (const double bandwidth : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
        parameters.bytes_per_ns = bandwidth;
        CHECK_THROWS_AS(Dram("bandwidth", parameters), InputError);
    }
}
