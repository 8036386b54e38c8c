#include "workloads/network_graph.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/common/real_data.h"
#include "tests/common/temporary_directory.h"
#include "tests/workloads/npz_builder.h"
#include "tests/workloads/small_graph.h"
#include "workloads/error.h"

using namespace nonzero;
using Catch::Matchers::Contains;
using nlohmann::ordered_json;
using nonzero::test::small_graph;
using nonzero::test::TemporaryDirectory;

namespace {

class Folder {
  public:
    std::string data() const { return directory_.file("net"); }
    NetworkGraph read(const ordered_json& network) const {
        test::write_small_graph(data(), network);
        return read_network_graph(RealNetwork::open(data()));
    }
    // network.json without edges, which are in this file instead.
    NetworkGraph read_with_file(const std::string& file, const ordered_json& edges) const {
        ordered_json network = small_graph();
        network.erase("edges");
        test::write_small_graph(data(), network);
        write_bytes(directory_.file(file), edges.dump());
        return read_network_graph(RealNetwork::open(data() + "/"));
    }
    std::string message(const ordered_json& network) const {
        try {
            read(network);
        } catch (const InputError& error) {
            CHECK(std::string(error.what()).find('\n') == std::string::npos);
            return error.what();
        }
        return "no error";
    }
    std::string message_with(const std::string& pointer, const ordered_json& value) const {
        ordered_json network = small_graph();
        network[ordered_json::json_pointer(pointer)] = value;
        return message(network);
    }

  private:
    TemporaryDirectory directory_;
};

using Kind = GraphStep::Kind;

void check_small_graph(const NetworkGraph& graph) {
    const std::vector<Kind> kinds = {Kind::layer, Kind::layer,   Kind::add,  Kind::layer,
                                     Kind::layer, Kind::average, Kind::layer};
    REQUIRE(graph.steps.size() == kinds.size());
    for (std::size_t n = 0; n < kinds.size(); ++n) {
        CHECK(graph.steps[n].kind == kinds[n]);
    }
    CHECK(graph.inputs == std::vector<std::size_t>{0, 1, 3, 3, 6});
    CHECK(graph.outputs == std::vector<std::size_t>{1, 2, 4, 5, 7});
    CHECK(graph.steps[2].of == std::vector<std::size_t>{2, 1});
    CHECK(graph.steps[2].relu);
    CHECK(graph.steps[5].of == std::vector<std::size_t>{4});
    CHECK(graph.tensors() == 8);
}

}  // namespace

TEST_CASE("the edges of network.json make a graph") {
    const NetworkGraph graph = Folder().read(small_graph());
    check_small_graph(graph);
    REQUIRE(graph.edges.size() == 3);
    CHECK(graph.edges[0].layer == "c");
    CHECK(graph.edges[0].of == std::vector<std::string>{"y:b", "x:b"});
    CHECK(graph.edges[2].op == std::vector<std::string>{"average"});
}

TEST_CASE("edges may be in a file of the folder or of the folder above") {
    const ordered_json edges = {{"note", "for people"}, {"net", small_graph()["edges"]}};
    check_small_graph(Folder().read_with_file("edges.json", edges));
    const Folder inside;
    std::filesystem::create_directories(inside.data());
    check_small_graph(inside.read_with_file("net/edges.json", edges));
}

TEST_CASE("without edges a layer reads the layer before it") {
    ordered_json network = small_graph();
    network.erase("edges");
    network["layers"].erase(3);
    network["layers"].erase(3);
    const NetworkGraph graph = Folder().read(network);
    CHECK(graph.steps.size() == 3);
    CHECK(graph.inputs == std::vector<std::size_t>{0, 1, 2});
    CHECK(graph.edges.empty());
}

TEST_CASE("an edge that names what is not there is refused in one line") {
    const Folder files;
    CHECK_THAT(files.message_with("/edges/f", {{"op", {"same"}}, {"of", {"y:a"}}}),
               Contains("edge of layer 'f': there is no such layer"));
    CHECK_THAT(files.message_with("/edges/c/of", {"y:bb", "x:b"}), Contains("there is no layer 'bb'"));
    CHECK_THAT(files.message_with("/edges/c/of", {"z:b", "x:b"}), Contains("'z:b'") && Contains("y:LAYER"));
    CHECK_THAT(files.message_with("/edges/c/of", {"y:d", "x:b"}), Contains("'d' does not come before"));
    CHECK_THAT(files.message_with("/edges/c/of", {"y:b"}), Contains("names 1 tensors; add reads two"));
    CHECK_THAT(files.message_with("/edges/c/op", {"concat"}), Contains("has concat; possible are"));
    CHECK_THAT(files.message_with("/edges/c/op", ordered_json::array()), Contains("has nothing; possible are"));
    CHECK_THAT(files.message_with("/edges/c/op", {"average", "add"}), Contains("has average, add"));
    CHECK_THAT(files.message_with("/edges/c/rely", true), Contains("'rely': unknown field, did you mean 'relu'?"));
    CHECK_THAT(files.message_with("/edges/d/relu", true), Contains("applies to an add"));
    CHECK_THAT(files.message_with("/edges/c", 7), Contains("edge of layer 'c': is not an object"));
    CHECK_THAT(files.message_with("/edges", 7), Contains("the edges are not an object"));
}

TEST_CASE("tensors that do not fit are refused with both shapes") {
    const Folder files;
    CHECK_THAT(files.message_with("/edges/c/of", {"y:b", "x:a"}), Contains("adds y:b of 4x6x6 to x:a of 3x6x6"));
    CHECK_THAT(files.message_with("/edges/d/of", {"x:a"}),
               Contains("layer 'd': its input is 4x6x6, what it reads is 3x6x6"));
    ordered_json network = small_graph();
    network["edges"].erase("e");
    CHECK_THAT(files.message(network), Contains("layer 'e'") && Contains("2x3x3") && Contains("\"edges\""));
}

TEST_CASE("a damaged file of edges is refused, one without the network is not used") {
    const Folder files;
    CHECK_THROWS_WITH(files.read_with_file("edges.json", ordered_json::array()),
                      Contains("edges.json: is not an object"));
    CHECK_THROWS_WITH(files.read_with_file("edges.json", {{"net", 3}}), Contains("the edges are not an object"));
    CHECK_THROWS_WITH(files.read_with_file("edges.json", {{"other", 3}}),
                      Contains("layer 'd'") || Contains("layer 'e'"));
    write_bytes(files.data() + "/../edges.json", "{");
    CHECK_THROWS_WITH(read_network_graph(RealNetwork::open(files.data())), Contains("edges.json"));
}

TEST_CASE("the real networks say their edges") {
    const NetworkGraph graph = read_network_graph(RealNetwork::open(test::real_data("resnet8_cifar_mlperf")));
    CHECK(graph.edges.size() == 5);
    CHECK(graph.steps.size() == 14);
    CHECK(graph.inputs[5] == graph.inputs[3]);
    CHECK(graph.inputs[8] == graph.inputs[6]);
}
