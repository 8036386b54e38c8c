// Every kind of wrong input, given to the built command: exit status 2, one line that names the thing and, where a name
// is wrong, the nearest one; no results of an earlier run are left.

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

const std::string kOldResults = "{\"old\": true}\n";

struct Case {
    std::vector<std::string> arguments;
    std::vector<std::string> named;  // all in the message
};

class Folder : public SmallFolder {
  public:
    std::string results_file() const { return file("results.json"); }
    std::string write(const std::string& name, const std::string& bytes) const {
        write_bytes(file(name), bytes);
        return file(name);
    }

    // run scnn on the small network with these added
    Case run(std::vector<std::string> more, std::vector<std::string> named) const {
        std::vector<std::string> arguments{"run", "scnn", "--network", network()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return with_results(std::move(arguments), std::move(named));
    }
    Case run_on(const std::string& option, const std::string& workload, std::vector<std::string> named) const {
        return with_results({"run", "scnn", option, workload}, std::move(named));
    }
    Case with_results(std::vector<std::string> arguments, std::vector<std::string> named) const {
        arguments.insert(arguments.end(), {"--json", results_file()});
        return {std::move(arguments), std::move(named)};
    }

    void check(const Case& bad) const {
        std::string line;
        for (const std::string& argument : bad.arguments) {
            line += argument + " ";
        }
        write_bytes(results_file(), kOldResults);
        const Outcome outcome = run_program(bad.arguments);
        INFO(line << "\n" << outcome.errors);
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK((outcome.errors.ends_with('\n') && !outcome.errors.starts_with("internal error")));
        for (const std::string& name : bad.named) {
            CHECK_THAT(outcome.errors, Catch::Contains(name));
        }
        // Results of an earlier run are gone where this one would have written, unless something else names them too.
        const auto named = std::count(bad.arguments.begin(), bad.arguments.end(), results_file());
        CHECK(std::filesystem::exists(results_file()) == (named != 1));
    }
    void check(const std::vector<Case>& cases) const {
        for (const Case& bad : cases) {
            check(bad);
        }
    }
};

std::string small_network_with(const std::string& old_text, const std::string& new_text) {
    std::string text = kSmallNetwork;
    const std::size_t place = text.find(old_text);
    REQUIRE(place != std::string::npos);
    return text.replace(place, old_text.size(), new_text);
}

}  // namespace

TEST_CASE("wrong commands and options") {
    const Folder folder;
    folder.check({
        {{}, {"--help"}},
        {{"rnu"}, {"'rnu'", "'run'"}},
        {{"--verison"}, {"'--verison'", "'--version'"}},
        {{"run"}, {"PLATFORM"}},
        {{"run", "scnn"}, {"--network"}},
        {{"run", "scn", "--network", folder.network()}, {"'scn'", "'scnn'"}},
        {{"run", "scnn", "vgg", "--network", folder.network()}, {"'vgg'"}},
        {{"run", "scnn", "--network"}, {"--network"}},
        {{"params", "scnm"}, {"'scnm'", "'scnn'"}},
        {{"params", "scnn", "--jsn"}, {"'--jsn'", "'--json'"}},
        {{"list", "network"}, {"'network'", "'networks'"}},
        {{"describe"}, {"'network'", "'platform'"}},
        {{"describe", "network"}, {"NAME"}},
        {{"describe", "netwerk", "vgg16"}, {"'netwerk'", "'network'"}},
        {{"describe", "network", "vgg61"}, {"'vgg61'", "'vgg16'"}},
        {{"describe", "platform", "snn"}, {"'snn'", "'scnn'"}},
        {{"pack", "scnn", "--network", folder.network()}, {"--out"}},
        folder.run({"--layer", "conv1"}, {"'--layer'", "'--layers'"}),
        folder.run({"--activaton-density", "0.5"}, {"'--activaton-density'", "'--activation-density'"}),
        folder.run({"-v"}, {"'-v'"}),
        folder.run({"--seed", "1", "--seed", "2"}, {"--seed", "more than once"}),
    });
}

