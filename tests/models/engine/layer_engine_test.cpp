// LayerEngine on an accelerator of a few lines: it adds one to every byte of its input, a byte per cycle.

#include "models/engine/layer_engine.h"

#include <catch2/catch.hpp>

#include "tests/models/common/context_stub.h"
#include "tests/models/common/descriptors.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/common/script.h"

using namespace nonzero;
using sc_core::sc_time_stamp;

namespace {

class Increment : public LayerEngine {
  public:
    Increment(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics)
        : LayerEngine(name, clock, statistics, nullptr) {}

    std::vector<std::string> asked;

    std::uint32_t capabilities() const override { return 1U << NZ_OP_CONV | 1U << NZ_OP_LOAD; }
    void reset() override {
        asked.emplace_back("reset");
        LayerEngine::reset();
    }

  private:
    nz_error check(const nz_descriptor& d) const override { return d.k == 1 ? NZ_ERROR_NONE : NZ_ERROR_CAPACITY; }
    void load_input(const nz_descriptor& d, WorkContext& context) override {
        asked.emplace_back("load_input");
        input_.resize(d.input.size);
        context.read(d.input.address, input_.data(), input_.size());
    }
    bool same_input(const nz_descriptor& load, const nz_descriptor& layer) const override { return load.w == layer.w; }
    void set_up(const nz_descriptor& d, WorkContext& context, Completion&) override {
        asked.emplace_back("set_up");
        std::uint8_t weight = 0;
        context.read(d.weights.address, &weight, 1);
    }
    Cycles run(const nz_descriptor&, WorkContext& context, Completion& completion) override {
        asked.emplace_back("run");
        CHECK(now() == 0);
        CHECK(loaded().input.address == 0);
        completion.products = input_.size();
        advance_to(input_.size() / 2, context);
        CHECK(now() == input_.size() / 2);
        for (std::uint8_t& value : input_) {
            ++value;
        }
        return input_.size();
    }
    std::span<const std::uint8_t> output(Completion& completion) override {
        asked.emplace_back("output");
        CHECK(now() == input_.size());
        completion.overflows = 5;
        return input_;
    }

    std::vector<std::uint8_t> input_;
};

struct Bench : ModuleBench {
    explicit Bench(sc_core::sc_module_name module_name)
        : ModuleBench(module_name, "sequencer"), sequencer("sequencer", clock, statistics), context(clock) {
        context.memory = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    }
    // Eight bytes from address 0, their sums at 16.
    static nz_descriptor layer(unsigned flags = 0) {
        nz_descriptor d = pointwise_descriptor(1, 1, 8, 1);
        d.flags = std::uint16_t(flags);
        d.input = {0, 8};
        d.weights = {8, 1};
        d.output = {16, 8};
        return d;
    }
    static nz_descriptor load() {
        nz_descriptor d = layer();
        d.opcode = NZ_OP_LOAD;
        return d;
    }

    Increment sequencer;
    ContextStub context;
};

}  // namespace

TEST_CASE("a layer is set up, run and written, each at its time") {
    Bench bench("bench");
    Script::simulate([&] {
        const Completion done = bench.sequencer.execute(Bench::layer(), bench.context);
        CHECK(bench.sequencer.asked == std::vector<std::string>{"load_input", "set_up", "run", "output"});
        CHECK(done.start == bench.clock(2));  // two reads of a cycle each
        CHECK(done.cycles == 8);
        CHECK(done.output_bytes == 8);
        CHECK(done.products == 8);
        CHECK(done.overflows == 5);
        CHECK(sc_time_stamp() == bench.clock(2 + 8 + 1));
        CHECK(bench.context.memory[16] == 2);
        CHECK(bench.context.memory[23] == 9);
        CHECK(bench.counter("layers") == 1);
        CHECK(bench.counter("layer_cycles") == 8);
        CHECK(bench.counter("setup_cycles") == 2);
    });
}

TEST_CASE("a LOAD is set-up and serves layers of its shape until it is replaced or reset") {
    Bench bench("bench");
    Script::simulate([&] {
        const nz_descriptor resident = Bench::layer(NZ_FLAG_INPUT_RESIDENT);
        CHECK(fault_of(bench, resident) == NZ_ERROR_NOT_RESIDENT);
        const Completion load = bench.sequencer.execute(Bench::load(), bench.context);
        CHECK(load.cycles == 1);
        CHECK(bench.counter("setup_cycles") == 1);
        CHECK(bench.counter("layers") == 0);
        bench.sequencer.asked.clear();
        CHECK(fault_of(bench, resident) == NZ_ERROR_NONE);
        CHECK(bench.sequencer.asked == std::vector<std::string>{"set_up", "run", "output"});
        CHECK(bench.context.memory[16] == 2);

        nz_descriptor other = resident;
        other.w = other.q = 4;
        CHECK(fault_of(bench, other) == NZ_ERROR_NOT_RESIDENT);
        CHECK(fault_of(bench, resident) == NZ_ERROR_NONE);
        CHECK(fault_of(bench, Bench::layer()) == NZ_ERROR_NONE);  // brings its own input
        CHECK(fault_of(bench, resident) == NZ_ERROR_NOT_RESIDENT);
        CHECK(fault_of(bench, Bench::load()) == NZ_ERROR_NONE);
        bench.sequencer.reset();
        CHECK(fault_of(bench, resident) == NZ_ERROR_NOT_RESIDENT);
    });
}

TEST_CASE("a layer that the machine refuses reads nothing") {
    Bench bench("bench");
    Script::simulate([&] {
        nz_descriptor layer = Bench::layer();
        layer.k = 2;
        CHECK(fault_of(bench, layer) == NZ_ERROR_CAPACITY);
        CHECK(bench.sequencer.asked.empty());
        CHECK(sc_time_stamp() == sc_core::SC_ZERO_TIME);
    });
}

TEST_CASE("an output beyond its capacity is not written") {
    Bench bench("bench");
    Script::simulate([&] {
        nz_descriptor layer = Bench::layer();
        layer.output.size = 7;
        std::uint64_t address = 0;
        CHECK(fault_of(bench, layer, &address) == NZ_ERROR_OUTPUT_SIZE);
        CHECK(address == 16);
        CHECK(bench.context.written_bytes == 0);
        CHECK(bench.counter("layers") == 0);
    });
}

TEST_CASE("an abort ends a layer where it waits") {
    Bench bench("bench");
    bench.context.abort_at = bench.clock(5);
    Script::simulate([&] {
        CHECK_THROWS_AS(bench.sequencer.execute(Bench::layer(), bench.context), Aborted);
        CHECK(sc_time_stamp() == bench.clock(5));
        CHECK(bench.counter("setup_cycles") == 2);
        CHECK(bench.counter("layer_cycles") == 0);
        CHECK(bench.counter("layers") == 0);
    });
}
