#include "tests/platforms/real_networks.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/common/real_data.h"
#include "workloads/gemm.h"

namespace nonzero::test {

namespace {

class CheckedTasks : public LayerTasks {
  public:
    CheckedTasks(const Workload& workload, const Simulation& simulation, const EachLayer& each)
        : workload_(workload), simulation_(simulation), each_(each) {}

    std::optional<std::size_t> next() override {
        return next_ < workload_.layers.size() ? std::optional(next_++) : std::nullopt;
    }
    void deliver(std::size_t layer, std::vector<LayerResult> results) override {
        INFO(workload_.layers[layer].layer.name);
        for (const LayerResult& result : results) {
            CHECK(result.values);
            for (const Check& check : result.checks) {
                INFO(check.name << ": " << check.problem);
                CHECK(check.passed);
                CHECK(check.skipped.empty());
            }
        }
        each_(workload_.layers[layer], simulation_, results);
    }

  private:
    const Workload& workload_;
    const Simulation& simulation_;
    const EachLayer& each_;
    std::size_t next_ = 0;
};

}  // namespace

void run_checked(const Workload& workload, const std::vector<PlannedMachine>& machines, const EachLayer& each) {
    PlannedRun run = plan_run({}, machines);
    run.outputs = true;
    Simulation simulation(workload, machines, run);
    CheckedTasks tasks(workload, simulation, each);
    CHECK(simulation.run(tasks));
}

void run_real_network(const std::string& kind, const std::string& name, const Settings& settings,
                      const EachRealLayer& each) {
    std::vector<PlannedMachine> machines;
    machines.push_back(plan_machine({kind, {}, settings, {}}));
    WorkloadSpec spec;
    spec.tensors = real_data(name);
    const Workload workload = plan_workload(spec, machines);
    CHECK(workload.layers.size() == workload.tensors->layers().size());
    run_checked(
        workload, machines,
        [&](const PlannedLayer& planned, const Simulation& simulation, const std::vector<LayerResult>& results) {
            const LayerResult& result = results.front();
            CHECK(result.overflows == 0);
            for (const char* const of_data_set : {"data_set_products", "data_set_sha256"}) {
                CHECK(std::any_of(result.checks.begin(), result.checks.end(),
                                  [&](const Check& check) { return check.name == of_data_set; }));
            }
            if (each) {
                each(*planned.real, simulation.platform(0), result);
            }
        });
}

void run_derived_cases(const std::string& kind, const std::string& name, std::optional<int> window, std::size_t cases,
                       const EachDerivedCase& each) {
    const nlohmann::json data = nlohmann::json::parse(std::ifstream(real_data("nm_derived.json")));
    const RealNetwork network = RealNetwork::open(real_data(name));
    std::vector<nlohmann::json> expected;
    std::vector<GivenLayer> layers;
    for (const nlohmann::json& derived : data["cases"]) {
        const NmPattern pattern{derived["N"], derived["M"]};
        if (derived["network"] != name || (window && pattern.m != *window)) {
            continue;
        }
        const RealLayer* const real = network.find(derived["layer"]);
        REQUIRE(real != nullptr);
        LayerTensors tensors = network.load(*real, derived["photo"]);
        Operands matrix = gemm_weights(real->layer, tensors.weights);
        prune_to_largest(matrix, pattern);
        GivenLayer given;
        given.layer = real->layer;
        given.layer.name += " at " + to_string(pattern);
        given.weights = layer_weights(real->layer, matrix);
        given.input = std::move(tensors.input);
        given.pattern = pattern;
        layers.push_back(std::move(given));
        expected.push_back(derived);
    }
    CHECK(layers.size() == cases);
    std::vector<PlannedMachine> machines;
    machines.push_back(plan_machine({kind, {}, {}, {}}));
    derive_widths(machines.front(), network);
    std::size_t checked = 0;
    run_checked(
        plan_workload(layers, machines), machines,
        [&](const PlannedLayer& planned, const Simulation& simulation, const std::vector<LayerResult>& results) {
            CHECK(sha256_of(results.front().sums) == expected[checked]["y_sha256_nobias"]);
            CHECK(results.front().useful_products == expected[checked]["nz_macs"]);
            if (each) {
                each(planned.layer, *planned.given->pattern, simulation.platform(0));
            }
            ++checked;
        });
    CHECK(checked == cases);
}

}  // namespace nonzero::test