TEST_CASE("wrong values of options") {
    const Folder folder;
    folder.check({
        folder.run({"--weight-density", "1.7"}, {"--weight-density", "1.7", "0 .. 1"}),
        folder.run({"--weight-density", "-0.1"}, {"--weight-density", "-0.1"}),
        folder.run({"--weight-density", "nan"}, {"--weight-density", "'nan'"}),
        folder.run({"--activation-density", "inf"}, {"--activation-density", "'inf'"}),
        folder.run({"--activation-density", "half"}, {"--activation-density", "'half'"}),
        folder.run({"--activation-density", "0.5x"}, {"--activation-density", "'0.5x'"}),
        folder.run({"--activation-density", ""}, {"--activation-density", "empty"}),
        folder.run({"--density-scale", "-1"}, {"--density-scale", "-1"}),
        folder.run({"--weight-density-scale", "1001"}, {"--weight-density-scale", "1001", "0 .. 1000"}),
        folder.run({"--activation-density-scale", "half"}, {"--activation-density-scale", "'half'"}),
        folder.run({"--seed", "-1"}, {"--seed", "'-1'"}),
        folder.run({"--seed", "18446744073709551616"}, {"--seed", "18446744073709551616"}),
        folder.run({"--sparsity", "uniforn"}, {"'uniforn'", "'uniform'"}),
        folder.run({"--sparsity", "real"}, {"--sparsity", "--tensors"}),
        folder.run({"--sparsity", "uniform,uniform"}, {"--sparsity", "twice"}),
        folder.run({"--sparsity", "uniform,correlated"}, {"--sparsity", "compare"}),
        folder.run({"--kinds", "convolutions"}, {"'convolutions'", "'convolution'"}),
        folder.run({"--kinds", "depthwise"}, {"--kinds", "depthwise"}),
        folder.run({"--kinds", "convolution", "--layers", "conv1"}, {"--kinds", "--layers"}),
        folder.run({"--output", "raw"}, {"'raw'", "'raw64'"}),
        folder.run({"--counters", "some"}, {"'some'", "sums, all"}),
        folder.run({"--dram-bandwidth", "0"}, {"--dram-bandwidth"}),
        folder.run({"--dram-latency", "-3"}, {"--dram-latency"}),
        folder.run({"--photo", "cat"}, {"--photo", "--tensors"}),
        folder.run({"--no-values", "--output", "raw64"}, {"--no-values", "--output"}),
        folder.run({"--vcd-window", "1:2"}, {"--vcd-window", "--vcd"}),
        folder.run({"--vcd-scope", "pe_0_0"}, {"--vcd-scope", "--vcd"}),
        folder.run({"--vcd", folder.file("w.vcd"), "--vcd-window", "5"}, {"--vcd-window", "'5'", "A:B"}),
        folder.run({"--vcd", folder.file("w.vcd"), "--vcd-window", "a:7"}, {"--vcd-window", "'a:7'", "A:B"}),
        folder.run({"--vcd", folder.file("w.vcd"), "--vcd-window", "7:7"}, {"--vcd-window", "7:7", "empty"}),
        folder.run({"--vcd", folder.file("w.vcd"), "--vcd-window", "1:2:3"}, {"--vcd-window", "'1:2:3'"}),
        folder.run({"--vcd", folder.file("w.vcd"), "--vcd-scope", "pe_77_0"}, {"pe_77_0", "scope"}),
    });
}

