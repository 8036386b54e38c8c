#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "models/host/descriptor_check.h"

using nonzero::check_descriptor;
using nonzero::kMaxDimension;
using nonzero::region_is_sound;
using nonzero::status_records_are_sound;
using nonzero::status_records_of;

namespace {

constexpr std::uint32_t kAllOpcodes = 0x7E;
constexpr std::uint64_t kAddress = 0x1'0000'0300;
constexpr std::uint64_t kTop = std::numeric_limits<std::uint64_t>::max();

// 6 channels of 9 x 8, 4 kernels of 3 x 2, padded by 1 at the top and left.
nz_descriptor convolution() {
    nz_descriptor d{};
    d.version = NZ_DESCRIPTOR_VERSION;
    d.size = NZ_DESCRIPTOR_SIZE;
    d.opcode = NZ_OP_CONV;
    d.flags = NZ_FLAG_REQUANTISE | NZ_FLAG_RELU;
    d.c = 6;
    d.h = 9;
    d.w = 8;
    d.k = 4;
    d.r = 3;
    d.s = 2;
    d.stride_y = 2;
    d.stride_x = 1;
    d.dilation_y = d.dilation_x = 1;
    d.pad_top = d.pad_left = 1;
    d.p = 4;
    d.q = 8;
    d.groups = 2;
    d.input_type = d.weight_type = d.output_type = 8;
    d.accumulator_type = 32;
    d.clamp_low = -128;
    d.clamp_high = 127;
    d.input = {0x10000, 500};
    d.weights = {0x20000, 200};
    d.output = {0x30000, 128};
    d.requant = {0x40000, 4 * 8};
    d.status_record = 0x50008;
    return d;
}

nz_descriptor raw_convolution() {
    nz_descriptor d = convolution();
    d.flags = 0;
    d.output_type = NZ_TYPE_RAW64;
    d.output = {0x30000, 4 * 4 * 8 * 8};
    return d;
}

nz_descriptor depthwise() {
    nz_descriptor d = convolution();
    d.opcode = NZ_OP_DEPTHWISE;
    d.groups = d.c;
    d.k = 12;
    d.requant.size = 12 * 8;
    return d;
}

nz_descriptor fully_connected() {
    nz_descriptor d = convolution();
    d.opcode = NZ_OP_FULLY_CONNECTED;
    d.h = d.w = d.r = d.s = d.p = d.q = 1;
    d.stride_y = 1;
    d.pad_top = d.pad_left = 0;
    d.groups = 1;
    return d;
}

nz_descriptor gemm() {
    nz_descriptor d = fully_connected();
    d.opcode = NZ_OP_GEMM;
    d.w = d.q = 33;
    d.nm_n = 2;
    d.nm_m = 4;
    return d;
}

nz_descriptor load() {
    nz_descriptor d = convolution();
    d.opcode = NZ_OP_LOAD;
    d.flags = 0;
    d.weights = d.output = d.requant = {};
    return d;
}

nz_descriptor program() {
    nz_descriptor d{};
    d.version = NZ_DESCRIPTOR_VERSION;
    d.size = NZ_DESCRIPTOR_SIZE;
    d.opcode = NZ_OP_PROGRAM;
    d.program0 = {0x60000, 4096};
    return d;
}

nz_error code_of(const nz_descriptor& descriptor, std::uint32_t capabilities = kAllOpcodes) {
    return check_descriptor(descriptor, kAddress, capabilities).code;
}

struct Case {
    std::string what;
    nz_descriptor (*base)();
    std::function<void(nz_descriptor&)> change;
    nz_error expected;
};

void check_all(const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        CAPTURE(each.what);
        nz_descriptor descriptor = each.base();
        REQUIRE(code_of(descriptor) == NZ_ERROR_NONE);
        each.change(descriptor);
        const nonzero::DescriptorProblem problem = check_descriptor(descriptor, kAddress, kAllOpcodes);
        CHECK(problem.code == each.expected);
        CHECK(problem.address == (each.expected == NZ_ERROR_NONE ? 0 : kAddress));
    }
}

}  // namespace

#define CHANGE(statement) [](nz_descriptor& d) { statement; }

