#include "study/network_task.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "study/worker_pool.h"
#include "tests/common/temporary_directory.h"
#include "tests/workloads/small_graph.h"

using namespace nonzero;
using Catch::Matchers::Contains;

namespace {

class Study {
  public:
    Study() {
        test::write_small_graph(directory_.file("net"));
        MachineSpec machine;
        machine.platform = "demm";
        machines.push_back(plan_machine(machine));
        WorkloadSpec spec;
        spec.tensors = directory_.file("net");
        spec.whole_network = true;
        workload = plan_workload(spec, machines);
    }

    std::vector<PlannedMachine> machines;
    Workload workload;

  private:
    test::TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("a network whose machine is right goes the reference's way") {
    Study study;
    NetworkTask task(study.workload, study.machines);
    std::vector<Operands> outputs;
    walk_network(*study.workload.whole, "", [&](std::size_t layer, const ReferenceLayer& values) {
        const LayerData& data = task.data(0);
        CHECK(data.tensors->input == values.input);
        CHECK(data.exact == values.sums);
        // The stored inputs of this data set are not those that the layers before make.
        CHECK(data.other_input == (layer != 0));
        const Expectation expectation = task.expect(0);
        CHECK(expectation.output == values.output);
        CHECK(expectation.of_network);
        LayerResult result;
        task.put(0, expectation.output, result);
        CHECK((*result.facts)["output"]["sha256"] == sha256_of(values.output));
        CHECK(result.checks.size() == (layer == 4 ? 1 : 0));
        CHECK(result.passed());
    });
}

TEST_CASE("a wrong output goes on into the layers behind, and the reference stays right") {
    Study study;
    NetworkTask task(study.workload, study.machines);
    LayerResult last;
    bool differed = false;
    walk_network(*study.workload.whole, "", [&](std::size_t layer, const ReferenceLayer& values) {
        const LayerData data = task.data(0);
        const Expectation expectation = task.expect(0);
        CHECK(expectation.output == values.output);
        differed = differed || data.tensors->input != values.input;
        const auto processing = *expectation.post_processing;
        Operands output = post_process(data.exact, processing);
        if (layer == 0) {
            for (auto& value : output.data) {
                value = std::int16_t(200 - value);
            }
        }
        last = {};
        last.name = "last";
        task.put(0, output, last);
    });
    CHECK(differed);
    CHECK_FALSE(last.passed());
    CHECK_THAT(last.checks.back().problem, Contains("the network's output has SHA-256"));
}

TEST_CASE("where an output cannot be read the reference goes on") {
    Study study;
    NetworkTask task(study.workload, study.machines);
    task.data(0);
    const Operands expected = task.expect(0).output;
    LayerResult result;
    task.put(0, std::nullopt, result);
    CHECK((*result.facts)["output"]["sha256"] == "");
    CHECK(task.data(0).tensors->input == expected);
}

TEST_CASE("another process takes a network through its layers in order") {
    Study study;
    const PlannedRun run = plan_run({}, study.machines);
    const std::vector<Task> tasks = longest_first(study.workload);
    REQUIRE(tasks.size() == 1);
    CHECK(tasks[0].first == 0);
    CHECK(tasks[0].layers == 5);
    WorkerPool pool(study.workload, study.machines, run, tasks, 1);
    std::vector<std::size_t> layers;
    std::string last;
    CHECK(pool.run([&](std::size_t layer, const std::vector<LayerResult>& results) {
        layers.push_back(layer);
        REQUIRE(results.size() == 1);
        CHECK(results[0].passed());
        last = (*results[0].facts)["output"]["sha256"];
    }));
    CHECK(layers == std::vector<std::size_t>{0, 1, 2, 3, 4});
    CHECK(last == sha256_of(walk_network(*study.workload.whole, "")));
}
