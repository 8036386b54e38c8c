// Simulated time is not long enough for what a run was asked for.

#include <catch2/catch.hpp>

#include "study/simulation.h"
#include "tests/common/error_of.h"
#include "tests/common/random_layers.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct OneLayer : LayerTasks {
    std::optional<std::size_t> next() override { return asked++ == 0 ? std::optional<std::size_t>(0) : std::nullopt; }
    void deliver(std::size_t, std::vector<LayerResult> results) override { delivered += results.size(); }
    int asked = 0;
    std::size_t delivered = 0;
};

}  // namespace

TEST_CASE("a layer that runs into the end of simulated time is bad input and has no result") {
    Workload workload;
    PlannedLayer planned;
    planned.layer = square_convolution("slow", 4, 4, 6, 3);
    planned.weight_density = planned.activation_density = 0.5;
    workload.layers.push_back(planned);
    workload.masks = {Mask::uniform};
    std::vector<PlannedMachine> machines;
    machines.push_back(plan_machine({"dcnn", {}, {}, {}}));
    PlannedRun run;
    run.dram.base = Standalone::kBase;
    run.dram.latency = sc_core::sc_time::from_value(std::uint64_t{1} << 62);

    Simulation simulation(workload, machines, run);
    OneLayer tasks;
    CHECK_THAT(error_of([&] { simulation.run(tasks); }),
               Catch::StartsWith("a response of memory would come after the end of simulated time") &&
                   Catch::Contains("dram_latency"));
    CHECK(tasks.delivered == 0);
}
