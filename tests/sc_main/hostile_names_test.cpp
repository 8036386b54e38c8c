// Names and text that would move a terminal's cursor, fill its screen or are no UTF-8, by every way into the command: a
// line of the output stays a line of printable text, and the results stay JSON.

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"
#include "workloads/quoted_name.h"

using namespace nonzero;
using namespace nonzero::test;
using nlohmann::json;

namespace {

// Escape, line break, bell, delete, CSI in one character, right-to-left override, and a byte that is no UTF-8.
const std::string kHostile =
    "a\x1B[2J\n\a\x7F\xC2\x9B"
    "31m\xE2\x80\xAE\xFF"
    "z";
const std::string kLong(60000, 'x');
constexpr std::size_t kLongestLine = 4000;

void check_lines(const std::string& text) {
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        INFO(shown_text(line));
        CHECK(is_printable(line));
        CHECK(line.size() < kLongestLine);
        begin = end + 1;
    }
}

Outcome check_run(const std::vector<std::string>& arguments) {
    std::string line;
    for (const std::string& argument : arguments) {
        line += shown_name(argument) + " ";
    }
    Outcome outcome = run_program(arguments);
    INFO(line);
    CHECK((outcome.status == 0 || outcome.status == 2));
    check_lines(outcome.output);
    check_lines(outcome.errors);
    return outcome;
}

std::string network_with(const char* field, const std::string& value) {
    json network = json::parse(kSmallNetwork);
    network[json::json_pointer(field)] = value;
    return network.dump(-1, ' ', false, json::error_handler_t::ignore);
}

}  // namespace

