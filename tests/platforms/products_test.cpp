// Matrix products and batches on arrays of PEs: how they are laid over the PEs, and what that costs.

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "tests/platforms/platform_bench.h"
#include "tests/platforms/random_processing.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

const std::vector<std::string> pe_arrays{"scnn", "scnn_sparse_a", "scnn_sparse_w", "dcnn", "dcnn_opt"};

std::vector<std::string> platform_names() {
    std::vector<std::string> names;
    for (const PlatformKind& kind : platform_registry()) {
        names.push_back(kind.name);
    }
    return names;
}

Layer matmul(const std::string& name, int inner, int outputs, int rows, int groups = 1) {
    Layer layer;
    layer.name = name;
    layer.kind = LayerKind::matmul;
    layer.C = inner;
    layer.K = outputs;
    layer.H = rows;
    layer.groups = groups;
    return layer;
}

Layer fully_connected(int inputs, int outputs, int batch) {
    Layer layer;
    layer.name = "fc";
    layer.kind = LayerKind::fully_connected;
    layer.C = inputs;
    layer.K = outputs;
    layer.batch = batch;
    return layer;
}

Layer plane_of(const Layer& product, int rows, int columns) {
    Layer layer = product;
    layer.kind = LayerKind::convolution;
    layer.H = rows;
    layer.W = columns;
    layer.batch = 1;
    return layer;
}

RandomLayer with_operands(const Layer& layer, double weight_density, double activation_density, unsigned seed) {
    return {layer, generate_activations(layer, activation_density, SparsityPattern::uniform, seed),
            generate_weights(layer, weight_density, SparsityPattern::uniform, seed)};
}

// What layers cost, by a name of their own, on one machine for each platform and settings.
class Trials {
  public:
    using Tests = std::map<std::string, RandomLayer>;

    void add(const std::string& platform, const Tests& tests, bool count_only, const std::string& layout = {}) {
        const std::string machine = platform + layout;
        machines_.add(machine, platform,
                      with_settings(layout.empty() ? Settings{} : Settings{{"matmul.layout", layout}}),
                      [this, &tests, machine, count_only](Standalone& bench) {
                          for (const auto& [name, test] : tests) {
                              INFO(machine << " " << name);
                              run(bench, test, count_only, measured_[machine][name]);
                          }
                      });
    }
    void run() const { machines_.run(); }
    std::uint64_t cycles(const std::string& machine, const std::string& name) const {
        return measured_.at(machine).at(name).cycles;
    }
    std::uint64_t useful(const std::string& machine, const std::string& name) const {
        return measured_.at(machine).at(name).useful;
    }

  private:
    struct Measured {
        std::uint64_t cycles = 0;
        std::uint64_t useful = 0;
    };

    static void run(Standalone& bench, const RandomLayer& test, bool count_only, Measured& measured) {
        LayerJob job = job_of(test);
        job.count_only = count_only;
        const HostOutcome outcome = run_afresh(bench, job);
        REQUIRE(outcome.done);
        if (!count_only) {
            const Psums sums = convolve(test.layer, test.input, test.weights);
            CHECK(bench.lowering->decode_sums(job, outcome.output) ==
                  wrap_to(sums, bench.lowering->accumulator_bits()).values);
        }
        measured = {bench.host.read_counter(NZ_REG_TOTAL_CYCLES_LO),
                    bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO)};
    }

    Machines machines_;
    std::map<std::string, std::map<std::string, Measured>> measured_;
};

}  // namespace

TEST_CASE("a matmul costs no more than the best of the planes that it could be written as") {
    const RandomLayer product = with_operands(matmul("product", 768, 768, 128), 0.35, 0.4, 1);
    Trials::Tests tests{{"matmul", product}};
    std::vector<std::string> planes;
    for (const auto& [rows, columns] : {std::pair{1, 128}, std::pair{8, 16}, std::pair{128, 1}}) {
        RandomLayer plane = product;
        plane.layer = plane_of(product.layer, rows, columns);
        plane.input.shape = plane.layer.input_shape();
        planes.push_back(std::to_string(rows) + "x" + std::to_string(columns));
        tests[planes.back()] = plane;
    }
    Trials trials;
    for (const std::string& platform : pe_arrays) {
        trials.add(platform, tests, true);
    }
    trials.run();
    for (const std::string& platform : pe_arrays) {
        INFO(platform);
        std::uint64_t best = UINT64_MAX;
        for (const std::string& name : planes) {
            best = std::min(best, trials.cycles(platform, name));
        }
        CHECK(trials.cycles(platform, "matmul") <= best);
        CHECK(trials.cycles(platform, "1x128") > 2 * best);
        CHECK(trials.useful(platform, "matmul") == useful_products(product.layer, product.input, product.weights));
    }
    CHECK(trials.cycles("dcnn", "matmul") == 73728);
}

