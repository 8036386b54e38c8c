// nonzero schedule: the golden rows of opu_facts.md 11.1 and 11.2 through the command, and what it refuses.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/common/real_data.h"
#include "tests/common/timeline_reader.h"
#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

std::vector<std::string> words(const std::string& machine, const std::vector<std::string>& more) {
    std::vector<std::string> all{"schedule", machine};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

json plan(const std::string& machine, const std::string& network, std::vector<std::string> more = {}) {
    const SmallFolder folder;
    more.insert(more.end(), {"--network", network, "--json", folder.file("plan.json")});
    const Outcome outcome = run_program(words(machine, more));
    INFO(outcome.errors);
    REQUIRE(outcome.status == 0);
    CHECK(outcome.errors.empty());
    return folder.results("plan.json");
}

std::string refusal(const std::string& machine, const std::vector<std::string>& more) {
    const Outcome outcome = run_program(words(machine, more));
    CHECK(outcome.status == 2);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK(outcome.output.empty());
    return outcome.errors;
}

double to_tenth(double value) {
    return std::round(value * 10) / 10;
}

}  // namespace

TEST_CASE("golden rows of a pair come through the command") {
    struct Row {
        std::string network, dram;
        double pair, image, steady;
        std::size_t groups;
    };
    const std::vector<Row> rows{
        {"mobilenet_v1", "own", 889674.125, 747813.125, 876930.125, 16},
        {"mobilenet_v1", "shared", 902456.125, 747813.125, 896385.625, 0},
        {"mobilenet_v2", "own", 561081, 470355.125, 548337, 26},
        {"mobilenet_v2", "shared", 595134.375, 487053.875, 589063.875, 20},
        {"squeezenet_1_1_224", "own", 527546.5, 430615, 527546.5, 7},
        {"squeezenet_1_1_224", "shared", 527546.5, 430615, 527546.5, 7},
    };
    for (const Row& row : rows) {
        INFO(row.network << " " << row.dram);
        const json found = plan("dual_opu", row.network, {"--set", "memory.dram=" + row.dram, "--images", "5"});
        const json& totals = found.at("totals");
        CHECK(totals.at("pair_cycles") == row.pair);
        CHECK(totals.at("image_cycles") == row.image);
        CHECK(totals.at("steady_pair_cycles") == row.steady);
        CHECK(totals.at("cycles") == 2 * row.pair + row.image);
        CHECK(totals.at("heuristic_pair_cycles") >= row.pair);
        if (row.groups > 0) {
            CHECK(found.at("groups").size() == row.groups);
        }
        double slots = 0;
        for (const json& slot : found.at("slots")) {
            CHECK(slot.at("begin") == slots);
            slots += slot.at("cycles").get<double>();
        }
        CHECK(slots == row.pair);
    }
}

TEST_CASE("golden rows of a core alone and of the public compiler come through the command") {
    const std::vector<std::pair<std::string, double>> single{
        {"mobilenet_v1", 574657.125}, {"mobilenet_v2", 389388.125}, {"squeezenet_1_1_224", 324511}};
    for (const auto& [network, cycles] : single) {
        CHECK(plan("single_opu", network).at("totals").at("image_cycles") == cycles);
    }
    const std::vector<std::pair<std::string, int>> compiler{
        {"mobilenet_v1", 593512}, {"mobilenet_v2", 417974}, {"squeezenet_1_1_224", 358822}};
    for (const auto& [network, cycles] : compiler) {
        const json found = plan("single_opu", network, {"--timing", "opu_compiler", "--images", "1"});
        CHECK(found.at("timing") == "opu_compiler");
        CHECK(found.at("multipliers") == 1024);
        CHECK(found.at("totals").at("cycles") == cycles);
    }
}