TEST_CASE("wrong layers and parameters") {
    const Folder folder;
    const std::string config = folder.write("config.json", R"({"pe": {"rows": 4, "colums": 4}})");
    const std::string torn_config = folder.write("torn.json", R"({"pe": {"rows")");
    const std::string doubled_config = folder.write("doubled.json", R"({"pe": {"rows": 4, "rows": 8}})");
    const std::string typed_config = folder.write("typed.json", R"({"pe.rows": "four"})");
    folder.check({
        folder.run({"--layers", "conv4"}, {"'conv4'", "'conv1'"}),
        folder.run({"--layers", "conv1,conv1"}, {"'conv1'", "twice"}),
        folder.run({"--layers", "conv1,"}, {"'conv1,'", "comma"}),
        folder.run({"--layers", "conv1", "--set", "accumulator.entries=1", "--set", "pe.rows=1"},
                   {"'conv1'", "accumulator.entries"}),
        folder.run({"--set", "pe.row=4"}, {"'pe.row'", "'pe.rows'"}),
        folder.run({"--set", "pe.rows=four"}, {"pe.rows", "'four'", "1 .. 64"}),
        folder.run({"--set", "pe.rows=65"}, {"pe.rows", "65", "1 .. 64"}),
        folder.run({"--set", "pe.rows=4.5"}, {"pe.rows", "'4.5'"}),
        folder.run({"--set", "crossbar.hash=h9"}, {"crossbar.hash", "'h9'", "h1"}),
        folder.run({"--set", "compression.placeholders=perhaps"}, {"compression.placeholders", "'perhaps'"}),
        folder.run({"--set", "clock.period_ps=nan"}, {"clock.period_ps", "'nan'"}),
        folder.run({"--set", "pe.rows"}, {"--set", "'pe.rows'", "name=value"}),
        folder.run({"--config", folder.file("absent.json")}, {"absent.json"}),
        folder.run({"--config", config}, {"config.json", "pe.colums", "pe.columns"}),
        folder.run({"--config", torn_config}, {"torn.json"}),
        folder.run({"--config", doubled_config}, {"doubled.json", "'rows'", "twice"}),
        folder.run({"--config", typed_config}, {"typed.json", "pe.rows"}),
        folder.run({"--layers", "conv1", "--set", "dma.timeout=1"}, {"'conv1'", "error 26", "dma.timeout"}),
        folder.run({"--set", "dma.alignment=even"}, {"dma.alignment", "'even'", "natural"}),
        folder.run({"--dram-latency", "0.0001"}, {"--dram-latency", "0.0001", "0.001"}),
        folder.run({"--layers", "conv1", "--set", "weights.skew=fifo", "--set", "weights.fifo_entries=1"},
                   {"'conv1'", "weights.fifo_entries"}),
    });
}

TEST_CASE("wrong networks") {
    const Folder folder;
    const auto network = [&](const std::string& name, const std::string& old_text, const std::string& new_text) {
        return folder.write(name, small_network_with(old_text, new_text));
    };
    folder.check({
        folder.run_on("--network", "alexnett", {"'alexnett'", "'alexnet'"}),
        folder.run_on("--network", folder.file("absent.json"), {"absent.json"}),
        folder.run_on("--network", folder.file("."), {"cannot be read"}),
        folder.run_on("--network", "mobilenet_v1", {"density", "--weight-density"}),
        folder.run_on("--network",
                      network("shape.json", R"("out_channels": 10, "kernel": 5)",
                              R"("in": [8, 14, 14], "out_channels": 10, "kernel": 5)"),
                      {"shape.json", "'block/conv2'", "8x14x14", "12x14x14"}),
        folder.run_on("--network", network("density.json", "0.7", "1.7"), {"density.json", "'conv3'", "1.7"}),
        folder.run_on("--network", network("groups.json", R"("groups": 2)", R"("groups": 3)"),
                      {"groups.json", "'conv3'", "groups"}),
        folder.run_on("--network", network("field.json", "kernel", "kernal"), {"field.json", "kernal", "kernel"}),
        folder.run_on("--network", network("twice.json", "conv3", "conv1"), {"twice.json", "'conv1'"}),
        folder.run_on("--network", network("torn.json", "]\n}", ""), {"torn.json"}),
        folder.run_on("--network", folder.write("empty.json", ""), {"empty.json"}),
        folder.run_on("--network", folder.write("pools.json", R"({"schema": 1, "name": "pools", "input": [3, 8, 8],
                          "layers": [{"name": "pool", "kind": "max_pool", "kernel": 2}]})"),
                      {"'pools'", "weights"}),
        folder.with_results({"run", "scnn", "--layers", "block/conv2", "--network",
                             network("stride.json", R"("stride": 2)", R"("stride": 65)")},
                            {"'block/conv2'", "stride"}),
    });
}