TEST_CASE("a batch of fully connected inputs costs no more than its inputs one by one") {
    const RandomLayer eight = with_operands(fully_connected(512, 1000, 8), 0.3, 0.4, 2);
    Trials::Tests tests{{"eight", eight}};
    for (int n = 0; n < 8; ++n) {
        RandomLayer one = eight;
        one.layer.batch = 1;
        one.input = Operands(one.layer.input_shape());
        for (std::size_t c = 0; c < 512; ++c) {
            one.input.data[c] = eight.input.data[c * 8 + std::size_t(n)];
        }
        tests[std::to_string(n)] = one;
    }
    Trials trials;
    const std::vector<std::string> platforms = platform_names();
    REQUIRE(platforms.size() >= 12);
    for (const std::string& platform : platforms) {
        trials.add(platform, tests, false);
    }
    trials.run();
    for (const std::string& platform : platforms) {
        INFO(platform);
        std::uint64_t sum = 0;
        std::uint64_t useful = 0;
        for (int n = 0; n < 8; ++n) {
            sum += trials.cycles(platform, std::to_string(n));
            useful += trials.useful(platform, std::to_string(n));
        }
        CHECK(trials.cycles(platform, "eight") <= sum);
        CHECK(trials.useful(platform, "eight") == useful);
    }
}

// The margin: bank conflicts are not counted before the run.
TEST_CASE("auto takes the layout with fewer cycles, and every layout computes the product") {
    std::mt19937_64 random(11);
    Trials::Tests tests;
    const auto draw = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    for (int n = 0; n < 28; ++n) {
        const int groups = n % 3 == 0 ? draw(2, 4) : 1;
        Layer layer = n % 5 == 4 ? fully_connected(draw(1, 80), draw(1, 300), draw(2, 70))
                                 : matmul("m", groups * draw(1, 60), groups * draw(1, 150), draw(1, 150), groups);
        if (n % 7 == 0 && layer.kind == LayerKind::matmul) {
            layer.batch = draw(2, 3);
        }
        layer.name += std::to_string(n);
        const double weights = draw(1, 10) / 10.0;
        tests[layer.name] = with_operands(layer, weights, draw(1, 10) / 10.0, unsigned(n));
    }
    Trials trials;
    for (const std::string& platform : pe_arrays) {
        for (const char* layout : {"auto", "positions", "neurons"}) {
            trials.add(platform, tests, false, layout);
        }
    }
    trials.run();
    std::map<std::string, int> taken;
    for (const std::string& platform : pe_arrays) {
        const double margin = platform.starts_with("scnn") ? 1.05 : 1.0;
        for (const auto& [name, test] : tests) {
            INFO(platform << " " << name << ": " << test.layer.C << "x" << test.layer.K << " by "
                          << test.layer.positions() << " in " << test.layer.groups);
            const auto cycles = [&, test_name = name](const std::string& layout) {
                return trials.cycles(platform + layout, test_name);
            };
            const std::uint64_t best = std::min(cycles("positions"), cycles("neurons"));
            CHECK(double(cycles("auto")) <= margin * double(best));
            ++taken[cycles("auto") == cycles("positions") ? "positions" : "neurons"];
        }
    }
    CHECK(taken["positions"] > 20);
    CHECK(taken["neurons"] > 20);
}

TEST_CASE("finished outputs of products and batches are what the machine is expected to write") {
    std::mt19937_64 random(21);
    std::vector<Layer> layers{matmul("rows", 24, 40, 70), matmul("heads", 24, 36, 9, 3), fully_connected(50, 130, 5)};
    for (const LayerKind kind : {LayerKind::convolution, LayerKind::depthwise}) {
        Layer images = square_convolution("images", 6, 6, 9, 3);
        images.kind = kind;
        images.groups = kind == LayerKind::depthwise ? 6 : 2;
        images.batch = 3;
        layers.push_back(images);
    }
    std::vector<RandomLayer> tests;
    std::vector<std::optional<PostProcessing>> processing;
    for (const Layer& layer : layers) {
        tests.push_back(with_operands(layer, 0.6, 0.5, 5));
        processing.push_back(random_processing(random, convolve(layer, tests.back().input, tests.back().weights), 24));
    }
    Machines machines;
    std::size_t compared = 0;
    for (const std::string& platform : platform_names()) {
        for (const std::string layout : {"positions", "neurons"}) {
            const bool chooses = std::ranges::count(pe_arrays, platform) != 0;
            machines.add(platform + "_" + layout, platform,
                         with_settings(chooses ? Settings{{"matmul.layout", layout}} : Settings{}),
                         [&, platform](Standalone& bench) {
                             for (std::size_t n = 0; n < tests.size(); ++n) {
                                 INFO(platform << " " << tests[n].layer.name);
                                 LayerJob job = job_of(tests[n]);
                                 job.post_processing = processing[n];
                                 const Psums sums = convolve(tests[n].layer, tests[n].input, tests[n].weights);
                                 const Operands expected = post_process(sums, *processing[n]);
                                 const HostOutcome outcome = run_afresh(bench, job);
                                 REQUIRE(outcome.done);
                                 CHECK(bench.lowering->decode_output(job, outcome.output) == expected);
                                 CHECK(outcome.output == bench.lowering->encode(job, expected));
                                 CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) ==
                                       wrap_to(sums, processing[n]->accumulator_bits).overflows);
                                 std::vector<std::uint8_t> longer = outcome.output;
                                 longer.push_back(0);
                                 CHECK_THROWS_WITH(bench.lowering->decode_output(job, longer),
                                                   Catch::Contains("'" + tests[n].layer.name + "'"));
                                 ++compared;
                             }
                         });
        }
    }
    machines.run();
    CHECK(compared == 2 * platform_names().size() * layers.size());
}

