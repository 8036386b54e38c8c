// `nonzero compare` on small inputs: each platform's figures are those of `run`, the ratios follow from them.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

class Bench : public SmallFolder {
  public:
    Outcome compare(std::vector<std::string> more, const std::string& results = "c.json") const {
        std::vector<std::string> arguments{"compare", "scnn",        "dcnn",    "--network",  network(),
                                           "--json",  file(results), "--kinds", "convolution"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_program(arguments);
    }
    json run(const std::string& platform, std::vector<std::string> more) const {
        std::vector<std::string> arguments{"run",    platform,         "--network", network(),
                                           "--json", file("run.json"), "--kinds",   "convolution"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        REQUIRE(run_program(arguments).status == 0);
        return results("run.json");
    }
};

}  // namespace

TEST_CASE("a comparison holds what each platform's own run gives") {
    const Bench bench;
    const std::vector<std::string> more{"--output", "raw64"};
    const Outcome outcome = bench.compare(more);
    INFO(outcome.errors);
    REQUIRE(outcome.status == 0);
    CHECK(outcome.errors.empty());
    const json compared = bench.results("c.json");
    CHECK(compared["baseline"] == "dcnn");
    CHECK(compared["complete"] == true);
    REQUIRE(compared["masks"].size() == 1);
    const json& machines = compared["masks"][0]["machines"];
    REQUIRE(machines.size() == 2);
    for (const json& machine : machines) {
        const json alone = bench.run(machine["platform"], more);
        INFO(machine["platform"]);
        CHECK(machine["layers"] == alone["layers"]);
        CHECK(machine["totals"] == alone["totals"]);
        CHECK(machine["parameters"] == alone["parameters"]);
        CHECK(machine["area_mm2"] == alone["area_mm2"]);
    }
    const double scnn = machines[0]["totals"]["cycles"];
    const double dcnn = machines[1]["totals"]["cycles"];
    const double normalised = machines[1]["totals"]["other_cycles"]["normalised"];
    CHECK(machines[0]["speed_up_over_baseline"].get<double>() == Approx(dcnn / scnn));
    CHECK(machines[0]["speed_up_over_baseline_normalised"].get<double>() == Approx(normalised / scnn));
    CHECK(machines[1]["speed_up_over_baseline"] == 1.0);
    CHECK(machines[0]["energy_over_baseline"].get<double>() ==
          Approx(machines[0]["totals"]["energy_sum_pj"].get<double>() /
                 machines[1]["totals"]["energy_sum_pj"].get<double>()));
    CHECK_THAT(outcome.output, Contains("x dcnn") && Contains("x dcnn normalised") && Contains("scnn oracle") &&
                                   Contains("imbalance %") && Contains("total"));
    CHECK_THAT(outcome.output, !Contains("DIFFER"));
}

TEST_CASE("any number of workers and machines in any order compare alike") {
    const Bench bench;
    const std::vector<std::string> masks{"--sparsity", "uniform,correlated"};
    auto with_jobs = masks;
    with_jobs.insert(with_jobs.end(), {"--jobs", "3"});
    const Outcome alone = bench.compare(masks, "a.json");
    const Outcome parallel = bench.compare(with_jobs, "b.json");
    REQUIRE(alone.status == 0);
    CHECK(alone.output == parallel.output);
    CHECK(read_bytes(bench.file("a.json")) == read_bytes(bench.file("b.json")));

    const json compared = bench.results("a.json");
    REQUIRE(compared["masks"].size() == 2);
    CHECK(compared["masks"][0]["mask"] == "uniform");
    CHECK(compared["masks"][1]["mask"] == "correlated");
    CHECK(compared["workload"]["sparsity"] == json({"uniform", "correlated"}));
    for (const json& mask : compared["masks"]) {
        const json alone_mask = bench.run("scnn", {"--sparsity", mask["mask"]});
        CHECK(mask["machines"][0]["layers"] == alone_mask["layers"]);
    }
    CHECK_THAT(alone.output, Contains("correlated"));
}

TEST_CASE("another platform's right name is not taken for a slip") {
    const Outcome outcome = run_program({"compare", "scnn", "demm", "--network", "alexnet", "--baseline", "dcnn"});
    CHECK(outcome.status == 2);
    CHECK(outcome.errors == "nonzero: --baseline: 'dcnn' is not compared. Known: scnn, demm\n");
}

TEST_CASE("the baseline is the last platform or the one that is named") {
    const Bench bench;
    REQUIRE(bench.compare({"--baseline", "scnn", "--no-values"}).status == 0);
    const json compared = bench.results("c.json");
    CHECK(compared["baseline"] == "scnn");
    CHECK(compared["masks"][0]["machines"][0]["speed_up_over_baseline"] == 1.0);
    CHECK(compared["masks"][0]["machines"][1].contains("speed_up_over_baseline_oracle"));
}

TEST_CASE("parameters go to one platform or to all that have them") {
    const Bench bench;
    write_bytes(bench.file("scnn.json"), R"({"pe": {"kc": 4}})");
    REQUIRE(bench
                .compare({"--no-values", "--set", "pe.rows=4", "--set", "dcnn:pe.columns=2", "--set", "scnn:pe.i=2",
                          "--config", "scnn:" + bench.file("scnn.json")})
                .status == 0);
    const json compared = bench.results("c.json");
    const json& scnn = compared["masks"][0]["machines"][0]["parameters"];
    const json& dcnn = compared["masks"][0]["machines"][1]["parameters"];
    CHECK(scnn["pe.rows"] == 4);
    CHECK(dcnn["pe.rows"] == 4);
    CHECK(scnn["pe.columns"] == 8);
    CHECK(dcnn["pe.columns"] == 2);
    CHECK(scnn["pe.i"] == 2);
    CHECK(scnn["pe.kc"] == 4);
}

TEST_CASE("real masks stand beside generated ones of their densities") {
    const TemporaryDirectory folder;
    write_tensors(folder.file("."), 2);
    const Outcome outcome = run_program({"compare", "scnn", "dcnn", "--tensors", folder.file("."), "--sparsity",
                                         "real,uniform,correlated", "--json", folder.file("c.json")});
    INFO(outcome.errors);
    REQUIRE(outcome.status == 0);
    CHECK_THAT(outcome.output, Contains("for this data, scnn: operand.bits = 16"));
    const json compared = json::parse(read_bytes(folder.file("c.json")));
    REQUIRE(compared["masks"].size() == 3);
    const json& real = compared["masks"][0]["machines"][0]["layers"];
    const json& uniform = compared["masks"][1]["machines"][0]["layers"];
    REQUIRE(real.size() == uniform.size());
    for (std::size_t n = 0; n < real.size(); ++n) {
        CHECK(real[n]["checks"]["data_set_sha256"] == "passed");
        CHECK_FALSE(uniform[n]["checks"].contains("data_set_sha256"));
        CHECK(uniform[n]["checks"]["values"] == "passed");
        CHECK(uniform[n]["weights"]["density"].get<double>() ==
              Approx(real[n]["weights"]["density"].get<double>()).margin(0.25));
    }
}

namespace {

// Of SCNN's speed over DCNN's on AlexNet, up to what is published.
std::string published_line(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"compare", "scnn", "dcnn", "--no-values", "--network", "alexnet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run_program(arguments);
    INFO(outcome.errors);
    REQUIRE(outcome.status == 0);
    const std::size_t begin = outcome.output.find("scnn over dcnn normalised: ");
    REQUIRE(begin != std::string::npos);
    return outcome.output.substr(begin, outcome.output.find(" published", begin) - begin);
}

}  // namespace

TEST_CASE("what the paper publishes stands beside its own workload only") {
    const std::vector<std::string> published{"compare", "dcnn",        "scnn",        "--baseline", "dcnn",
                                             "--kinds", "convolution", "--no-values", "--network"};
    const auto compared = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments = published;
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = run_program(arguments);
        REQUIRE(outcome.status == 0);
        return outcome.output;
    };
    const std::string alexnet = compared({"alexnet"});
    CHECK_THAT(alexnet, Contains("scnn over dcnn normalised: speed-up ") && Contains(" here, 2.37 published ("));
    CHECK_THAT(alexnet, Contains("scnn over dcnn: energy ") && Contains(" here, 2.30 published ("));
    CHECK_THAT(compared({"alexnet", "--weight-density", "0.5"}), !Contains("published ("));
    CHECK_THAT(alexnet, Contains("input densities are Han's"));  // what the figure rests on
    CHECK_THAT(compared({"alexnet", "--density-scale", "0.5"}), !Contains("published ("));
    CHECK_THAT(compared({"alexnet", "--weight-density-scale", "0.5"}), !Contains("published ("));
}