TEST_CASE("wrong tensors") {
    const Folder folder;
    const auto directory = [&](const std::string& name) {
        std::filesystem::create_directory(folder.file(name));
        write_tensors(folder.file(name), 1);
        return folder.file(name);
    };
    const auto damaged = [&](const std::string& name, const std::string& weights) {
        std::string made = directory(name);
        const std::vector<std::int16_t> input(3 * 9 * 10, 1);
        write_npz(made + "/conv1.npz", {{"w", weights}, {"x_cat", npy("<i2", "(3, 9, 10)", input)}});
        return made;
    };
    const std::vector<std::int16_t> values(5 * 3 * 3 * 3, 1);
    const std::string truncated = directory("truncated");
    const std::string archive = read_bytes(truncated + "/conv1.npz");
    write_bytes(truncated + "/conv1.npz", archive.substr(0, archive.size() / 2));
    const std::string flipped = directory("flipped");
    std::string damage = read_bytes(flipped + "/conv1.npz");
    damage[80] = char(damage[80] ^ 0x55);
    write_bytes(flipped + "/conv1.npz", damage);
    const std::string torn = directory("torn");
    write_bytes(torn + "/network.json", read_bytes(torn + "/network.json").substr(0, 200));
    const std::string no_file = directory("no_file");
    std::filesystem::remove(no_file + "/conv1.npz");
    const std::string good = directory("good");

    folder.check({
        folder.run_on("--tensors", folder.file("nowhere"), {"nowhere/network.json"}),
        folder.run_on("--tensors", torn, {"torn/network.json"}),
        folder.run_on("--tensors", no_file, {"no_file/conv1.npz"}),
        folder.run_on("--tensors", truncated, {"truncated/conv1.npz"}),
        folder.run_on("--tensors", flipped, {"flipped/conv1.npz"}),
        folder.run_on("--tensors", damaged("shape", npy("<i2", "(5, 3, 3, 4)", values)), {"shape/conv1.npz", "'w'"}),
        folder.run_on("--tensors", damaged("lies", npy("<i2", "(5, 3, 3, 3)", std::vector<std::int16_t>(7))),
                      {"lies/conv1.npz", "'w'"}),
        folder.run_on("--tensors", damaged("type", npy("<f4", "(5, 3, 3, 3)", std::vector<std::int32_t>(135))),
                      {"type/conv1.npz", "'w'", "<f4"}),
        folder.run_on("--tensors", damaged("fortran", npy("<i2", "(5, 3, 3, 3)", values, "True")),
                      {"fortran/conv1.npz", "'w'", "Fortran"}),
        folder.run_on("--tensors", damaged("text", "no npy"), {"text/conv1.npz", "'w'"}),
        folder.with_results({"run", "scnn", "--tensors", good, "--photo", "cot"}, {"'cot'", "'cat'"}),
        folder.with_results({"run", "scnn", "--tensors", good, "--seed", "2"}, {"--seed", "--tensors"}),
        folder.with_results({"run", "scnn", "--tensors", good, "--weight-density", "0.2"}, {"--weight-density"}),
        folder.with_results({"run", "scnn", "--tensors", good, "--layers", "conv7"}, {"'conv7'", "'conv1'"}),
        folder.with_results({"run", "scnn", "--tensors", good, "--network", folder.network()},
                            {"'conv1'", "'small'", "3x9x10"}),
        folder.with_results({"run", "scnn", "--tensors", good, "--set", "operand.bits=8"}, {"'conv1'", "operand.bits"}),
    });
}

TEST_CASE("what is no readable file is no input, and nothing waits for it") {
    const Folder folder;
    const std::string fifo = folder.file("fifo");
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    const std::string data = folder.file("data");
    std::filesystem::create_directory(data);
    write_tensors(data, 1);
    int copies = 0;
    const auto data_with = [&](const std::string& member, const std::string& target) {
        std::string copy = folder.file("data_" + std::to_string(copies++));
        std::filesystem::copy(data, copy);
        std::filesystem::remove(copy + "/" + member);
        std::filesystem::create_symlink(target, copy + "/" + member);
        return copy;
    };
    const std::string sparse = folder.write("sparse.json", "");
    std::filesystem::resize_file(sparse, std::uintmax_t{1} << 40);
    for (const std::string& input : {folder.file("."), fifo, std::string("/dev/zero"), sparse}) {
        folder.check({folder.run_on("--network", input, {"network file '" + input + "' cannot be read"}),
                      folder.run({"--energy-table", input}, {"energy table '" + input + "' cannot be read"}),
                      folder.run({"--config", input}, {"parameter file '" + input + "' cannot be read"}),
                      folder.run_on("--tensors", data_with("network.json", input), {"network.json' cannot be read"}),
                      folder.run_on("--tensors", data_with("conv1.npz", input), {"conv1.npz"})});
    }
    folder.check(folder.run_on("--tensors", folder.file("small.json"), {"small.json/network.json' cannot be read"}));
}