TEST_CASE("rates and efficiencies of the closed form come through the command") {
    const json dual = plan("dual_opu", "squeezenet_1_0_224", {"--set", "memory.dram=own"}).at("totals");
    CHECK(to_tenth(dual.at("images_per_second")) == 252.8);
    CHECK(std::round(dual.at("efficiency").get<double>() * 1000) == 647);
    const json shared =
        plan("dual_opu", "mobilenet_v2", {"--set", "timing.overhead=1000", "--set", "memory.bandwidth=32"});
    CHECK(to_tenth(shared.at("totals").at("images_per_second")) == 415.7);
    const json alike = plan("homogeneous_dual_opu", "mobilenet_v1", {"--set", "memory.dram=own"});
    CHECK(to_tenth(alike.at("totals").at("images_per_second")) == 411.5);
    CHECK(alike.at("multipliers") == 1584);
    const json regular = plan("single_opu", "mobilenet_v1", {"--set", "core.kind=regular", "--set", "core.width=8"});
    CHECK(to_tenth(regular.at("totals").at("images_per_second")) == 251.4);
    // The clock moves rates alone.
    const json slow = plan("single_opu", "mobilenet_v1", {"--set", "clock.period_ps=10000"}).at("totals");
    CHECK(slow.at("cycles") == 2 * 574657.125);
    CHECK(to_tenth(slow.at("images_per_second")) == 174.0);
}

TEST_CASE("cut layers gain and cover their rows") {
    const json found = plan("dual_opu", "squeezenet_1_1_224", {"--split"});
    CHECK(found.at("totals").at("pair_cycles") < 527546.5);
    CHECK(found.at("totals").at("whole_layer_pair_cycles") == 527546.5);
    std::map<std::string, int> rows;
    bool cut = false;
    for (const json& layer : found.at("layers")) {
        CHECK(layer.at("first_row") == rows[layer.at("name")]);
        rows[layer.at("name")] += layer.at("rows").get<int>();
        cut = cut || layer.at("whole") == false;
    }
    CHECK(cut);
    CHECK(rows.at("conv1") == 111);
}

TEST_CASE("several networks are one list") {
    const SmallFolder folder;
    const Outcome outcome = run_program(
        {"schedule", "dual_opu", "--network", "mobilenet_v1,mobilenet_v2", "--json", folder.file("plan.json")});
    REQUIRE(outcome.status == 0);
    CHECK_THAT(outcome.output, Contains("mobilenet_v1 then mobilenet_v2") && Contains("mobilenet_v2/conv1"));
    const json found = folder.results("plan.json");
    CHECK(found.at("networks").size() == 2);
    CHECK(found.at("layers").size() == 28 + 53);
    const double apart = 902456.125 + 595134.375;
    CHECK(found.at("totals").at("pair_cycles") <= apart);
}

TEST_CASE("the data sets' shapes are scheduled", "[real]") {
    const std::vector<std::pair<std::string, double>> rows{{"resnet8_cifar_mlperf", 29123.15625},
                                                           {"person_detect_tflm", 27831.03125}};
    for (const auto& [name, cycles] : rows) {
        const SmallFolder folder;
        const Outcome outcome =
            run_program({"schedule", "dual_opu", "--tensors", real_data(name), "--json", folder.file("plan.json")});
        REQUIRE(outcome.status == 0);
        CHECK(folder.results("plan.json").at("totals").at("pair_cycles") == cycles);
    }
}

TEST_CASE("the timeline has every layer of every image on its core") {
    const SmallFolder folder;
    const Outcome outcome = run_program({"schedule", "dual_opu", "--network", "squeezenet_1_1_224", "--images", "3",
                                         "--timeline", folder.file("t.json"), "--json", folder.file("plan.json")});
    REQUIRE(outcome.status == 0);
    const auto tracks = read_timeline(folder.file("t.json"));
    REQUIRE(tracks.size() == 2);
    const TimelineTrack& regular = tracks.at("core 0: C(128,8)");
    const TimelineTrack& depthwise = tracks.at("core 1: P(64,9)");
    CHECK(regular.slices.size() + depthwise.slices.size() == 3 * 26);
    const double cycles = folder.results("plan.json").at("totals").at("cycles");
    CHECK(std::max(regular.end_ps(), depthwise.end_ps()) == std::uint64_t(cycles * 5000));
    for (const TimelineTrack* track : {&regular, &depthwise}) {
        std::vector<TimelineSlice> slices = track->slices;
        std::sort(slices.begin(), slices.end(),
                  [](const TimelineSlice& a, const TimelineSlice& b) { return a.begin_ps < b.begin_ps; });
        for (std::size_t n = 1; n < slices.size(); ++n) {
            CHECK(slices[n].begin_ps >= slices[n - 1].end_ps);
        }
    }
}