TEST_CASE("header and flags of a descriptor") {
    check_all({
        {"version", convolution, CHANGE(d.version = 2), NZ_ERROR_DESCRIPTOR_VERSION},
        {"version before size", convolution, CHANGE(d.version = 0; d.size = 0), NZ_ERROR_DESCRIPTOR_VERSION},
        {"size", convolution, CHANGE(d.size = 128), NZ_ERROR_DESCRIPTOR_SIZE},
        {"opcode 0", convolution, CHANGE(d.opcode = 0), NZ_ERROR_OPCODE},
        {"opcode 7", convolution, CHANGE(d.opcode = 7), NZ_ERROR_OPCODE},
        {"opcode beyond the capabilities' bits", convolution, CHANGE(d.opcode = 33), NZ_ERROR_OPCODE},
        {"unknown flag", convolution, CHANGE(d.flags |= 0x10), NZ_ERROR_FLAGS},
        {"unknown flag of a program", program, CHANGE(d.flags = 0x8000), NZ_ERROR_FLAGS},
        {"output without requantisation", convolution, CHANGE(d.flags = 0), NZ_ERROR_FLAGS},
        {"ReLU without requantisation", convolution, CHANGE(d.flags = NZ_FLAG_RELU), NZ_ERROR_FLAGS},
        {"no output at all", convolution, CHANGE(d.flags = NZ_FLAG_COUNT_ONLY), NZ_ERROR_NONE},
        {"requantised accumulators", raw_convolution, CHANGE(d.flags = NZ_FLAG_REQUANTISE), NZ_ERROR_FLAGS},
        {"rectified accumulators", raw_convolution, CHANGE(d.flags = NZ_FLAG_RELU), NZ_ERROR_FLAGS},
        {"LOAD with ReLU", load, CHANGE(d.flags = NZ_FLAG_RELU), NZ_ERROR_FLAGS},
        {"LOAD of what is resident", load, CHANGE(d.flags = NZ_FLAG_INPUT_RESIDENT), NZ_ERROR_FLAGS},
        {"LOAD for counting", load, CHANGE(d.flags = NZ_FLAG_COUNT_ONLY), NZ_ERROR_NONE},
    });
    CHECK(code_of(convolution(), kAllOpcodes & ~(1u << NZ_OP_CONV)) == NZ_ERROR_OPCODE);
    CHECK(code_of(convolution(), 1u << NZ_OP_CONV) == NZ_ERROR_NONE);
    CHECK(code_of(load(), 1u << NZ_OP_CONV) == NZ_ERROR_OPCODE);
}

