// Memory images that are damaged anywhere: the platform answers with an error or finishes, and runs the next good layer
// as if nothing had happened.

#include <catch2/catch.hpp>
#include <cstring>
#include <map>

#include "tests/platforms/scnn_test_support.h"
#include "workloads/error.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

int pick(std::mt19937_64& random, int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
}

MemorySegment* find_segment(MemoryImage& image, const std::string& name) {
    for (MemorySegment& segment : image.segments) {
        if (segment.name == name) {
            return &segment;
        }
    }
    return nullptr;
}

// Damages one segment: bits, bytes, a stretch of them, or its end. Says what it did.
std::string damage(std::mt19937_64& random, MemoryImage& image, const std::vector<std::string>& names) {
    MemorySegment* segment = nullptr;
    while (segment == nullptr) {
        segment = find_segment(image, names[std::size_t(pick(random, 0, int(names.size()) - 1))]);
    }
    std::vector<std::uint8_t>& bytes = segment->bytes;
    const auto place = std::size_t(pick(random, 0, int(bytes.size()) - 1));
    switch (pick(random, 0, 4)) {
        case 0:
            bytes[place] = std::uint8_t(bytes[place] ^ (1 << pick(random, 0, 7)));
            return segment->name + ": a bit";
        case 1:
            bytes[place] = pick(random, 0, 1) == 0 ? 0xFF : 0;
            return segment->name + ": a byte";
        case 2:
            for (std::size_t n = place; n < std::min(bytes.size(), place + 16); ++n) {
                bytes[n] = std::uint8_t(pick(random, 0, 255));
            }
            return segment->name + ": a stretch";
        case 3:  // a word, such as a count of entries or an offset
            for (std::size_t n = place / 4 * 4; n < std::min(bytes.size(), place / 4 * 4 + 4); ++n) {
                bytes[n] = std::uint8_t(pick(random, 0, 3) == 0 ? pick(random, 0, 255) : 0xFF);
            }
            return segment->name + ": a word";
        default:
            // What was there before is something else.
            for (std::size_t n = place; n < bytes.size(); ++n) {
                bytes[n] = 0xA5;
            }
            return segment->name + ": its end";
    }
}

struct Good {
    explicit Good(std::mt19937_64& random, int n)
        : test(n % 4 == 3 ? random_fully_connected(random, n) : random_convolution(random, n)) {
        job = job_of(test);
        if (n % 2 == 1) {
            job.post_processing.emplace();
            job.post_processing->requantisation.assign(std::size_t(test.layer.K), {1 << 28, 6});
            job.post_processing->bias.assign(std::size_t(test.layer.K), 17);
        }
    }
    Good(const Good&) = delete;
    bool equals(const Standalone& bench, const HostOutcome& outcome) const {
        const Psums sums = convolve(test.layer, test.input, test.weights);
        return outcome.done &&
               (job.post_processing
                    ? bench.lowering->decode_output(job, outcome.output) == post_process(sums, *job.post_processing)
                    : bench.lowering->decode_sums(job, outcome.output) == wrap_to(sums, 40).values);
    }
    RandomLayer test;
    LayerJob job;
};

// Damaged layers, each followed by a good one.
void run_damaged(const std::vector<std::string>& segments, int cases, Settings settings, std::uint64_t seed,
                 const std::string& kind = "scnn") {
    settings.emplace_back("accumulator.bits", "40");
    std::map<nz_error, int> errors;
    int finished = 0;
    simulate(kind, with_settings(settings), [&](Standalone& bench) {
        std::mt19937_64 random(seed);
        for (int n = 0; n < cases; ++n) {
            const Good layer(random, n);
            MemoryImage image = bench.lowering->lower(layer.job, Standalone::kBase);
            const std::string what = damage(random, image, segments);
            INFO("case " << n << ", " << what);
            CAPTURE(layer.test.layer.C, layer.test.layer.H, layer.test.layer.W, layer.test.layer.K);
            // Without a reset in between: the platform has to come back on its own.
            const HostOutcome outcome = bench.host.run(image);
            CHECK(outcome.done == (outcome.error == NZ_ERROR_NONE));
            CHECK((bench.host.read_register(NZ_REG_STATUS) & NZ_STATUS_IDLE) != 0);
            ++errors[outcome.error];
            finished += outcome.done ? 1 : 0;
            if (outcome.done && layer.job.post_processing) {
                // Well formed, whatever the values are.
                CHECK_NOTHROW(bench.lowering->decode_output(layer.job, outcome.output));
            }
            const HostOutcome again = bench.host.run(bench.lowering->lower(layer.job, Standalone::kBase));
            CHECK(layer.equals(bench, again));
        }
    });
    CHECK(finished > cases / 20);
    CHECK(errors[NZ_ERROR_DATA] > cases / 20);
}

}  // namespace

