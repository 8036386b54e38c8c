// The waits of an engine, without a command processor around them.
#include "models/dma/dma_work_context.h"

#include <stdexcept>

#include "tests/models/common/processor_bench.h"

using namespace nonzero;
using namespace nonzero::test;
using sc_core::SC_NS;
using sc_core::sc_time;

namespace {

// Two ports; the processes are the body and, where there is one, another core.
struct ContextBench : sc_core::sc_module {
    explicit ContextBench(sc_core::sc_module_name name)
        : sc_module(name),
          context(
              clock, {{commands, dma.control()}, {other_commands, other_dma.control()}}, [this] { return discard; },
              discarded) {
        commands.bind(dma.commands);
        other_commands.bind(other_dma.commands);
        sc_core::sc_spawn([this] { body(); }, "body");
        sc_core::sc_spawn(
            [this] {
                if (core) {
                    core();
                }
            },
            "core");
    }

    Clocking clock{sc_time(2, SC_NS)};
    Memory memory;
    StubDma dma{"dma", memory};
    StubDma other_dma{"other_dma", memory};
    StreamInitiator<DmaTransfer> commands{"commands"};
    StreamInitiator<DmaTransfer> other_commands{"other_commands"};
    bool discard = false;
    sc_core::sc_event discarded;
    DmaWorkContext context;
    std::function<void()> body;
    std::function<void()> core;
};

}  // namespace

TEST_CASE("waits end at their time and reads and writes move bytes") {
    ContextBench bench("bench");
    bool finished = false;
    bench.body = [&] {
        bench.context.wait_until(sc_time(33, SC_NS));
        CHECK(sc_core::sc_time_stamp() == sc_time(33, SC_NS));
        bench.context.wait_until(sc_time(5, SC_NS));  // has passed
        CHECK(sc_core::sc_time_stamp() == sc_time(33, SC_NS));
        CHECK(bench.context.clock().period() == sc_time(2, SC_NS));
        const std::uint64_t sent = 0x1122334455667788;
        bench.context.write(kMemoryBase, &sent, sizeof sent);
        std::uint32_t received = 0;
        bench.context.read(kMemoryBase + 4, &received, sizeof received);
        CHECK(received == 0x11223344);
        CHECK(sc_core::sc_time_stamp() == sc_time(133, SC_NS));
        CHECK(bench.context.written_bytes() == 8);
        CHECK(bench.context.read_bytes() == 4);
        CHECK(bench.context.open_transfers() == 0);
        CHECK_THROWS_AS(bench.context.read(kMemoryBase - 1, &received, sizeof received), DmaError);
        CHECK(bench.context.read_bytes() == 4);
        DmaCompletion stranger;
        stranger.finished = true;
        CHECK_THROWS_AS(bench.context.wait_for(stranger), std::logic_error);
        finished = true;
    };
    sc_core::sc_start(1, sc_core::SC_US);
    CHECK(finished);
}

TEST_CASE("a discard reaches waits that would return at once") {
    ContextBench bench("bench");
    bool finished = false;
    bench.body = [&] {
        unsigned char buffer[8];
        DmaCompletion completion;
        DmaTransfer transfer;
        transfer.address = kMemoryBase;
        transfer.row_bytes = sizeof buffer;
        transfer.buffer = buffer;
        transfer.completion = &completion;
        bench.context.start(transfer);
        CHECK(bench.context.open_transfers() == 1);
        bench.context.wait_until(sc_time(60, SC_NS));
        CHECK(completion.finished);
        bench.discard = true;  // without its event
        CHECK_THROWS_AS(bench.context.wait_until(sc_core::SC_ZERO_TIME), Aborted);
        CHECK_THROWS_AS(bench.context.wait_for(completion), Aborted);
        bench.context.drain();
        CHECK(bench.context.open_transfers() == 0);
        CHECK(bench.context.read_bytes() == 0);

        // A transfer on the way: cancelled before the throw, gone after the drain.
        completion.finished = false;
        bench.discard = false;
        bench.context.start(transfer);
        bench.context.wait_until(sc_time(70, SC_NS));
        bench.discard = true;
        CHECK_THROWS_AS(bench.context.wait_for(completion), Aborted);
        CHECK(completion.finished);
        CHECK(completion.status == tlm::TLM_INCOMPLETE_RESPONSE);
        CHECK(sc_core::sc_time_stamp() == sc_time(70, SC_NS));
        CHECK_FALSE(bench.dma.control().idle());
        bench.context.drain();
        CHECK(sc_core::sc_time_stamp() == sc_time(110, SC_NS));
        finished = true;
    };
    sc_core::sc_start(1, sc_core::SC_US);
    CHECK(finished);
}