TEST_CASE("shape of a descriptor") {
    check_all({
        {"no channels", convolution, CHANGE(d.c = 0), NZ_ERROR_SHAPE},
        {"no rows", convolution, CHANGE(d.h = 0), NZ_ERROR_SHAPE},
        {"no columns", convolution, CHANGE(d.w = 0), NZ_ERROR_SHAPE},
        {"no kernels", convolution, CHANGE(d.k = 0), NZ_ERROR_SHAPE},
        {"no kernel rows", convolution, CHANGE(d.r = 0), NZ_ERROR_SHAPE},
        {"no kernel columns", convolution, CHANGE(d.s = 0), NZ_ERROR_SHAPE},
        {"no output rows", convolution, CHANGE(d.p = 0), NZ_ERROR_SHAPE},
        {"no output columns", convolution, CHANGE(d.q = 0), NZ_ERROR_SHAPE},
        {"one output row too many", convolution, CHANGE(d.p = 5), NZ_ERROR_SHAPE},
        {"one output column too few", convolution, CHANGE(d.q = 7), NZ_ERROR_SHAPE},
        {"stride does not fit", convolution, CHANGE(d.stride_x = 2), NZ_ERROR_SHAPE},
        {"kernel larger than the plane", convolution, CHANGE(d.r = 11; d.p = 1), NZ_ERROR_SHAPE},
        {"dimension too large", fully_connected, CHANGE(d.c = kMaxDimension + 1), NZ_ERROR_SHAPE},
        {"largest dimension", fully_connected, CHANGE(d.c = kMaxDimension; d.k = 1), NZ_ERROR_NONE},
        {"weights too many", fully_connected, CHANGE(d.c = kMaxDimension; d.k = 129; d.requant.size = 129 * 8),
         NZ_ERROR_SHAPE},
        {"outputs too many", gemm, CHANGE(d.w = d.q = kMaxDimension; d.c = 1; d.k = 129), NZ_ERROR_SHAPE},
        {"inputs too many", gemm, CHANGE(d.w = d.q = kMaxDimension; d.k = 1; d.c = 129), NZ_ERROR_SHAPE},
        {"everything as large as it goes", convolution,
         CHANGE(d.c = d.h = d.w = d.k = d.p = d.q = kMaxDimension; d.r = d.s = 1; d.stride_y = 1;
                d.pad_top = d.pad_left = 0; d.groups = 1),
         NZ_ERROR_SHAPE},
        {"stride 0", convolution, CHANGE(d.stride_y = 0), NZ_ERROR_STRIDE},
        {"stride 0 of a LOAD", load, CHANGE(d.stride_x = 0), NZ_ERROR_STRIDE},
        {"dilation 0", convolution, CHANGE(d.dilation_x = 0), NZ_ERROR_STRIDE},
        {"dilation of a GEMM", gemm, CHANGE(d.dilation_x = 2), NZ_ERROR_STRIDE},
        {"dilated kernel", convolution, CHANGE(d.dilation_y = 4; d.p = 1), NZ_ERROR_NONE},
        {"padding larger than the kernel", convolution, CHANGE(d.pad_top = 4), NZ_ERROR_PADDING},
        {"padding at the right", convolution, CHANGE(d.pad_right = 3), NZ_ERROR_PADDING},
        {"padding of a GEMM", gemm, CHANGE(d.pad_left = 1), NZ_ERROR_PADDING},
        {"padding of a dilated kernel", convolution, CHANGE(d.dilation_y = 4; d.pad_top = 8; d.p = 5), NZ_ERROR_NONE},
        {"no groups", convolution, CHANGE(d.groups = 0), NZ_ERROR_GROUPS},
        {"groups that do not divide C", convolution, CHANGE(d.groups = 4), NZ_ERROR_GROUPS},
        {"groups that do not divide K", convolution, CHANGE(d.groups = 3), NZ_ERROR_GROUPS},
        {"depthwise with groups of two", depthwise, CHANGE(d.groups = 3), NZ_ERROR_GROUPS},
        {"GEMM in groups", gemm, CHANGE(d.groups = 2), NZ_ERROR_GROUPS},
        {"GEMM with rows", gemm, CHANGE(d.h = d.p = 2), NZ_ERROR_SHAPE},
        {"fully connected over a plane", fully_connected, CHANGE(d.h = d.r = 7; d.w = d.s = 5), NZ_ERROR_NONE},
        {"fully connected with two outputs a row", fully_connected, CHANGE(d.w = d.q = 2), NZ_ERROR_SHAPE},
    });
}

