// The memory with one write port and several read ports: what its ports can do in a cycle, its data and its counters.

#include "models/memory/multi_port_memory.h"

#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include <array>
#include <map>
#include <numeric>

#include "tests/models/common/module_bench.h"
#include "workloads/error.h"

using namespace nonzero;

namespace {

constexpr std::uint16_t kNoRead = RowReadBurst::kNoRead;

struct Bench : ModuleBench {
    Bench(sc_core::sc_module_name module_name, const MultiPortMemoryParameters& machine)
        : ModuleBench(module_name, "memory"),
          parameters(machine),
          memory("memory", machine, clock, statistics),
          write("write"),
          read("read", std::size_t(machine.read_ports)) {
        write.bind(memory.write);
        for (std::size_t port = 0; port < read.size(); ++port) {
            read[port].bind(memory.read[port]);
        }
    }
    // Both return the cycle after the burst; `at` is the cycle in which it is asked for.
    Cycles do_write(RowWriteBurst burst, Cycles at) {
        sc_core::sc_time delay = clock(at);
        write.send(burst, delay);
        return clock.cycles(delay);
    }
    Cycles do_read(std::size_t port, RowReadBurst& burst, Cycles at) {
        sc_core::sc_time delay = clock(at);
        read[port].send(burst, delay);
        return clock.cycles(delay);
    }

    MultiPortMemoryParameters parameters;
    MultiPortMemory memory;
    StreamInitiator<RowWriteBurst> write;
    sc_core::sc_vector<StreamInitiator<RowReadBurst>> read;
};

RowReadBurst idle_read(int bank, Cycles cycles) {
    RowReadBurst burst;
    burst.bank = bank;
    burst.cycles = cycles;
    burst.reads = cycles;
    return burst;
}
RowWriteBurst idle_write(int bank, int rows) {
    RowWriteBurst burst;
    burst.bank = bank;
    burst.rows = rows;
    return burst;
}

// What every cycle saw.
struct Use {
    std::array<int, 3> writes{};                // by bank
    std::array<std::array<int, 4>, 3> reads{};  // by bank and port
};

}  // namespace

TEST_CASE("a port moves one row per cycle and a bank is read or written") {
    constexpr int kPorts = 4;
    constexpr int kBanks = 3;
    Bench bench("bench", {kPorts, 16, 4, kBanks});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(test::property_holds("random bursts", [&] {
        RowWriteBurst discard;
        discard.discard = true;
        bench.do_write(discard, 0);
        std::map<Cycles, Use> cycles;
        for (int n = 0; n < 40; ++n) {
            const int bank = *rc::gen::inRange(0, kBanks);
            const auto at = *rc::gen::inRange<Cycles>(0, 60);
            const int length = *rc::gen::inRange(0, 8);
            const bool is_write = *rc::gen::inRange(0, 4) == 0;
            const auto port = std::size_t(*rc::gen::inRange(0, kPorts));
            Cycles end = 0;
            if (is_write) {
                end = bench.do_write(idle_write(bank, length), at);
            } else {
                RowReadBurst burst = idle_read(bank, Cycles(length));
                end = bench.do_read(port, burst, at);
            }
            const Cycles begin = end - Cycles(length);
            RC_ASSERT(begin >= at);
            // It waits for nothing but its own port, or for the other use of its bank, in the cycle before.
            if (length > 0 && begin > at) {
                const Use& before = cycles[begin - 1];
                const auto& reads = before.reads[std::size_t(bank)];
                const int bank_reads = std::accumulate(reads.begin(), reads.end(), 0);
                int port_use = 0;
                for (int b = 0; b < kBanks; ++b) {
                    port_use += is_write ? before.writes[std::size_t(b)] : before.reads[std::size_t(b)][port];
                }
                RC_ASSERT(port_use + (is_write ? bank_reads : before.writes[std::size_t(bank)]) > 0);
            }
            for (Cycles cycle = begin; cycle < end; ++cycle) {
                (is_write ? cycles[cycle].writes[std::size_t(bank)] : cycles[cycle].reads[std::size_t(bank)][port])++;
            }
        }
        for (const auto& [cycle, use] : cycles) {
            int writes = 0;
            int reads = 0;
            for (std::size_t bank = 0; bank < kBanks; ++bank) {
                const int bank_reads = std::accumulate(use.reads[bank].begin(), use.reads[bank].end(), 0);
                RC_ASSERT(use.writes[bank] == 0 || bank_reads == 0);
                for (std::size_t port = 0; port < kPorts; ++port) {
                    RC_ASSERT(use.reads[bank][port] <= 1);
                }
                writes += use.writes[bank];
                reads += bank_reads;
            }
            RC_ASSERT(writes <= 1);
            RC_ASSERT(reads <= kPorts);
        }
    }));
}

TEST_CASE("all ports read in the same cycles and a write waits for the last of them") {
    Bench bench("bench", {3, 8, 4, 2});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(bench.do_write(idle_write(0, 8), 0) == 8);
    CHECK(bench.do_write(idle_write(1, 2), 0) == 10);  // one write port for both banks
    for (std::size_t port = 0; port < 3; ++port) {
        RowReadBurst burst = idle_read(0, 5 + port);
        CHECK(bench.do_read(port, burst, 4) == 13 + port);  // the bank is written until 8
    }
    CHECK(bench.do_write(idle_write(0, 1), 9) == 16);
    RowReadBurst second = idle_read(1, 1);
    CHECK(bench.do_read(2, second, 9) == 16);  // port 2 reads bank 0 until 15
    RowWriteBurst discard;
    discard.discard = true;
    bench.do_write(discard, 0);
    CHECK(bench.do_write(idle_write(0, 1), 0) == 1);
}

