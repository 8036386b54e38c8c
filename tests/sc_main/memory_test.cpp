// What the command takes of the host's memory at most, in multiples of the tensors of a layer.

#include <catch2/catch.hpp>

#include <fstream>
#include <string>
#include <vector>

#include "tests/common/temporary_directory.h"
#include "tests/sc_main/program.h"
#include "tests/test_runner.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// Bytes that a run of the layer takes at most.
std::int64_t peak_of(const std::string& input, const std::string& layer, const std::vector<std::string>& options = {}) {
    const TemporaryDirectory folder;
    const std::string file = folder.file("net.json");
    std::ofstream(file) << R"({"schema": 1, "name": "n", "title": "t", "source": "s", "density_source": "s", "input": )"
                        << input
                        << R"(, "layers": [{"name": "layer", "weight_density": 0.4, "activation_density": 0.4, )"
                        << layer << "}]}";
    std::vector<std::string> words{"run", "dcnn", "--network", file};
    words.insert(words.end(), options.begin(), options.end());
    const Outcome outcome = run_program(words);
    CHECK(outcome.errors.empty());
    CHECK(outcome.status == 0);
    return outcome.peak_memory;
}

void skip_where_memory_is_another() {
#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
    skip("the allocator holds freed memory back");
#endif
}

}  // namespace

TEST_CASE("memory: a layer of many weights takes them twice with values and once without") {
    skip_where_memory_is_another();
    const auto layer = [](int neurons) {
        return R"("kind": "fully_connected", "out_channels": )" + std::to_string(neurons);
    };
    constexpr std::int64_t kWeights = std::int64_t{4096} * 4096 * 2;
    constexpr const char* kInput = "[4096, 1, 1]";
    CHECK(peak_of(kInput, layer(4096)) - peak_of(kInput, layer(64)) <= kWeights * 22 / 10);
    CHECK(peak_of(kInput, layer(4096), {"--no-values"}) - peak_of(kInput, layer(64), {"--no-values"}) <=
          kWeights * 13 / 10);
}

// Input, sums of the reference and of the PEs, and outputs on chip, in memory, read and expected.
TEST_CASE("memory: a layer of a large plane takes nine times its input") {
    skip_where_memory_is_another();
    constexpr std::int64_t kInput = std::int64_t{16} * 512 * 512 * 2;
    constexpr const char* kLayer = R"("out_channels": 16, "kernel": 3, "pad": 1)";
    CHECK(peak_of("[16, 512, 512]", kLayer) - peak_of("[16, 16, 16]", kLayer) <= 9 * kInput);
}