TEST_CASE("hostile arguments") {
    const SmallFolder folder;
    const std::vector<std::string> run{"run", "scnn", "--network", folder.network()};
    const auto with = [&run](const std::vector<std::string>& more) {
        std::vector<std::string> all = run;
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    for (const std::string& name : {kHostile, kLong}) {
        const std::vector<std::vector<std::string>> commands{
            {name},
            {"run", name, "--network", folder.network()},
            {"run", "scnn", "--network", name},
            {"run", "scnn", "--network", "./" + name + ".json"},
            {"run", "scnn", "--network", name + ".onnx"},
            {"run", "scnn", "--tensors", name},
            {"run", "scnn", "--tensors", folder.file(""), "--photo", name},
            {"compare", "scnn", name, "--network", folder.network()},
            {"compare", "scnn", "dcnn", "--network", folder.network(), "--baseline", name},
            {"compare", "scnn", "dcnn", "--network", folder.network(), "--config", name},
            {"compare", "scnn", "dcnn", "--network", folder.network(), "--set", name + ":a=1"},
            {"compare", "scnn", "dcnn", "--network", folder.network(), "--set", name + "=1"},
            {"list", name},
            {"params", name},
            {"describe", name, "vgg16"},
            {"describe", "network", name},
            {"describe", "platform", name},
            {"pack", "scnn", "--network", folder.network(), "--out", folder.network() + "/" + name},
            with({"--" + name}),
            with({"--stem=" + name}),
            with({name}),
            with({"--layers", name}),
            with({"--layers", name + "," + name}),
            with({"--layers", name + ","}),
            with({"--kinds", name}),
            with({"--kinds", "depthwise"}),
            with({"--set", name}),
            with({"--set", name + "=1"}),
            with({"--set", "pe.rows=" + name}),
            with({"--set", "pe.rows=9" + std::string(name.size(), '9')}),
            with({"--set", "crossbar.hash=" + name}),
            with({"--config", name}),
            with({"--weight-density", name}),
            with({"--weight-density", "9" + std::string(name.size() / 1000, '9')}),
            with({"--seed", name}),
            with({"--sparsity", name}),
            with({"--nm", name}),
            with({"--nm", "u5", "--matrix", name}),
            with({"--output", name}),
            with({"--jobs", name}),
            with({"--json", folder.file("no/" + name)}),
            with({"--timeline", folder.file("no/" + name)}),
            with({"--vcd", folder.file("no/" + name)}),
            with({"--vcd", folder.file("w.vcd"), "--vcd-scope", name}),
            with({"--vcd", folder.file("w.vcd"), "--vcd-window", name}),
        };
        for (const auto& command : commands) {
            CHECK(check_run(command).status == 2);
        }
    }
}

TEST_CASE("hostile text in files") {
    const SmallFolder folder;
    const std::string file = folder.file("net.json");
    for (const std::string& name : {kHostile, kLong}) {
        for (const char* field : {"/name", "/title", "/density_source", "/source", "/layers/0/name", "/layers/0/kind",
                                  "/layers/0/kernel", "/layers/1/inputs/0", "/layers/0/density_source"}) {
            INFO(field);
            write_bytes(file, network_with(field, name));
            check_run({"run", "scnn", "--network", file, "--layers", "fc", "--no-values"});
            check_run({"describe", "network", file});
        }
        for (const std::string& field : {std::string("/"), std::string("/layers/0/")}) {
            json network = json::parse(kSmallNetwork);
            network[json::json_pointer(field.substr(0, field.size() - 1))][name] = 1;
            write_bytes(file, network.dump(-1, ' ', false, json::error_handler_t::ignore));
            CHECK(check_run({"run", "scnn", "--network", file}).status == 2);
        }
        // What is no JSON at all, with the bytes as they are.
        for (const std::string& text : {name, "{\"" + name + "\": 1}", "{\"schema\": \"" + name + "\"}"}) {
            write_bytes(file, text);
            CHECK(check_run({"run", "scnn", "--network", file}).status == 2);
            CHECK(check_run({"run", "scnn", "--network", folder.network(), "--config", file}).status == 2);
            write_bytes(folder.file("network.json"), text);
            CHECK(check_run({"run", "scnn", "--tensors", folder.file("")}).status == 2);
        }
        const std::string clean = json(name).dump(-1, ' ', false, json::error_handler_t::ignore);
        for (const std::string& text : {"{" + clean + ": 1}", "{\"crossbar\": {" + clean + ": 1}}",
                                        "{\"crossbar.hash\": " + clean + "}", "{\"pe.rows\": " + clean + "}"}) {
            write_bytes(file, text);
            CHECK(check_run({"run", "scnn", "--network", folder.network(), "--config", file}).status == 2);
        }
    }
}

TEST_CASE("hostile text in a data set") {
    const SmallFolder folder;
    write_tensors(folder.file(""), 1);
    const json good = json::parse(read_bytes(folder.file("network.json")));
    for (const std::string& name : {kHostile, kLong}) {
        for (const char* field : {"/network", "/licence", "/layers/0/name", "/layers/0/file", "/layers/0/x_file",
                                  "/layers/0/kind", "/layers/0/groups", "/layers/0/photos/cat/y_sha256_nobias"}) {
            INFO(field);
            json network = good;
            network[json::json_pointer(field)] = name;
            write_bytes(folder.file("network.json"), network.dump(-1, ' ', false, json::error_handler_t::ignore));
            check_run({"run", "scnn", "--tensors", folder.file(""), "--no-values"});
        }
        json network = good;
        json& photos = network["layers"][0]["photos"];
        photos[name] = photos["cat"];
        photos.erase("cat");
        write_bytes(folder.file("network.json"), network.dump(-1, ' ', false, json::error_handler_t::ignore));
        CHECK(check_run({"run", "scnn", "--tensors", folder.file("")}).status == 2);
    }
}

TEST_CASE("a network in a file with a hostile path runs, and its results are JSON") {
    const SmallFolder folder;
    const std::string directory = folder.file(kHostile);
    std::filesystem::create_directory(directory);
    const std::string network = directory + "/" + kHostile + ".json";
    write_bytes(network, kSmallNetwork);
    const std::string results = directory + "/results.json";
    const Outcome outcome = check_run({"run", "scnn", "--network", network, "--no-values", "--json", results});
    CHECK(outcome.status == 0);
    CHECK(lines_in(outcome.output) > 5);
    CHECK(json::parse(read_bytes(results))["layers"].size() == 4);
    const Outcome compared = check_run({"compare", "scnn", "dcnn", "--network", network, "--no-values"});
    CHECK(compared.status == 0);
    CHECK(check_run({"describe", "network", network}).status == 0);
    CHECK(check_run({"pack", "scnn", "--network", network, "--out", directory + "/packed"}).status == 0);
}