TEST_CASE("damaged operands are refused or computed") {
    run_damaged({"input", "input_index", "weights", "weight_index", "bias", "requant"}, 300, {}, 1);
}
TEST_CASE("damaged operands are refused or computed on other machines") {
    run_damaged({"input", "input_index", "weights", "weight_index"}, 150,
                {{"pe.rows", "3"},
                 {"pe.columns", "4"},
                 {"pe.i", "16"},
                 {"pe.f", "16"},
                 {"compression.placeholders", "false"},
                 {"memory.timing", "modelled"},
                 {"weights.skew", "fifo"},
                 {"dma.protocol", "at"}},
                2);
}

TEST_CASE("damaged layers that bring their input are refused or computed") {
    run_damaged({"index", "input", "weights"}, 150, {{"iaram.entries", "3"}, {"memory.timing", "modelled"}}, 5);
}
TEST_CASE("damaged dense operands are refused or computed") {
    run_damaged({"input", "input_index", "weights", "weight_index"}, 100, {}, 3, "scnn_sparse_a");
}
TEST_CASE("damaged dense activations are refused or computed") {
    run_damaged({"input", "input_index", "weights", "weight_index"}, 100, {}, 4, "scnn_sparse_w");
}

TEST_CASE("counts of another width than they need are refused") {
    simulate(with_settings({{"accumulator.bits", "40"}}), [&](Standalone& bench) {
        std::mt19937_64 random(9);
        const Good layer(random, 2);
        for (const char* const segment : {"input", "weights"}) {
            for (const int change : {1, 2, 3, 7, 16, 31, 128, 255}) {
                INFO(segment << ", width changed by " << change);
                MemoryImage image = bench.lowering->lower(layer.job, Standalone::kBase);
                std::uint8_t& width = find_segment(image, segment)->bytes.front();
                width = std::uint8_t(width + change);
                const HostOutcome outcome = bench.host.run(image);
                CHECK_FALSE(outcome.done);
                CHECK(outcome.error == NZ_ERROR_DATA);
                CHECK(layer.equals(bench, bench.host.run(bench.lowering->lower(layer.job, Standalone::kBase))));
            }
        }
    });
}

TEST_CASE("more blocks than any layer has are refused at once") {
    Layer layer;
    layer.name = "phases";
    layer.C = 1 << 16;
    layer.H = layer.W = 64;
    layer.stride_y = layer.stride_x = 64;
    simulate(with_settings({{"accumulator.bits", "40"}}), [&](Standalone& bench) {
        CHECK_THROWS_WITH(bench.lowering->check(layer), Catch::Contains("'phases'") && Catch::Contains("262144"));
        std::mt19937_64 random(9);
        const Good good(random, 2);
        MemoryImage image = bench.lowering->lower(good.job, Standalone::kBase);
        std::vector<std::uint8_t>& bytes = image.segments.front().bytes;
        nz_descriptor load;
        std::memcpy(&load, bytes.data(), sizeof load);
        load.c = 1 << 16;
        load.h = load.w = 64;
        load.stride_y = load.stride_x = 64;
        load.p = load.q = 1;
        load.r = load.s = 1;
        load.pad_top = load.pad_left = load.pad_bottom = load.pad_right = 0;
        std::memcpy(bytes.data(), &load, sizeof load);
        const HostOutcome outcome = bench.host.run(image);
        CHECK_FALSE(outcome.done);
        CHECK(outcome.error == NZ_ERROR_SHAPE);
        CHECK(good.equals(bench, bench.host.run(bench.lowering->lower(good.job, Standalone::kBase))));
    });
}

