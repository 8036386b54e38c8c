#include "tests/platforms/masked_refusals.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <stdexcept>
#include <vector>

#include "lowering/lowering.h"
#include "workloads/error.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace nonzero::test {

namespace {

RandomLayer small_layer() {
    std::mt19937_64 random(3);
    RandomLayer layer;
    layer.layer = square_convolution("small", 4, 6, 9, 3);
    layer.input = random_operands(random, layer.layer.input_shape(), 0.6, 100);
    layer.weights = random_operands(random, layer.layer.weight_shape(), 0.5, 100);
    return layer;
}

}  // namespace

std::string refusal_of(const std::string& kind, const Settings& settings) {
    const PlatformKind& platform = find_platform(kind);
    try {
        platform.make_lowering(*make_parameters(platform, "", settings));
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

void check_refused_layers(const std::string& kind) {
    simulate(kind, {}, [&](Standalone& bench) {
        Layer pool;
        pool.name = "pool1";
        pool.kind = LayerKind::max_pool;
        CHECK_THROWS_WITH(bench.lowering->check(pool), Catch::Contains("pool1") && Catch::Contains(kind));
        Layer huge;
        huge.name = "huge";
        huge.C = huge.K = 1 << 14;
        CHECK_THROWS_WITH(bench.lowering->check(huge), Catch::Contains("huge"));
        RandomLayer layer = small_layer();
        LayerJob job = job_of(layer);
        job.post_processing = PostProcessing{};
        job.pooling = Pooling{PoolKind::max, 2, 2, 0, 0};
        CHECK_THROWS_WITH(bench.lowering->lower(job, Standalone::kBase),
                          Catch::Contains("small") && Catch::Contains("pool"));
        layer.weights.data[1] = 256;
        CHECK_THROWS_WITH(bench.lowering->lower(job_of(layer), Standalone::kBase), Catch::Contains("operand.bits = 9"));
    });
}

void check_malformed_operands(const std::string& kind) {
    simulate(kind, {}, [](Standalone& bench) {
        const RandomLayer layer = small_layer();
        const LayerJob job = job_of(layer);
        const MemoryImage sound = bench.lowering->lower(job, Standalone::kBase);
        const nz_descriptor descriptor = read_descriptor(sound, 0);
        const auto expect = [&](const MemoryImage& image, nz_error error, std::uint64_t address) {
            const HostOutcome outcome = run_afresh(bench, image);
            CHECK_FALSE(outcome.done);
            CHECK(outcome.error == error);
            CHECK(outcome.fault_address == address);
            const HostOutcome again = run_afresh(bench, sound);
            REQUIRE(again.done);
            CHECK(bench.lowering->decode_sums(job, again.output) == convolve(layer.layer, layer.input, layer.weights));
        };
        const auto segment = [](MemoryImage& image, const std::string& name) -> std::vector<std::uint8_t>& {
            for (MemorySegment& one : image.segments) {
                if (one.name == name) {
                    return one.bytes;
                }
            }
            throw std::out_of_range(name);
        };
        const auto with = [&](const std::string& name, std::size_t at, std::uint8_t byte) {
            MemoryImage image = sound;
            segment(image, name).at(at) = byte;
            return image;
        };
        MemoryImage whole = sound;
        const std::size_t input = segment(whole, "input").size();
        const std::size_t weights = segment(whole, "weights").size();
        // 324 inputs: the last byte of the mask has four elements; a value of zero; one too wide.
        expect(with("input", 40, 0xF0), NZ_ERROR_DATA, descriptor.input.address);
        MemoryImage zero = with("input", input - 1, 0);
        segment(zero, "input").at(input - 2) = 0;
        expect(zero, NZ_ERROR_DATA, descriptor.input.address);
        expect(with("input", input - 1, 0x40), NZ_ERROR_DATA, descriptor.input.address);
        // The table of filters names one twice, or one that is none; weights alike.
        MemoryImage twice = sound;
        std::copy_n(segment(twice, "weights").begin(), 4, segment(twice, "weights").begin() + 4);
        expect(twice, NZ_ERROR_DATA, descriptor.weights.address);
        expect(with("weights", 0, 6), NZ_ERROR_DATA, descriptor.weights.address);
        expect(with("weights", 6 * 4 + 4, 0xFF), NZ_ERROR_DATA, descriptor.weights.address);
        expect(with("weights", weights - 1, 0x40), NZ_ERROR_DATA, descriptor.weights.address);
        // Regions that end too early.
        for (const bool of_input : {true, false}) {
            for (const std::uint64_t less : {std::uint64_t{2}, std::uint64_t{1} << 20}) {
                MemoryImage image = sound;
                nz_descriptor shorter = descriptor;
                nz_region& region = of_input ? shorter.input : shorter.weights;
                region.size = region.size > less ? region.size - less : 1;
                write_descriptor(image, 0, shorter);
                const HostOutcome outcome = run_afresh(bench, image);
                CHECK(outcome.error == NZ_ERROR_REGION);
            }
        }
        MemoryImage small = sound;
        nz_descriptor no_room = descriptor;
        no_room.output.size = 100;
        write_descriptor(small, 0, no_room);
        const HostOutcome outcome = run_afresh(bench, small);
        CHECK(outcome.error == NZ_ERROR_OUTPUT_SIZE);
    });
}

}  // namespace nonzero::test