TEST_CASE("sparsity and pooling and types of a descriptor") {
    check_all({
        {"N without M", convolution, CHANGE(d.nm_n = 2), NZ_ERROR_SPARSITY},
        {"M without N", convolution, CHANGE(d.nm_m = 4), NZ_ERROR_SPARSITY},
        {"N above M", gemm, CHANGE(d.nm_n = 5), NZ_ERROR_SPARSITY},
        {"N equal to M", gemm, CHANGE(d.nm_n = 4), NZ_ERROR_NONE},
        {"pool", convolution, CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_size = 2; d.pool_stride = 2), NZ_ERROR_NONE},
        {"pool kind", convolution, CHANGE(d.pool_kind = 3; d.pool_size = 2; d.pool_stride = 2), NZ_ERROR_POOL},
        {"pool size 0", convolution, CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_stride = 2), NZ_ERROR_POOL},
        {"pool stride 0", convolution, CHANGE(d.pool_kind = NZ_POOL_AVERAGE; d.pool_size = 2), NZ_ERROR_POOL},
        {"pool padding before", convolution,
         CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_size = d.pool_stride = 2; d.pool_pad = NZ_POOL_PAD(2, 0)),
         NZ_ERROR_POOL},
        {"pool padding after", convolution,
         CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_size = d.pool_stride = 2; d.pool_pad = NZ_POOL_PAD(0, 2)),
         NZ_ERROR_POOL},
        {"pool padding below the size", convolution,
         CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_size = 16; d.pool_stride = 255; d.pool_pad = NZ_POOL_PAD(15, 15)),
         NZ_ERROR_NONE},
        {"pool larger than the plane", convolution,
         CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_size = 5; d.pool_stride = 1), NZ_ERROR_POOL},
        {"pool as large as the padded plane", convolution,
         CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_size = 6; d.pool_stride = 1; d.pool_pad = NZ_POOL_PAD(1, 1)),
         NZ_ERROR_NONE},
        {"pool larger than the plane padded before", convolution,
         CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_size = 6; d.pool_stride = 1; d.pool_pad = NZ_POOL_PAD(1, 0)),
         NZ_ERROR_POOL},
        {"pool as large as the plane padded after", convolution,
         CHANGE(d.pool_kind = NZ_POOL_AVERAGE; d.pool_size = 6; d.pool_stride = 1; d.pool_pad = NZ_POOL_PAD(0, 2)),
         NZ_ERROR_NONE},
        {"pooled neurons", fully_connected, CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_size = d.pool_stride = 1),
         NZ_ERROR_POOL},
        {"pool without outputs", convolution,
         CHANGE(d.flags |= NZ_FLAG_COUNT_ONLY; d.pool_kind = NZ_POOL_MAX; d.pool_size = d.pool_stride = 2),
         NZ_ERROR_POOL},
        {"pooled accumulators", raw_convolution, CHANGE(d.pool_kind = NZ_POOL_MAX; d.pool_size = d.pool_stride = 2),
         NZ_ERROR_POOL},
        {"one bit", convolution, CHANGE(d.input_type = 1), NZ_ERROR_TYPE},
        {"wide weights", convolution, CHANGE(d.weight_type = 33), NZ_ERROR_TYPE},
        {"wide accumulators", convolution, CHANGE(d.accumulator_type = 65), NZ_ERROR_TYPE},
        {"64-bit accumulators", convolution, CHANGE(d.accumulator_type = 64), NZ_ERROR_NONE},
        {"output between", convolution, CHANGE(d.output_type = 48), NZ_ERROR_TYPE},
        {"input zero point", convolution, CHANGE(d.input_zero_point = 128), NZ_ERROR_ZERO_POINT},
        {"lowest zero point", convolution, CHANGE(d.input_zero_point = -128), NZ_ERROR_NONE},
        {"weight zero point", convolution, CHANGE(d.weight_zero_point = -129), NZ_ERROR_ZERO_POINT},
        {"output zero point", convolution, CHANGE(d.output_zero_point = 1000), NZ_ERROR_ZERO_POINT},
        {"zero point at the machine's width", convolution, CHANGE(d.output_type = 0; d.output_zero_point = 1000),
         NZ_ERROR_NONE},
        {"clamp", convolution, CHANGE(d.clamp_low = 3; d.clamp_high = 2), NZ_ERROR_CLAMP},
        {"clamp to one value", convolution, CHANGE(d.clamp_low = d.clamp_high = 2), NZ_ERROR_NONE},
    });
}

