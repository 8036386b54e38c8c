// nonzero tune: the golden search of opu_facts.md 11.1 through the command, device files, and what it refuses.

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "study/device_file.h"
#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

const char* const three = "mobilenet_v1,mobilenet_v2,squeezenet_1_1_224";

std::string refusal(const std::vector<std::string>& arguments) {
    const Outcome outcome = run_program(arguments);
    CHECK(outcome.status == 2);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK(outcome.output.empty());
    return outcome.errors;
}

// The built-in device as a file, to be changed.
json builtin_device() {
    json device{{"schema", 1}, {"title", "t"}, {"node", "n"}, {"entries", json::array()}};
    for (const DeviceEntry& entry : load_device("xc7k325t").entries) {
        device["entries"].push_back(
            {{"name", entry.name}, {"value", entry.value}, {"source", entry.source}, {"estimate", entry.estimate}});
    }
    return device;
}

}  // namespace

TEST_CASE("the golden search comes through the command") {
    struct Row {
        std::string dram;
        int evaluated;
        double rate;
    };
    for (const Row& row : {Row{"own", 283, 635.73}, Row{"shared", 301, 618.76}}) {
        const SmallFolder folder;
        const Outcome outcome = run_program(
            {"tune", "--networks", three, "--set", "memory.dram=" + row.dram, "--json", folder.file("shapes.json")});
        REQUIRE(outcome.status == 0);
        CHECK_THAT(outcome.output, Contains("1824 shapes, 693 fit") && Contains("the bound ruled out"));
        const json found = folder.results("shapes.json");
        CHECK(
            found.at("search") ==
            json{{"shapes", 1824}, {"fitting", 693}, {"evaluated", row.evaluated}, {"ruled_out", 693 - row.evaluated}});
        const json& best = found.at("best");
        CHECK(best.at("shape") == "C(256,4)+P(64,9)");
        CHECK(std::round(best.at("images_per_second").get<double>() * 100) / 100 == row.rate);
        CHECK(best.at("dsps") == 832);

        const json& front = found.at("front");
        CHECK(front.back() == best);
        for (std::size_t n = 1; n < front.size(); ++n) {
            CHECK(front[n].at("dsps") > front[n - 1].at("dsps"));
            CHECK(front[n].at("images_per_second") > front[n - 1].at("images_per_second"));
        }
        for (const json& entry : found.at("device").at("entries")) {
            CHECK(!entry.at("source").get<std::string>().empty());
        }
    }
}

TEST_CASE("the built-in device is the model's own") {
    const opu::Device found = load_device("xc7k325t").device;
    const opu::Device own;
    CHECK(found.dsps == own.dsps);
    CHECK(found.luts == own.luts);
    CHECK(found.bram36 == own.bram36);
    CHECK(found.dsps_of_multiplier == own.dsps_of_multiplier);
    CHECK(found.control_dsps == own.control_dsps);
    CHECK(found.luts_of_multiplier == own.luts_of_multiplier);
    CHECK(found.luts_of_window_pe == own.luts_of_window_pe);
    CHECK(found.luts_of_core == own.luts_of_core);
    CHECK(found.feature_bits == own.feature_bits);
    CHECK(found.weight_bits == own.weight_bits);
    CHECK(found.bias_bits == own.bias_bits);
    CHECK(found.partial_sum_bits == own.partial_sum_bits);
    CHECK(found.instruction_bits == own.instruction_bits);
}

TEST_CASE("a device of one's own is searched, and one without room refused") {
    const SmallFolder folder;
    json device = builtin_device();
    device["entries"][0]["value"] = 200;
    write_bytes(folder.file("small_device.json"), device.dump());
    const Outcome outcome = run_program({"tune", "--networks", "squeezenet_1_1_224", "--device",
                                         folder.file("small_device.json"), "--json", folder.file("shapes.json")});
    REQUIRE(outcome.status == 0);
    CHECK(folder.results("shapes.json").at("best").at("dsps") <= 200);
    device["entries"][0]["value"] = 100;
    write_bytes(folder.file("small_device.json"), device.dump());
    CHECK_THAT(
        refusal({"tune", "--networks", "squeezenet_1_1_224", "--device", folder.file("small_device.json")}),
        Contains("100 DSPs") && Contains("too few for any shape; the smallest, C(16,4)+P(16,9), takes 136 DSPs"));
}

TEST_CASE("a bad device file is one line that names the entry") {
    const auto told = [](const json& device) {
        const SmallFolder folder;
        write_bytes(folder.file("d.json"), device.dump());
        return refusal({"tune", "--networks", "mobilenet_v2", "--device", folder.file("d.json")});
    };
    json device = builtin_device();
    device["entries"][0]["value"] = 840.5;
    CHECK_THAT(told(device), Contains("d.json, entry 1, field 'value': is 840.5; give a whole number"));
    device["entries"][0]["value"] = -1;
    CHECK_THAT(told(device), Contains("entry 1, field 'value': is -1"));
    device["entries"][0] = {{"name", "dsp"}, {"value", 1}, {"source", "s"}, {"estimate", true}};
    CHECK_THAT(told(device), Contains("'dsp' is unknown, did you mean 'dsps'?"));
    device = builtin_device();
    device["entries"].erase(0);
    CHECK_THAT(told(device), Contains("has no entry 'dsps'"));
    device = builtin_device();
    device["entries"].push_back(device["entries"][0]);
    CHECK_THAT(told(device), Contains("second entry of 'dsps'"));
    device = builtin_device();
    device["entries"][2]["source"] = "";
    CHECK_THAT(told(device), Contains("entry 3") && Contains("'source'"));
    device = builtin_device();
    device["entries"][2].erase("estimate");
    CHECK_THAT(told(device), Contains("entry 3, field 'estimate': missing"));
    CHECK_THAT(told(json::array()), Contains("is not a JSON object; docs/models/dual_opu.md"));
    CHECK_THAT(refusal({"tune", "--networks", "mobilenet_v2", "--device", "xc7k32"}),
               Contains("did you mean 'xc7k325t'?"));
    CHECK_THAT(refusal({"tune", "--networks", "mobilenet_v2", "--device", "./none.json"}), Contains("none.json"));
}

TEST_CASE("what cannot be tuned for is refused by name") {
    CHECK_THAT(refusal({"tune"}), Contains("--networks"));
    CHECK_THAT(refusal({"tune", "--networks", "mobilenet_v1,"}), Contains("a name is missing beside a comma"));
    CHECK_THAT(refusal({"tune", "--networks", "mobilenet_v1,vit_base_16"}),
               Contains("'vit_base_16'") && Contains("no core runs it"));
    CHECK_THAT(refusal({"tune", "--networks", "mobilenet_v1", "--set", "regular.pes=4"}), Contains("regular.pes"));
}

TEST_CASE("no input of the search is overwritten, and a refused one leaves no earlier shapes") {
    const SmallFolder folder;
    const std::string list = "mobilenet_v1," + folder.network();
    CHECK_THAT(refusal({"tune", "--networks", list, "--json", folder.network()}), Contains("which --networks reads"));
    write_bytes(folder.file("d.json"), builtin_device().dump());
    CHECK_THAT(
        refusal({"tune", "--networks", list, "--device", folder.file("d.json"), "--json", folder.file("d.json")}),
        Contains("which --device reads"));
    CHECK(read_bytes(folder.file("d.json")) == builtin_device().dump());
    write_bytes(folder.file("shapes.json"), "{}");
    refusal({"tune", "--networks", "bert_base", "--json", folder.file("shapes.json")});
    CHECK(!std::filesystem::exists(folder.file("shapes.json")));
}