TEST_CASE("JSON nested without end is refused") {
    const Folder folder;
    folder.check(
        folder.run_on("--network", folder.write("deep.json", std::string(100000, '[')), {"deep.json", "nested"}));
}

TEST_CASE("energies that leave the range of numbers are refused by name") {
    const Folder folder;
    const auto table = [&](const std::string& name, const char* picojoules, const char* bits) {
        std::string text = R"({"schema": 1, "title": "t", "node": "n", "entries": [)";
        for (const char* event : {"multiply", "add"}) {
            text +=
                std::string(R"({"event": ")") + event + R"(", "bits": 8, "pJ": 1, "source": "s", "estimate": true},)";
            text += std::string(R"({"event": ")") + event + R"(", "bits": )" + bits + R"(, "pJ": )" + picojoules +
                    R"(, "source": "s", "estimate": true},)";
        }
        for (const char* bytes : {"1024", "4096"}) {
            text += std::string(R"({"event": "sram", "capacity_bytes": )") + bytes +
                    R"(, "bits": 64, "pJ": 1, "source": "s", "estimate": true},)";
        }
        text += R"({"event": "dram", "bits": 64, "pJ": 1, "source": "s", "estimate": true},)";
        text += R"({"event": "wire", "bits": 64, "pJ": 1, "source": "s", "estimate": true}]})";
        return folder.write(name, text);
    };
    folder.check({
        folder.run({"--energy-table", table("large.json", "1e308", "16")}, {"large.json", "entry 2", "'pJ'", "1e+308"}),
        folder.run({"--energy-table", table("steep.json", "1e9", "8.0000001")}, {"steep.json", "'multiply'", "pJ"}),
    });
    const Outcome outcome = run_program({"run", "scnn", "--network", folder.network(), "--layers", "conv1",
                                         "--energy-table", table("sound.json", "2", "16")});
    CHECK(outcome.status == 0);
}

TEST_CASE("outputs that cannot be written are found out before the work") {
    const Folder folder;
    const std::string file = folder.write("file", "");
    const std::vector<Case> cases{
        {{"run", "scnn", "--network", folder.network(), "--json", folder.file("no/r.json")}, {"--json", "no/r.json"}},
        {{"run", "scnn", "--network", folder.network(), "--json", folder.file(".")}, {"--json", "directory"}},
        {{"run", "scnn", "--network", folder.network(), "--json", file + "/r.json"}, {"--json", "file/r.json"}},
        {{"run", "scnn", "--network", folder.network(), "--json", std::string(5000, 'r')}, {"File name too long"}},
        folder.run({"--vcd", folder.file("no/w.vcd")}, {"--vcd", "no/w.vcd"}),
        folder.run({"--timeline", folder.file("no/t.json")}, {"--timeline", "no/t.json"}),
        folder.run({"--timeline", folder.file("t.json"), "--vcd", folder.file("./t.json.vcd"), "--layers", "fc6"},
                   {"'fc6'"}),
        folder.run({"--timeline", folder.results_file()}, {"--json", "--timeline"}),
        folder.run({"--timeline", folder.file("results.host.json")}, {"--json", "--timeline"}),
        {{"pack", "scnn", "--network", folder.network(), "--out", file}, {"--out", "file"}},
        {{"pack", "scnn", "--network", folder.network(), "--out", file + "/image"}, {"--out", "file/image"}},
        {{"pack", "scnn", "--network", folder.network(), "--out", folder.file("i"), "--base", "0x80000010"},
         {"--base"}},
        {{"pack", "scnn", "--network", folder.network(), "--out", folder.file("i"), "--base", "0"}, {"--base"}},
        {{"pack", "scnn", "--network", folder.network(), "--out", folder.file("i"), "--base", "0xffffffffffffff00"},
         {"--base", "64-bit"}},
    };
    for (const Case& bad : cases) {
        folder.check(bad);
        CHECK(run_program(bad.arguments).output.empty());
    }
    CHECK_FALSE(std::filesystem::exists(folder.file("i/manifest.json")));
}
