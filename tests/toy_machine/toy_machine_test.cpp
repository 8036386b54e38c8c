// A machine that the library does not have, registered here and driven as any other: values against the reference,
// cycles against its oracle, and faults. What docs/new_machine.md says of it is counted.

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <stdexcept>
#include <vector>

#include "tests/common/error_of.h"
#include "tests/oracles/layer_problem.h"
#include "tests/platforms/fault_bench.h"
#include "tests/platforms/platform_bench.h"
#include "tests/platforms/random_processing.h"
#include "tests/toy_machine/messages.h"
#include "tests/toy_machine/toy.h"
#include "tests/toy_machine/toy_oracle.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

[[maybe_unused]] const bool registered = (register_platform(toy::toy_platform()), true);

PlatformOptions machine_of(int lanes, int depth) {
    return with_settings({{"engine.lanes", std::to_string(lanes)},
                          {"engine.pipeline_depth", std::to_string(depth)},
                          {"operand.bits", "16"},
                          {"accumulator.bits", "24"}});
}

// Everything but its host side.
std::map<std::string, std::uint64_t> machine_counters(const Platform& platform) {
    auto counters = all_counters(platform);
    std::erase_if(counters, [](const auto& counter) {
        return counter.first.starts_with("dma_engine") || counter.first.starts_with("command_processor") ||
               counter.first == "sequencer.setup_cycles" || counter.first == "output_buffer.overflows";
    });
    return counters;
}

void check_layer(Standalone& bench, const RandomLayer& random, int lanes, int depth) {
    const LayerJob job = job_of(random);
    const auto expected =
        oracle::simulate_toy(oracle::problem_of(random.layer, random.input, random.weights), lanes, depth);
    const HostOutcome outcome = run_afresh(bench, job);
    REQUIRE(outcome.done);
    CHECK(outcome.records.back().cycles == expected.cycles);
    CHECK(bench.platform.statistic("multiplier_row.busy") == expected.busy);
    CHECK(bench.platform.statistic("multiplier_row.fragment") == expected.fragment);
    CHECK(bench.platform.statistic("sequencer.drain") == expected.drain);
    CHECK(attributed_cycles("toy", bench) == std::uint64_t(lanes) * expected.cycles);

    const Psums exact = convolve(random.layer, random.input, random.weights);
    CHECK(exact.data == expected.Y);
    const Wrapped sums = wrap_to(exact, 24);
    CHECK(bench.lowering->decode_sums(job, outcome.output) == sums.values);
    CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) == sums.overflows);
    const std::uint64_t useful = useful_products(random.layer, random.input, random.weights);
    CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful);

    // Only counted, all is the same.
    const auto counters = machine_counters(bench.platform);
    LayerJob counted = job;
    counted.count_only = true;
    const HostOutcome count = run_afresh(bench, counted);
    REQUIRE(count.done);
    CHECK(count.records.back().cycles == expected.cycles);
    CHECK(machine_counters(bench.platform) == counters);
    CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful);
}

void check_stored_output(Standalone& bench, const RandomLayer& layer, std::mt19937_64& random) {
    const Psums sums = convolve(layer.layer, layer.input, layer.weights);
    LayerJob job = job_of(layer);
    job.post_processing = random_processing(random, sums, bench.lowering->accumulator_bits());
    const HostOutcome outcome = run_afresh(bench, job);
    REQUIRE(outcome.done);
    CHECK(bench.lowering->decode_output(job, outcome.output) == post_process(sums, *job.post_processing));
}

void check_machine(int lanes, int depth, unsigned seed) {
    simulate("toy", machine_of(lanes, depth), [&](Standalone& bench) {
        std::mt19937_64 random(seed);
        for (int n = 0; n < 40; ++n) {
            INFO("layer " << n);
            const RandomLayer layer = n % 4 == 0 ? random_fully_connected(random, n) : random_convolution(random, n);
            check_layer(bench, layer, lanes, depth);
            check_stored_output(bench, layer, random);
        }
    });
}