TEST_CASE("rows come back through any port with their non-zeros") {
    Bench bench("bench", {2, 5, 40, 2});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(test::property_holds("random contents", [&] {
        RowWriteBurst discard;
        discard.discard = true;
        bench.do_write(discard, 0);
        bench.statistics.clear();
        const int bank = *rc::gen::inRange(0, 2);
        const int first = *rc::gen::inRange(0, 5);
        const int rows = *rc::gen::inRange(0, 6 - first);
        const int words = *rc::gen::inRange(0, 41);
        const std::size_t stride = std::size_t(words) + *rc::gen::inRange<std::size_t>(0, 3);
        std::vector<std::int16_t> data(std::size_t(rows) * stride + 1);
        for (std::int16_t& word : data) {
            word = std::int16_t(*rc::gen::element(0, 0, 1, -1, 32767, -32768));
        }
        RowWriteBurst written = idle_write(bank, rows);
        written.first_row = first;
        written.words = words;
        written.data = data.data();
        written.row_stride = stride;
        RC_ASSERT(written.payload_bytes() == std::uint64_t(2 * rows * words));
        const Cycles end = bench.do_write(written, 3);
        RC_ASSERT(end == Cycles(3 + rows));

        std::vector<std::uint16_t> addresses;
        for (int n = 0; n < 10; ++n) {
            const bool reads = rows > 0 && *rc::gen::inRange(0, 3) > 0;
            addresses.push_back(reads ? std::uint16_t(first + *rc::gen::inRange(0, rows)) : kNoRead);
        }
        std::vector<const std::int16_t*> found(addresses.size());
        RowReadBurst burst;
        burst.bank = bank;
        burst.cycles = addresses.size();
        burst.rows = addresses;
        burst.data = found;
        RC_ASSERT(bench.do_read(std::size_t(*rc::gen::inRange(0, 2)), burst, end) == end + addresses.size());
        std::uint64_t non_zeros = 0;
        std::uint64_t reads = 0;
        for (std::size_t n = 0; n < addresses.size(); ++n) {
            if (addresses[n] == kNoRead) {
                RC_ASSERT(found[n] == nullptr);
                continue;
            }
            ++reads;
            for (std::size_t word = 0; word < 64; ++word) {
                const std::int16_t expected = word < std::size_t(words)
                                                  ? data[std::size_t(addresses[n] - first) * stride + word]
                                                  : std::int16_t(0);
                RC_ASSERT(found[n][word] == expected);
                non_zeros += expected != 0 ? 1 : 0;
            }
        }
        RC_ASSERT(burst.reads == reads);
        RC_ASSERT(burst.non_zeros == non_zeros);
        RC_ASSERT(bench.counter("row_writes") == std::uint64_t(rows));
        RC_ASSERT(bench.counter("row_reads") == reads);
        RC_ASSERT(bench.counter("read_port_idle") == addresses.size() - reads);
    }));
}

TEST_CASE("banks keep their rows apart and an unwritten row reads zeros") {
    Bench bench("bench", {1, 2, 3, 2});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const std::int16_t words[] = {7, 8, 9};
    RowWriteBurst written = idle_write(1, 1);
    written.words = 3;
    written.data = words;
    bench.do_write(written, 0);
    const std::uint16_t addresses[] = {0, 1};
    for (const int bank : {0, 1}) {
        const std::int16_t* found[2] = {};
        RowReadBurst burst = idle_read(bank, 2);
        burst.rows = addresses;
        burst.data = found;
        bench.do_read(0, burst, 0);
        CHECK(found[0][2] == (bank == 1 ? 9 : 0));
        CHECK(found[1][0] == 0);
    }
}

TEST_CASE("a burst outside of the memory is a programming error") {
    Bench bench("bench", {2, 8, 4, 1});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK_THROWS_AS(bench.do_write(idle_write(1, 1), 0), std::logic_error);
    CHECK_THROWS_AS(bench.do_write(idle_write(-1, 1), 0), std::logic_error);
    CHECK_THROWS_AS(bench.do_write(idle_write(0, 9), 0), std::logic_error);
    RowWriteBurst wide = idle_write(0, 1);
    wide.words = 5;
    CHECK_THROWS_AS(bench.do_write(wide, 0), std::logic_error);
    RowWriteBurst late = idle_write(0, 2);
    late.first_row = 7;
    CHECK_THROWS_AS(bench.do_write(late, 0), std::logic_error);
    RowReadBurst bank = idle_read(1, 1);
    CHECK_THROWS_AS(bench.do_read(0, bank, 0), std::logic_error);
    RowReadBurst more = idle_read(0, 1);
    more.reads = 2;
    CHECK_THROWS_AS(bench.do_read(0, more, 0), std::logic_error);
    const std::uint16_t address[] = {8};
    const std::int16_t* found[1] = {};
    RowReadBurst outside = idle_read(0, 1);
    outside.rows = address;
    outside.data = found;
    CHECK_THROWS_AS(bench.do_read(0, outside, 0), std::logic_error);
}

TEST_CASE("a memory without ports, rows, words or banks is refused") {
    Clocking clock{sc_core::sc_time(1, sc_core::SC_NS)};
    Statistics statistics;
    for (const MultiPortMemoryParameters& parameters :
         {MultiPortMemoryParameters{0, 1, 1, 1}, MultiPortMemoryParameters{1, 0, 1, 1},
          MultiPortMemoryParameters{1, 1, 0, 1}, MultiPortMemoryParameters{1, 1, 1, 0},
          MultiPortMemoryParameters{1, 65536, 1, 1}}) {
        CHECK_THROWS_AS(MultiPortMemory("memory", parameters, clock, statistics), InputError);
    }
}