TEST_CASE("the images of a batch cost what they cost one by one and share their weights") {
    Layer layer = square_convolution("images", 8, 12, 10, 3);
    layer.batch = 3;
    const RandomLayer batch = with_operands(layer, 0.5, 0.5, 7);
    Trials::Tests tests{{"batch", batch}};
    for (std::size_t n = 0; n < 3; ++n) {
        RandomLayer image = batch;
        image.layer.batch = 1;
        image.input = Operands(image.layer.input_shape());
        for (std::size_t c = 0; c < 8; ++c) {
            std::copy_n(batch.input.data.begin() + std::ptrdiff_t((c * 3 + n) * 100), 100,
                        image.input.data.begin() + std::ptrdiff_t(c * 100));
        }
        tests[std::to_string(n)] = image;
    }
    Trials trials;
    for (const std::string& platform : platform_names()) {
        trials.add(platform, tests, false);
    }
    trials.run();
    for (const std::string& platform : platform_names()) {
        INFO(platform);
        std::uint64_t cycles = 0;
        for (std::size_t n = 0; n < 3; ++n) {
            cycles += trials.cycles(platform, std::to_string(n));
        }
        CHECK(trials.cycles(platform, "batch") == cycles);
        const PlatformKind& kind = find_platform(platform);
        const auto lowering = kind.make_lowering(*kind.make_parameters());
        const MemoryImage image = lowering->lower(job_of(batch), Standalone::kBase);
        CHECK(image.outputs.size() == 3);
        CHECK(std::ranges::count_if(image.segments, [](const MemorySegment& segment) {
                  return segment.name.starts_with("weights");
              }) == 1);
    }
}

TEST_CASE("GEMM engines take a matmul for the 1x1 convolution that it is") {
    const RandomLayer product = with_operands(matmul("product", 96, 80, 50, 2), 0.4, 0.6, 3);
    RandomLayer line = product;
    line.layer = plane_of(product.layer, 1, 50);
    line.input.shape = line.layer.input_shape();
    for (const std::string& platform : platform_names()) {
        if (std::ranges::count(pe_arrays, platform) != 0) {
            continue;
        }
        INFO(platform);
        const PlatformKind& kind = find_platform(platform);
        const auto lowering = kind.make_lowering(*kind.make_parameters());
        const MemoryImage one = lowering->lower(job_of(product), Standalone::kBase);
        const MemoryImage other = lowering->lower(job_of(line), Standalone::kBase);
        REQUIRE(one.segments.size() == other.segments.size());
        for (std::size_t n = 0; n < one.segments.size(); ++n) {
            CHECK(one.segments[n].bytes == other.segments[n].bytes);
        }
        CHECK_FALSE(lowering->layout(job_of(product)));
    }
}

TEST_CASE("a product is refused only where no layout fits") {
    const PlatformKind& kind = find_platform("scnn");
    const auto lowering = [&](const Settings& settings) {
        return kind.make_lowering(*make_parameters(kind, {}, settings));
    };
    // More rows than the accumulators of one plane hold become several planes.
    const Layer tall = matmul("tall", 2, 3, 100'000);
    CHECK_NOTHROW(lowering({})->check(tall));
    const RandomLayer test = with_operands(tall, 1, 0.5, 1);
    const auto layout = lowering({{"matmul.layout", "positions"}})->layout(job_of(test));
    REQUIRE(layout);
    CHECK(layout->runs == 5);
    CHECK(layout->rows * layout->columns * layout->runs >= 100'000);
    CHECK_THROWS_WITH(lowering({})->check(matmul("wide", 70'000, 4, 4)), Catch::Contains("'wide'"));
}

TEST_CASE("the PEs that a plane leaves idle are counted") {
    const auto idle = [](const char* platform, const Layer& layer) {
        const PlatformKind& kind = find_platform(platform);
        return kind.make_lowering(*kind.make_parameters())->idle_units(layer);
    };
    Layer line = plane_of(matmul("m", 16, 16, 128), 1, 128);
    CHECK(idle("scnn", line) == 56);
    CHECK(idle("dcnn", line) == 56);
    CHECK(idle("demm", line) == 0);
    CHECK(idle("scnn", plane_of(line, 8, 16)) == 0);
    CHECK(idle("scnn", matmul("m", 16, 16, 128)) == 0);
    CHECK(idle("scnn", plane_of(line, 1, 1)) == 0);  // neurons
    Layer strided = plane_of(line, 8, 8);
    strided.stride_y = strided.stride_x = 2;
    CHECK(idle("scnn", strided) == 0);   // cut by inputs
    CHECK(idle("dcnn", strided) == 48);  // cut by outputs
}