RandomLayer small_layer() {
    std::mt19937_64 random(3);
    RandomLayer result{square_convolution("small", 3, 8, 6, 3), {}, {}};
    result.input = random_operands(random, result.layer.input_shape(), 0.7, 100);
    result.weights = random_operands(random, result.layer.weight_shape(), 0.7, 100);
    return result;
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("random layers on one multiplier without a pipeline") {
    check_machine(1, 0, 1);
}
TEST_CASE("random layers on few multipliers") {
    check_machine(5, 3, 2);
}
TEST_CASE("random layers on more multipliers than most filters have weights") {
    check_machine(96, 9, 3);
}

TEST_CASE("what the machine cannot run is told by name before anything runs") {
    CHECK_THAT(error_of([] { find_platform("toi"); }), Catch::Contains("toy"));
    CHECK_THAT(error_of([] {
                   make_parameters(find_platform("toy"), "", {{"engine.lanes", "0"}});
               }),
               Catch::Contains("engine.lanes") && Catch::Contains("1 .. 1024"));
    const auto parameters = make_parameters(find_platform("toy"), "", {{"operand.bits", "7"}});
    const auto lowering = find_platform("toy").make_lowering(*parameters);
    const RandomLayer wide = small_layer();
    CHECK_THAT(error_of([&] { lowering->lower(job_of(wide), Standalone::kBase); }), Catch::Contains("small"));
    RandomLayer pool = wide;
    pool.layer.kind = LayerKind::max_pool;
    CHECK_THAT(error_of([&] { lowering->check(pool.layer); }), Catch::Contains("small") && Catch::Contains("toy"));
}

TEST_CASE("a name cannot be registered twice") {
    CHECK_THROWS_AS(register_platform(toy::toy_platform()), std::logic_error);
}

TEST_CASE("malformed weights are faults, and the machine goes on") {
    simulate("toy", with_settings({{"operand.bits", "8"}}), [](Standalone& bench) {
        const RandomLayer layer = small_layer();
        const MemoryImage good = bench.lowering->lower(job_of(layer), Standalone::kBase);
        const HostOutcome before = run_afresh(bench, good);
        REQUIRE(before.done);

        MemoryImage cut = good;
        nz_descriptor descriptor = read_descriptor(cut, 0);
        descriptor.weights.size -= 2;
        write_descriptor(cut, 0, descriptor);
        CHECK(run_afresh(bench, cut).error == NZ_ERROR_DATA);

        MemoryImage wide = good;
        for (MemorySegment& segment : wide.segments) {
            if (segment.name == "weights") {
                segment.bytes.back() = 0x40;
            }
        }
        CHECK(run_afresh(bench, wide).error == NZ_ERROR_DATA);

        start(bench.host, good);
        sc_core::wait(4 * bench.platform.clock_period() * double(before.records.back().cycles) / 5);
        stop(bench.host, NZ_CONTROL_ABORT);

        const HostOutcome after = run_afresh(bench, good);
        REQUIRE(after.done);
        CHECK(after.output == before.output);
        CHECK(after.records.back().cycles == before.records.back().cycles);
    });
}

TEST_CASE("a flip in a message between two blocks is noticed") {
    const RandomLayer layer = small_layer();
    const auto another_column = [](toy::ColumnJob& job) {
        if (job.p != 7) {
            return false;
        }
        --job.p;
        return true;
    };
    check_message_fault<toy::ColumnJob>("toy", {}, "sequencer.jobs", another_column, [&](Standalone& bench) {
        const HostOutcome outcome = run_afresh(bench, job_of(layer));
        const bool right = outcome.done && bench.lowering->decode_sums(job_of(layer), outcome.output) ==
                                               convolve(layer.layer, layer.input, layer.weights);
        return std::string(right ? "" : "values");
    });
}

TEST_CASE("docs/new_machine.md counts the files and lines of the machine") {
    const char* const root = std::getenv("NONZERO_SOURCE_DIR");
    REQUIRE(root != nullptr);
    const std::string page = text_of(std::filesystem::path(root) / "docs/new_machine.md");
    struct Sum {
        int files = 0;
        std::ptrdiff_t lines = 0;
        std::string text() const { return fmt::format("**{} files and {} lines**", files, lines); }
    } machine, all;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(root) / "tests/toy_machine")) {
        const std::string name = entry.path().filename().string();
        const std::string text = text_of(entry.path());
        const auto lines = std::count(text.begin(), text.end(), '\n');
        CHECK_THAT(page, Catch::Contains(fmt::format("| `{}` | {} |", name, lines)));
        const bool beside =
            name == "README.md" || name == "CMakeLists.txt" || name == "toy_oracle.h" || name.ends_with("_test.cpp");
        for (Sum* const sum : beside ? std::vector{&all} : std::vector{&all, &machine}) {
            ++sum->files;
            sum->lines += lines;
        }
    }
    CHECK_THAT(page, Catch::Contains(machine.text()));
    CHECK_THAT(page, Catch::Contains(all.text()));
}
