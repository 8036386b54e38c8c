// The waits of an engine, without a command processor around them.
#include "models/dma/dma_work_context.h"

#include <stdexcept>

#include "tests/models/common/processor_bench.h"

using namespace nonzero;
using namespace nonzero::test;
using sc_core::SC_NS;
using sc_core::sc_time;

namespace {

struct ContextBench : sc_core::sc_module {
    explicit ContextBench(sc_core::sc_module_name name)
        : sc_module(name),
          context(
              clock, commands, dma.control(), [this] { return discard; }, discarded) {
        commands.bind(dma.commands);
        sc_core::sc_spawn([this] { body(); }, "body");
    }

    Clocking clock{sc_time(2, SC_NS)};
    Memory memory;
    StubDma dma{"dma", memory};
    StreamInitiator<DmaTransfer> commands{"commands"};
    bool discard = false;
    sc_core::sc_event discarded;
    DmaWorkContext context;
    std::function<void()> body;
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
        CHECK_THROWS_AS(bench.context.read(kMemoryBase - 1, &received, sizeof received), Fault);
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
