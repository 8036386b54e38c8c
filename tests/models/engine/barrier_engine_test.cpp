// BarrierEngine on jobs that take what a table says, against times written out by hand.

#include "models/engine/barrier_engine.h"

#include <catch2/catch.hpp>

#include "tests/models/common/context_stub.h"
#include "tests/models/common/descriptors.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/common/script.h"

using namespace nonzero;

namespace {

struct Job {
    Cycles work;
    Cycles drain;
};

// Two bytes a job.
class Operands : public JobFetch {
  public:
    Operands(WorkContext& context, std::size_t jobs) : JobFetch(context) {
        for (std::size_t job = 0; job < jobs; ++job) {
            add_job({2 * job, 2});
        }
    }
    std::span<const std::uint8_t> of(std::size_t job, std::size_t part) const override {
        return bytes_of(job).subspan(part, 1);
    }

  private:
    nz_region whole() const override { return {0, 2 * jobs()}; }
};

struct Event {
    std::string what;
    int job;
    Cycles cycle;
    friend bool operator==(const Event&, const Event&) = default;
};

std::ostream& operator<<(std::ostream& out, const Event& event) {
    return out << event.what << " " << event.job << " at " << event.cycle;
}

class Array : public BarrierEngine {
  public:
    Array(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics)
        : BarrierEngine(name, 3, {"row", "rows"}, clock, statistics, nullptr) {}

    std::vector<Job> jobs;
    bool all_at_once = true;
    int malformed = -1;
    std::vector<Event> events;

    std::uint32_t capabilities() const override { return 1U << NZ_OP_CONV; }

  private:
    nz_error check(const nz_descriptor&) const override { return NZ_ERROR_NONE; }
    void set_up(const nz_descriptor&, WorkContext& context, Completion&) override {
        fetch_jobs(std::make_unique<Operands>(context, jobs.size()), all_at_once);
    }
    std::optional<Cycles> compute(int job, const JobFetch& fetched, Completion&) override {
        events.push_back({"compute", job, now()});
        CHECK(fetched.of(std::size_t(job), 0)[0] == 2 * job);
        CHECK(fetched.of(std::size_t(job), 1)[0] == 2 * job + 1);
        return job == malformed ? std::nullopt : std::optional(jobs[std::size_t(job)].work);
    }
    void settle(int job, Cycles cycles) override {
        events.push_back({"settle", job, now()});
        CHECK(cycles == jobs[std::size_t(job)].work);
    }
    Cycles drain(int job) override { return jobs[std::size_t(job)].drain; }
    void end_drain(int job, Cycles cycles) override {
        events.push_back({"end_drain", job, now()});
        CHECK(cycles == jobs[std::size_t(job)].drain);
    }
    std::span<const std::uint8_t> output(Completion&) override { return {}; }
};

struct Bench : ModuleBench {
    explicit Bench(sc_core::sc_module_name module_name)
        : ModuleBench(module_name, "sequencer"), sequencer("sequencer", clock, statistics), context(clock) {
        for (int n = 0; n < 8; ++n) {
            context.memory.push_back(std::uint8_t(n));
        }
        layer.weights = {0x40, 8};
    }
    Array sequencer;
    ContextStub context;
    nz_descriptor layer = pointwise_descriptor(1, 1, 1, 1);
};

}  // namespace

TEST_CASE("jobs compute while those before them drain") {
    Bench bench("bench");
    bench.sequencer.jobs = {{10, 25}, {10, 2}, {4, 1}};
    Script::simulate([&] {
        const Completion done = bench.sequencer.execute(bench.layer, bench.context);
        // Job 2 takes the buffer that job 0 drains until 35; job 1 drains after it, until 37.
        CHECK(bench.sequencer.events == std::vector<Event>{{"compute", 0, 0},
                                                           {"settle", 0, 10},
                                                           {"compute", 1, 10},
                                                           {"settle", 1, 20},
                                                           {"end_drain", 0, 35},
                                                           {"compute", 2, 35},
                                                           {"end_drain", 1, 37},
                                                           {"settle", 2, 39},
                                                           {"end_drain", 2, 40}});
        CHECK(done.cycles == 40);
        CHECK(done.start == bench.clock(1));  // all operands were read at once before
        CHECK(bench.counter("rows") == 3);
        CHECK(bench.counter("computing") == 24);
        CHECK(bench.counter("memory") == 0);
        CHECK(bench.counter("layer_cycles") == 40);
    });
}

TEST_CASE("operands of the next job are read while one computes") {
    Bench bench("bench");
    bench.sequencer.jobs = {{10, 0}, {10, 0}, {10, 0}};
    bench.sequencer.all_at_once = false;
    bench.context.transfer_cycles = {7, 15, 3};
    Script::simulate([&] {
        const Completion done = bench.sequencer.execute(bench.layer, bench.context);
        CHECK(done.start == sc_core::SC_ZERO_TIME);
        REQUIRE(bench.context.started.size() == 3);
        CHECK(bench.context.started[1].time == bench.clock(7));
        CHECK(bench.context.started[2].time == bench.clock(22));
        CHECK(done.cycles == 7 + 15 + 10 + 10);
        CHECK(bench.counter("memory") == (7 + 5) * 3);  // of three units
        CHECK(bench.context.open_transfers() == 0);
    });
}

TEST_CASE("operands that no unit can read end the layer") {
    Bench bench("bench");
    bench.sequencer.jobs = {{10, 5}, {10, 5}};
    bench.sequencer.malformed = 1;
    Script::simulate([&] {
        std::uint64_t address = 0;
        CHECK(fault_of(bench, bench.layer, &address) == NZ_ERROR_DATA);
        CHECK(address == 0x40);
        CHECK(bench.counter("rows") == 1);
        CHECK(bench.counter("layers") == 0);
        // The next layer begins afresh.
        bench.sequencer.reset();
        bench.sequencer.malformed = -1;
        bench.sequencer.events.clear();
        CHECK(bench.sequencer.execute(bench.layer, bench.context).cycles == 25);
        CHECK(bench.sequencer.events.front() == Event{"compute", 0, 0});
    });
}