TEST_CASE("each port moves data by its own engine") {
    ContextBench bench("bench");
    bool finished = false;
    bench.body = [&] {
        CHECK(bench.context.ports() == 2);
        bench.memory.store(kMemoryBase, std::uint64_t{0x1122334455667788});
        std::uint32_t received[2] = {};
        DmaCompletion completions[2];
        DmaTransfer transfers[2];
        for (std::size_t port = 0; port < 2; ++port) {
            transfers[port].address = kMemoryBase + 4 * port;
            transfers[port].row_bytes = 4;
            transfers[port].buffer = reinterpret_cast<unsigned char*>(&received[port]);
            transfers[port].completion = &completions[port];
            bench.context.start(transfers[port], port);
        }
        for (DmaCompletion& completion : completions) {
            bench.context.wait_for(completion);
        }
        CHECK(sc_core::sc_time_stamp() == sc_time(50, SC_NS));  // side by side
        CHECK(received[0] == 0x55667788);
        CHECK(received[1] == 0x11223344);
        bench.context.write(kMemoryBase, &received[1], 4, 1);
        bench.context.read(kMemoryBase, &received[0], 4, 1);
        CHECK(received[0] == 0x11223344);
        CHECK(bench.dma.starts.size() == 1);
        CHECK(bench.other_dma.starts.size() == 3);
        CHECK(bench.context.read_bytes() == 12);
        CHECK(bench.context.written_bytes() == 4);
        CHECK_THROWS_AS(bench.context.read(kMemoryBase, received, 4, 2), std::out_of_range);
        CHECK(bench.context.open_transfers() == 0);
        finished = true;
    };
    sc_core::sc_start(1, sc_core::SC_US);
    CHECK(finished);
}

TEST_CASE("a discard reaches every process that waits, and the next work is not touched by it") {
    ContextBench bench("bench");
    int ended = 0;
    sc_core::sc_event never;
    bench.core = [&] {
        unsigned char byte = 0;
        bench.context.read(kMemoryBase, &byte, 1, 1);
        CHECK(sc_core::sc_time_stamp() == sc_time(50, SC_NS));
        CHECK_THROWS_AS(bench.context.wait_for(never), Aborted);
        CHECK(sc_core::sc_time_stamp() == sc_time(80, SC_NS));
        ++ended;
    };
    bench.body = [&] {
        CHECK_THROWS_AS(bench.context.wait_until(sc_time(500, SC_NS)), Aborted);
        CHECK(sc_core::sc_time_stamp() == sc_time(80, SC_NS));
        bench.context.drain();
        bench.discard = false;  // before the core has looked
        bench.context.wait_until(sc_time(90, SC_NS));
        ++ended;
    };
    sc_core::sc_start(80, SC_NS);
    bench.discard = true;
    bench.discarded.notify(sc_core::SC_ZERO_TIME);
    sc_core::sc_start(1, sc_core::SC_US);
    CHECK(ended == 2);
}

TEST_CASE("a transfer that fails ends the work of every process, which learns of no fault of its own") {
    ContextBench bench("bench");
    int ended = 0;
    bench.core = [&] {
        unsigned char byte = 0;
        bench.context.wait_until(sc_time(20, SC_NS));
        CHECK_THROWS_AS(bench.context.read(kMemoryBase, &byte, 1, 1), Aborted);
        CHECK(sc_core::sc_time_stamp() == sc_time(50, SC_NS));
        ++ended;
    };
    bench.body = [&] {
        unsigned char byte = 0;
        std::uint64_t address = 0;
        try {
            bench.context.read(kBrokenPage, &byte, 1);
        } catch (const DmaError& error) {
            address = error.address;
            CHECK(error.status == tlm::TLM_GENERIC_ERROR_RESPONSE);
            CHECK_FALSE(error.timed_out);
        }
        CHECK(address == kBrokenPage);
        CHECK_FALSE(bench.other_dma.control().idle());
        bench.context.drain();  // of both engines
        CHECK(bench.other_dma.control().idle());
        CHECK(sc_core::sc_time_stamp() == sc_time(70, SC_NS));
        CHECK(bench.context.open_transfers() == 0);
        ++ended;
    };
    sc_core::sc_start(1, sc_core::SC_US);
    CHECK(ended == 2);
}

TEST_CASE("a wait for an event ends when it is notified") {
    ContextBench bench("bench");
    sc_core::sc_event event;
    bool finished = false;
    bench.core = [&] {
        bench.context.wait_until(sc_time(42, SC_NS));
        bench.discarded.notify(sc_core::SC_ZERO_TIME);  // makes waits ask again, and go on
        bench.context.wait_until(sc_time(44, SC_NS));
        event.notify(sc_core::SC_ZERO_TIME);
    };
    bench.body = [&] {
        bench.context.wait_for(event);
        CHECK(sc_core::sc_time_stamp() == sc_time(44, SC_NS));
        finished = true;
    };
    sc_core::sc_start(1, sc_core::SC_US);
    CHECK(finished);
}