TEST_CASE("what cannot be scheduled is refused by name") {
    CHECK_THAT(refusal("dual_opu", {"--network", "bert_base"}),
               Contains("'bert_base'") && Contains("self.scores") && Contains("no core runs it"));
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v2", "--images", "0"}), Contains("--images: 0 is outside"));
    CHECK_THAT(refusal("dual_op", {"--network", "mobilenet_v2"}), Contains("did you mean 'dual_opu'?"));
    CHECK_THAT(refusal("scnn", {"--network", "mobilenet_v2"}),
               Contains("unknown machine 'scnn'") && Contains("single_opu"));
    CHECK_THAT(refusal("dual_opu", {}), Contains("give either --network or --tensors"));
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v3"}), Contains("unknown network 'mobilenet_v3'"));
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v2", "--timing", "event"}), Contains("not simulated yet"));
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v2", "--timing", "opu_sim"}), Contains("single phases"));
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v2", "--timing", "opu_compiler"}), Contains("single_opu"));
    CHECK_THAT(refusal("single_opu", {"--network", "mobilenet_v2", "--timing", "opu_compiler", "--set", "core.pes=64"}),
               Contains("core.pes has no part in it"));
    CHECK_THAT(refusal("single_opu", {"--network", "mobilenet_v2", "--split"}), Contains("--split: a single core"));
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v2", "--set", "regular.pes=0"}),
               Contains("outside 1 .. 4096"));
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v2", "--set", "operand.bits=12"}),
               Contains("neither 8 nor 16"));
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v2", "--images", "1001", "--timeline", "t.json"}),
               Contains("--timeline: of at most 1000 images"));
    const SmallFolder folder;
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v2", "--json", folder.file("a.json"), "--timeline",
                                    folder.file("a.json")}),
               Contains("--json and --timeline would both write"));
    CHECK_THAT(refusal("dual_opu", {"--network", "mobilenet_v2", "--timeline", folder.file("no/t.json")}),
               Contains("--timeline: cannot write"));
    write_bytes(folder.file("pool.json"), R"({"schema": 1, "name": "pool", "title": "t", "source": "s", "layers": [
        {"name": "p", "kind": "max_pool", "inputs": ["input"], "in": [4, 8, 8], "kernel": 2, "stride": 2}]})");
    CHECK_THAT(refusal("dual_opu", {"--network", folder.file("pool.json")}), Contains("no layer with weights"));
}

TEST_CASE("a refused schedule leaves no earlier plan, and no input is overwritten") {
    const SmallFolder folder;
    write_bytes(folder.file("plan.json"), "{}");
    CHECK(run_program({"schedule", "dual_opu", "--network", "bert_base", "--json", folder.file("plan.json")}).status ==
          2);
    CHECK(!std::filesystem::exists(folder.file("plan.json")));
    CHECK_THAT(refusal("dual_opu", {"--network", folder.network(), "--json", folder.network()}),
               Contains("which --network reads"));
    CHECK(std::filesystem::exists(folder.network()));
}

TEST_CASE("planned machines are told apart from simulated ones") {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"run", "dual_opu", "--network", "mobilenet_v2"},
          {"compare", "scnn", "single_opu", "--network", "mobilenet_v2"},
          {"describe", "platform", "homogeneous_dual_opu"}}) {
        const Outcome outcome = run_program(arguments);
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK_THAT(outcome.errors, Contains("is planned, not simulated yet; 'nonzero schedule"));
    }
}

TEST_CASE("planned machines have parameters to be shown") {
    const Outcome shown = run_program({"params", "dual_opu"});
    CHECK(shown.status == 0);
    CHECK_THAT(shown.output, Contains("regular.pes") && Contains("memory.dram"));
    CHECK_THAT(run_program({"params", "single_opu"}).output, Contains("core.kind") && !Contains("memory.dram"));
}