TEST_CASE("a requantisation table with impossible shifts does no harm") {
    simulate({}, [&](Standalone& bench) {
        std::mt19937_64 random(9);
        const Good layer(random, 1);
        for (const int shift : {-128, -32, 32, 127}) {
            INFO("shift " << shift);
            MemoryImage image = bench.lowering->lower(layer.job, Standalone::kBase);
            find_segment(image, "requant")->bytes.at(4) = std::uint8_t(shift);
            const HostOutcome outcome = bench.host.run(image);
            // Outside of what the interface allows.
            CHECK_FALSE(outcome.done);
            CHECK(layer.equals(bench, bench.host.run(bench.lowering->lower(layer.job, Standalone::kBase))));
        }
    });
}

TEST_CASE("regions larger than any memory cost none") {
    simulate(with_settings({{"accumulator.bits", "40"}}), [&](Standalone& bench) {
        std::mt19937_64 random(9);
        const Good layer(random, 2);
        for (const std::uint64_t size : {std::uint64_t{1} << 62, std::uint64_t{1} << 40}) {
            for (const bool weights : {false, true}) {
                INFO("size " << size << (weights ? " of the weights" : " of the input"));
                MemoryImage image = bench.lowering->lower(layer.job, Standalone::kBase);
                std::vector<std::uint8_t>& bytes = image.segments.front().bytes;
                nz_descriptor descriptor;
                std::uint8_t* const place = bytes.data() + (weights ? NZ_DESCRIPTOR_SIZE : 0);
                std::memcpy(&descriptor, place, sizeof descriptor);
                (weights ? descriptor.weights : descriptor.input).size = size;
                std::memcpy(place, &descriptor, sizeof descriptor);
                // Only what the block table names is read.
                CHECK(layer.equals(bench, bench.host.run(image)));
                CHECK(layer.equals(bench, bench.host.run(bench.lowering->lower(layer.job, Standalone::kBase))));
            }
        }
    });
}

TEST_CASE("the largest kernel is refused at once where it does not fit") {
    Layer layer;
    layer.name = "large";
    layer.H = layer.W = 300;
    layer.KH = layer.KW = 255;
    layer.pad = {127, 127, 127, 127};
    simulate(with_settings({{"accumulator.bits", "40"}}), [&](Standalone& bench) {
        CHECK_THROWS_AS(bench.lowering->check(layer), InputError);
        // As firmware would give it, without the lowering's check.
        std::mt19937_64 random(9);
        const Good good(random, 2);
        MemoryImage image = bench.lowering->lower(good.job, Standalone::kBase);
        std::vector<std::uint8_t>& bytes = image.segments.front().bytes;
        nz_descriptor descriptors[2];
        std::memcpy(descriptors, bytes.data(), sizeof descriptors);
        for (nz_descriptor& d : descriptors) {
            const nz_descriptor shape = describe_layer(layer, nz_opcode(d.opcode));
            nz_descriptor changed = shape;
            changed.flags = d.flags;
            changed.next = d.next;
            changed.output_type = d.output_type;
            changed.input = d.input;
            changed.weights = d.weights;
            changed.output = d.output;
            changed.block_index = d.block_index;
            changed.status_record = d.status_record;
            d = changed;
        }
        descriptors[1].output.size = 8 * 300 * 300;
        std::memcpy(bytes.data(), descriptors, sizeof descriptors);
        const HostOutcome outcome = bench.host.run(image);
        CHECK_FALSE(outcome.done);
        CHECK(outcome.error == NZ_ERROR_CAPACITY);
        CHECK(good.equals(bench, bench.host.run(bench.lowering->lower(good.job, Standalone::kBase))));
    });
}