TEST_CASE("regions of a descriptor") {
    check_all({
        {"no input", convolution, CHANGE(d.input = {}), NZ_ERROR_REGION},
        {"resident input", convolution, CHANGE(d.input = {}; d.flags |= NZ_FLAG_INPUT_RESIDENT), NZ_ERROR_NONE},
        {"input without bytes", convolution, CHANGE(d.input.size = 0), NZ_ERROR_REGION},
        {"input at address 0", convolution, CHANGE(d.input.address = 0), NZ_ERROR_NONE},
        {"input wraps around", convolution, CHANGE(d.input = (nz_region{kTop - 498, 500})), NZ_ERROR_REGION},
        {"input up to the last address", convolution, CHANGE(d.input = (nz_region{kTop - 499, 500})), NZ_ERROR_NONE},
        {"LOAD without input", load, CHANGE(d.input = {}), NZ_ERROR_REGION},
        {"no weights", convolution, CHANGE(d.weights = {}), NZ_ERROR_REGION},
        {"no output", convolution, CHANGE(d.output = {}), NZ_ERROR_REGION},
        {"no output when counting", convolution, CHANGE(d.output = d.requant = {}; d.flags |= NZ_FLAG_COUNT_ONLY),
         NZ_ERROR_NONE},
        {"unused region wraps around", convolution, CHANGE(d.program1 = (nz_region{kTop, 2})), NZ_ERROR_REGION},
        {"bias", convolution, CHANGE(d.bias = (nz_region{0x70000, 32})), NZ_ERROR_NONE},
        {"bias too small", convolution, CHANGE(d.bias = (nz_region{0x70000, 31})), NZ_ERROR_REGION},
        {"bias misaligned", convolution, CHANGE(d.bias = (nz_region{0x70004, 32})), NZ_ERROR_REGION},
        {"no requantisation table", convolution, CHANGE(d.requant = {}), NZ_ERROR_REGION},
        {"requantisation table too small", convolution, CHANGE(d.requant.size = 31), NZ_ERROR_REGION},
        {"requantisation table misaligned", convolution, CHANGE(d.requant.address += 2), NZ_ERROR_REGION},
        {"residual without its rescale", convolution, CHANGE(d.residual = (nz_region{0x80000, 128})), NZ_ERROR_REGION},
        {"residual", convolution, CHANGE(d.residual = (nz_region{0x80000, 128}); d.requant.size = 40), NZ_ERROR_NONE},
        {"block index misaligned", convolution, CHANGE(d.block_index = (nz_region{0x90002, 8})), NZ_ERROR_REGION},
        {"half a block", convolution, CHANGE(d.block_index = (nz_region{0x90000, 12})), NZ_ERROR_REGION},
        {"block index", convolution, CHANGE(d.block_index = (nz_region{0x90004, 16})), NZ_ERROR_NONE},
        {"accumulators do not fit", raw_convolution, CHANGE(d.output.size -= 1), NZ_ERROR_OUTPUT_SIZE},
        {"accumulators misaligned", raw_convolution, CHANGE(d.output.address += 4), NZ_ERROR_REGION},
        {"no program", program, CHANGE(d.program0 = {}), NZ_ERROR_REGION},
        {"program wraps around", program, CHANGE(d.program0 = (nz_region{kTop - 10, 12})), NZ_ERROR_REGION},
        {"no status record", convolution, CHANGE(d.status_record = 0), NZ_ERROR_NONE},
        {"status record misaligned", convolution, CHANGE(d.status_record = 0x50004), NZ_ERROR_STATUS_RECORD},
        {"status record wraps around", convolution, CHANGE(d.status_record = kTop - 7), NZ_ERROR_STATUS_RECORD},
        {"status records of a program's images", program, CHANGE(d.c = 2; d.status_record = kTop - 63), NZ_ERROR_NONE},
        {"status records of its images wrap around", program, CHANGE(d.c = 2; d.status_record = kTop - 31),
         NZ_ERROR_STATUS_RECORD},
        {"one image without a number", program, CHANGE(d.c = 0; d.status_record = kTop - 31), NZ_ERROR_NONE},
        {"most images", program, CHANGE(d.c = 65536), NZ_ERROR_NONE},
        {"too many images", program, CHANGE(d.c = 65537), NZ_ERROR_SHAPE},
        {"status record of a program", program, CHANGE(d.status_record = 3), NZ_ERROR_STATUS_RECORD},
        {"status record of a depthwise layer", depthwise, CHANGE(d.status_record = 4), NZ_ERROR_STATUS_RECORD},
    });
    CHECK_FALSE(status_records_are_sound(0, 1));
    CHECK(status_records_are_sound(8, 1));
    CHECK(status_records_are_sound(kTop - 31, 1));
    CHECK_FALSE(status_records_are_sound(kTop - 23, 1));
    CHECK_FALSE(status_records_are_sound(kTop - 31, 2));
    CHECK(status_records_are_sound(kTop - 63, 2));
    CHECK(status_records_are_sound(8, 65536));
    CHECK_FALSE(status_records_are_sound(8, 65537));
}

TEST_CASE("a region is sound when a walk over its bytes stays below 2^64") {
    CHECK(nonzero::test::property_holds("against 65-bit arithmetic", [] {
        // Close to the top, where it matters, as often as anywhere.
        const auto below_top = *rc::gen::inRange<std::uint64_t>(0, 300);
        const auto anywhere = *rc::gen::arbitrary<std::uint64_t>();
        const auto small = *rc::gen::inRange<std::uint64_t>(0, 300);
        const auto large = *rc::gen::arbitrary<std::uint64_t>();
        const std::uint64_t address = *rc::gen::element(kTop - below_top, anywhere);
        const std::uint64_t size = *rc::gen::element(small, large);
        // Last byte = address + size - 1, in halves of 32 bits with carry.
        bool sound = size != 0;
        if (sound) {
            const std::uint64_t low = (address & 0xFFFFFFFF) + ((size - 1) & 0xFFFFFFFF);
            const std::uint64_t high = (address >> 32) + ((size - 1) >> 32) + (low >> 32);
            sound = high >> 32 == 0;
        }
        RC_ASSERT(region_is_sound({address, size}) == sound);
    }));
}

