// `nonzero run --tensors` on a data set that says more, or other, than a plain convolution.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"
#include "workloads/import.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

// The data set of write_tensors() whose only layer is dilated.
class DilatedSet : public SmallFolder {
  public:
    DilatedSet() {
        SmallTensorLayer made = write_tensors(file(""), 1).front();
        made.layer.dilation_y = 2;
        made.layer.dilation_x = 3;
        network_ = json::parse(read_bytes(file("network.json")));
        json& entry = network_["layers"][0];
        entry["dilation"] = {2, 3};
        entry["photos"]["cat"]["y_shape"] = made.layer.output_shape();
        entry["photos"]["cat"]["y_sha256_nobias"] = sha256_of(convolve(made.layer, made.input, made.weights));
        products_ = useful_products(made.layer, made.input, made.weights);
        entry["photos"]["cat"]["nz_macs"] = products_;
        write(network_);
    }
    const json& network() const { return network_; }
    std::uint64_t products() const { return products_; }
    void write(const json& network) const { write_bytes(file("network.json"), network.dump()); }
    Outcome run() const { return run_program({"run", "demm", "--tensors", file(""), "--json", file("results.json")}); }

  private:
    json network_;
    std::uint64_t products_ = 0;
};

}  // namespace

TEST_CASE("the dilation of a data set is run and told") {
    const DilatedSet set;
    const Outcome outcome = set.run();
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
    const json layer = set.results()["layers"][0];
    CHECK(layer["shape"]["dilation"] == json{2, 3});
    CHECK(layer["useful_products"] == set.products());
    for (const json& check : layer["checks"]) {
        CHECK(check == "passed");
    }
}

TEST_CASE("a field that a data set does not have is refused") {
    const DilatedSet set;
    json network = set.network();
    network["layers"][0]["output_padding"] = 1;
    set.write(network);
    const Outcome outcome = set.run();
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.errors, Contains("layer 'conv1', field 'output_padding': unknown field"));
    CHECK(lines_in(outcome.errors) == 1);
}