TEST_CASE("what is published does not depend on the baseline or on other layers") {
    const std::string convolutions = published_line({"--kinds", "convolution"});
    CHECK_THAT(convolutions, !Contains("multipliers"));
    CHECK(published_line({"--baseline", "scnn"}) == convolutions);
}

TEST_CASE("what is published counts multipliers") {
    CHECK_THAT(published_line({"--kinds", "convolution", "--set", "scnn:pe.rows=4"}),
               Contains("speed-up for equally many multipliers "));
}

TEST_CASE("comparisons that cannot be are refused in one line") {
    const Bench bench;
    const auto refused = [&](std::vector<std::string> arguments, const std::vector<std::string>& named) {
        arguments.insert(arguments.begin(), "compare");
        arguments.insert(arguments.end(), {"--network", bench.network()});
        const Outcome outcome = run_program(arguments);
        INFO(outcome.errors);
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        for (const std::string& name : named) {
            CHECK_THAT(outcome.errors, Contains(name));
        }
    };
    refused({}, {"at least two platforms"});
    refused({"scnn"}, {"at least two platforms"});
    refused({"scnn", "scnn"}, {"scnn", "twice"});
    refused({"scnn", "dcn"}, {"dcn", "did you mean 'dcnn'"});
    refused({"scnn", "dcnn", "--baseline", "scn"}, {"--baseline", "'scnn'"});
    refused({"scnn", "dcnn", "--set", "pe.row=4"}, {"--set", "pe.row", "'pe.rows'"});
    refused({"scnn", "dcnn", "--set", "dcn:pe.rows=4"}, {"--set", "dcn", "'dcnn'"});
    refused({"scnn", "dcnn", "--set", "dcnn:pe.i=4"}, {"pe.i"});
    refused({"scnn", "dcnn", "--config", "x.json"}, {"--config", "scnn:x.json"});
    refused({"scnn", "dcnn", "--json", "/nonexistent/x.json"}, {"--json"});
    refused({"scnn", "dcnn", "--sparsity", "real"}, {"--sparsity", "--tensors"});
}