TEST_CASE("P and Q follow when the kernel's positions are counted") {
    CHECK(nonzero::test::property_holds("against stepping the kernel over the padded line", [] {
        nz_descriptor d = convolution();
        d.h = *rc::gen::inRange(1u, 40u);
        d.w = *rc::gen::inRange(1u, 40u);
        d.r = *rc::gen::inRange(1u, 8u);
        d.s = *rc::gen::inRange(1u, 8u);
        const auto step = rc::gen::inRange<std::uint16_t>(1, 5);
        d.stride_y = *step;
        d.stride_x = *step;
        d.dilation_y = *step;
        d.dilation_x = *step;
        const auto pad = rc::gen::inRange<std::uint16_t>(0, 6);
        d.pad_top = *pad;
        d.pad_bottom = *pad;
        d.pad_left = *pad;
        d.pad_right = *pad;

        const auto last_tap = [](std::uint32_t kernel, std::uint32_t dilation) { return (kernel - 1) * dilation; };
        const auto count = [&](std::uint32_t line, std::uint32_t before, std::uint32_t after, std::uint32_t kernel,
                               std::uint32_t dilation, std::uint32_t stride) {
            std::uint32_t found = 0;
            for (std::uint32_t first = 0; first + last_tap(kernel, dilation) < line + before + after; first += stride) {
                ++found;
            }
            return found;
        };
        const std::uint32_t p = count(d.h, d.pad_top, d.pad_bottom, d.r, d.dilation_y, d.stride_y);
        const std::uint32_t q = count(d.w, d.pad_left, d.pad_right, d.s, d.dilation_x, d.stride_x);
        const bool padding_is_sound =
            d.pad_top <= last_tap(d.r, d.dilation_y) + 1 && d.pad_bottom <= last_tap(d.r, d.dilation_y) + 1 &&
            d.pad_left <= last_tap(d.s, d.dilation_x) + 1 && d.pad_right <= last_tap(d.s, d.dilation_x) + 1;
        d.p = p;
        d.q = q;
        nz_error expected = NZ_ERROR_NONE;
        if (p == 0 || q == 0) {
            expected = NZ_ERROR_SHAPE;
        } else if (!padding_is_sound) {
            expected = NZ_ERROR_PADDING;
        }
        RC_ASSERT(code_of(d) == expected);
        if (expected == NZ_ERROR_NONE) {
            d.p += 1;
            RC_ASSERT(code_of(d) == NZ_ERROR_SHAPE);
            d.p = p;
            d.q -= 1;
            RC_ASSERT(code_of(d) == NZ_ERROR_SHAPE);
        }
    }));
}

TEST_CASE("a random descriptor is never misread") {
    // Whatever 256 bytes say, the check ends and what passes keeps what the header promises.
    CHECK(nonzero::test::property_holds("bytes", [] {
        nz_descriptor d = (*rc::gen::element(&convolution, &depthwise, &fully_connected, &gemm, &load))();
        auto* bytes = reinterpret_cast<unsigned char*>(&d);
        for (int changes = *rc::gen::inRange(1, 4); changes > 0; --changes) {
            bytes[*rc::gen::inRange<std::size_t>(16, sizeof d)] = *rc::gen::arbitrary<unsigned char>();
        }
        if (code_of(d) == NZ_ERROR_NONE) {
            RC_ASSERT(d.stride_y * d.stride_x * d.dilation_y * d.dilation_x != 0);
            RC_ASSERT(d.groups != 0u);
            RC_ASSERT(d.c % d.groups == 0u);
            RC_ASSERT(d.k % d.groups == 0u);
            RC_ASSERT(double(d.c) * d.h * d.w <= double(nonzero::kMaxElements));
            RC_ASSERT(double(d.k) * d.p * d.q <= double(nonzero::kMaxElements));
            RC_ASSERT(double(d.k) * (d.c / d.groups) * d.r * d.s <= double(nonzero::kMaxElements));
        }
    }));
}
