// PROGRAM: one status record per image.
#include <tuple>

#include "tests/models/common/processor_bench.h"

using namespace nonzero;
using namespace nonzero::test;
using sc_core::SC_MS;

namespace {

constexpr std::uint64_t kTable = kMemoryBase + 0xD000;

nz_descriptor program(std::uint32_t images) {
    nz_descriptor d{};
    d.version = NZ_DESCRIPTOR_VERSION;
    d.size = NZ_DESCRIPTOR_SIZE;
    d.opcode = NZ_OP_PROGRAM;
    d.c = images;
    d.input = {input_at(0), 16};
    d.output = {output_at(0), 16};
    d.program0 = {weights_at(0), 64};
    d.status_record = kTable;
    return d;
}

// Image i takes 100 + i cycles and leaves 8 i bytes; all together 50 more.
Completion images_of(std::uint32_t images) {
    Completion completion;
    for (std::uint32_t image = 0; image < images; ++image) {
        completion.images.push_back({100 + image, 8 * image});
        completion.cycles += 100 + image;
    }
    completion.cycles += 50;
    return completion;
}

nz_status_record image_record(const Bench& bench, std::uint64_t image) {
    return bench.memory.load<nz_status_record>(kTable + image * sizeof(nz_status_record));
}

// What would stand in the record of an image that there is not.
constexpr std::uint32_t kUntouched = 0xABCD;

void mark_records(Bench& bench) {
    for (std::uint64_t image = 0; image < 8; ++image) {
        nz_status_record record{};
        record.error = kUntouched;
        bench.memory.store(kTable + image * sizeof record, record);
    }
}

}  // namespace

TEST_CASE("a program tells of each image in a record of its own") {
    Bench bench("bench");
    run(bench, [&] {
        for (const auto& [asked, images] : {std::tuple{3U, 3U}, {1U, 1U}, {0U, 1U}}) {
            CAPTURE(asked);
            mark_records(bench);
            nz_descriptor d = program(asked);
            d.next = descriptor_at(1);
            place(bench, 0, d);
            place(bench, 1, convolution(1));
            bench.engine.script = [&bench, expected = images](const nz_descriptor& descriptor, WorkContext& context) {
                return descriptor.opcode == NZ_OP_PROGRAM ? images_of(expected)
                                                          : bench.engine.layer(descriptor, context);
            };
            bench.host.start(descriptor_at(0), 2);
            CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_DONE));
            bench.host.clear_status();
            for (std::uint32_t image = 0; image < images; ++image) {
                const nz_status_record record = image_record(bench, image);
                CHECK(record.status == NZ_STATUS_DONE);
                CHECK(record.error == NZ_ERROR_NONE);
                CHECK(record.descriptor_index == 0);
                CHECK(record.cycles == 100 + image);
                CHECK(record.output_bytes == 8 * image);
            }
            CHECK(image_record(bench, images).error == kUntouched);
            CHECK(record_of(bench, 1).descriptor_index == 1);
            CHECK(record_of(bench, 1).status == NZ_STATUS_DONE);
        }
        CHECK(bench.host.read64(NZ_REG_TOTAL_CYCLES_LO) == 100 + 101 + 102 + 50 + 2 * (100 + 50) + 3 * 100);
    });
}

TEST_CASE("a program that fails leaves its error in the records of all images") {
    Bench bench("bench");
    place(bench, 0, program(3));
    mark_records(bench);
    bench.engine.script = [](const nz_descriptor&, WorkContext& context) -> Completion {
        unsigned char byte = 0;
        context.read(kBrokenPage, &byte, 1);
        return images_of(3);
    };
    run(bench, [&] {
        bench.host.start(descriptor_at(0), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        for (std::uint64_t image = 0; image < 3; ++image) {
            CHECK(image_record(bench, image).status == NZ_STATUS_ERROR);
            CHECK(image_record(bench, image).error == NZ_ERROR_BUS);
            CHECK(image_record(bench, image).cycles == 0);
        }
        CHECK(image_record(bench, 3).error == kUntouched);
    });
}

TEST_CASE("a platform without programs writes one record for one") {
    Bench bench("bench");
    bench.engine.supported &= ~(1u << NZ_OP_PROGRAM);
    place(bench, 0, program(3));
    mark_records(bench);
    run(bench, [&] {
        bench.host.start(descriptor_at(0), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(image_record(bench, 0).error == NZ_ERROR_OPCODE);
        CHECK(image_record(bench, 1).error == kUntouched);
    });
}

TEST_CASE("more images than a table may have are refused without one") {
    Bench bench("bench");
    place(bench, 0, program(NZ_PROGRAM_IMAGES + 1));
    mark_records(bench);
    run(bench, [&] {
        bench.host.start(descriptor_at(0), 1);
        CHECK(bench.host.wait_for_idle() == (NZ_STATUS_IDLE | NZ_STATUS_ERROR));
        CHECK(bench.host.read(NZ_REG_ERROR_CODE) == NZ_ERROR_SHAPE);
        CHECK(bench.engine.executions == 0);
        CHECK(image_record(bench, 0).error == kUntouched);
    });
}

TEST_CASE("an engine that forgets an image is a programming error") {
    Bench bench("bench");
    place(bench, 0, program(3));
    bench.engine.script = [](const nz_descriptor&, WorkContext&) { return images_of(2); };
    bench.host.body = [&] { bench.host.start(descriptor_at(0), 1); };
    CHECK_THROWS_WITH(sc_core::sc_start(1, SC_MS), Catch::Contains("each image"));
}
