// Descriptors: one that passes the general checks keeps what they promise to every engine, and each machine's own
// checks of it come to an end.

#include <cstring>

#include "fuzz/support.h"
#include "models/dcnn/descriptor_limits.h"
#include "models/dcnn/geometry.h"
#include "models/gemm/gemm_plan.h"
#include "models/host/descriptor_check.h"
#include "models/pe_array/convolution_shape.h"
#include "models/pe_array/descriptor_limits.h"
#include "models/scnn/descriptor_shape.h"

using namespace nonzero;
using fuzz::require;

namespace {

constexpr std::uint32_t kEveryOpcode = 0x7E;

std::uint64_t outputs(std::uint64_t extent, std::uint64_t pads, std::uint64_t kernel, std::uint64_t dilation,
                      std::uint64_t stride) {
    const std::uint64_t span = dilation * (kernel - 1) + 1;
    return extent + pads < span ? 0 : (extent + pads - span) / stride + 1;
}

void check_region(const nz_region& region, std::uint64_t needed) {
    require(region_is_sound(region), "a region that is needed is there");
    require(region.size >= needed, "a region is large enough");
}

void check_promises(const nz_descriptor& d) {
    require((d.flags & ~NZ_FLAGS_KNOWN) == 0, "flags are known");
    require(d.status_record == 0 || status_records_are_sound(d.status_record, status_records_of(d)),
            "status records are sound");
    if (d.opcode == NZ_OP_PROGRAM) {
        require(d.c <= NZ_PROGRAM_IMAGES, "images are inside their bound");
        return;
    }
    for (const std::uint32_t dimension : {d.c, d.h, d.w, d.k, d.r, d.s, d.p, d.q}) {
        require(dimension >= 1 && dimension <= kMaxDimension, "dimensions are inside their bounds");
    }
    require(d.stride_y >= 1 && d.stride_x >= 1 && d.dilation_y >= 1 && d.dilation_x >= 1, "steps are at least 1");
    require(d.groups >= 1 && d.c % d.groups == 0 && d.k % d.groups == 0, "groups divide the channels");
    require(d.opcode != NZ_OP_DEPTHWISE || d.groups == d.c, "a depthwise layer has a group for each channel");
    require(outputs(d.h, std::uint64_t{d.pad_top} + d.pad_bottom, d.r, d.dilation_y, d.stride_y) == d.p &&
                outputs(d.w, std::uint64_t{d.pad_left} + d.pad_right, d.s, d.dilation_x, d.stride_x) == d.q,
            "the output's plane follows from the rest");
    const auto fits = [](long double a, long double b, long double c, long double e) {
        return a * b * c * e <= static_cast<long double>(kMaxElements);
    };
    require(fits(d.c, d.h, d.w, 1) && fits(d.k, d.p, d.q, 1) && fits(d.k, d.c / d.groups, d.r, d.s),
            "tensors are inside their bounds");
    if (d.opcode == NZ_OP_LOAD || (d.flags & NZ_FLAG_COUNT_ONLY) != 0) {
        return;
    }
    check_region(d.weights, 1);
    if (d.output_type == NZ_TYPE_RAW64) {
        require(d.output.address % 8 == 0, "sums are aligned");
        check_region(d.output, 8 * std::uint64_t{d.k} * d.p * d.q);
    } else {
        check_region(d.requant, sizeof(nz_requant) * std::uint64_t{d.k});
    }
}

// A descriptor near a sound one: small numbers that follow from one another, then some fields at random.
nz_descriptor take_descriptor(FuzzedDataProvider& data) {
    nz_descriptor d{};
    const auto small = [&data] { return data.ConsumeIntegralInRange<std::uint32_t>(1, 9); };
    d.version = NZ_DESCRIPTOR_VERSION;
    d.size = NZ_DESCRIPTOR_SIZE;
    d.opcode = data.ConsumeIntegralInRange<std::uint16_t>(1, 6);
    d.flags = std::uint16_t(data.ConsumeIntegralInRange<unsigned>(0, NZ_FLAGS_KNOWN));
    d.c = small();
    d.h = small();
    d.w = small();
    d.k = small();
    d.r = small();
    d.s = small();
    d.stride_y = std::uint16_t(small());
    d.stride_x = std::uint16_t(small());
    d.dilation_y = d.dilation_x = 1;
    d.pad_top = d.pad_bottom = std::uint16_t(small() - 1);
    d.pad_left = d.pad_right = std::uint16_t(small() - 1);
    d.groups = data.ConsumeBool() ? d.c : 1;
    d.output_type = data.ConsumeBool() ? NZ_TYPE_RAW64 : 8;
    d.clamp_low = INT32_MIN;
    d.clamp_high = INT32_MAX;
    std::uint64_t address = 0x1000;
    for (nz_region* region : {&d.input, &d.weights, &d.bias, &d.output, &d.requant, &d.block_index}) {
        *region = {address, 0x1000};
        address += 0x10000;
    }
    const int changes = data.ConsumeIntegralInRange(0, 5);
    for (int n = 0; n < changes; ++n) {
        const auto place = data.ConsumeIntegralInRange<std::size_t>(0, sizeof d - 1);
        const auto value = data.ConsumeIntegral<std::uint8_t>();
        std::memcpy(reinterpret_cast<unsigned char*>(&d) + place, &value, 1);
    }
    if (data.ConsumeBool() && d.r != 0 && d.s != 0 && d.stride_y != 0 && d.stride_x != 0) {
        d.p = std::uint32_t(
            outputs(d.h, std::uint64_t{d.pad_top} + d.pad_bottom, d.r, std::uint64_t{d.dilation_y}, d.stride_y));
        d.q = std::uint32_t(
            outputs(d.w, std::uint64_t{d.pad_left} + d.pad_right, d.s, std::uint64_t{d.dilation_x}, d.stride_x));
    }
    return d;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    FuzzedDataProvider data(bytes, size);
    const nz_descriptor descriptor = take_descriptor(data);
    if (check_descriptor(descriptor, 0x100, kEveryOpcode).code != NZ_ERROR_NONE) {
        return 0;
    }
    check_promises(descriptor);
    if (descriptor.opcode == NZ_OP_PROGRAM) {
        return 0;
    }
    const scnn::ScnnParameters scnn_machine;
    if (pe_array::check_for_pe_array(descriptor, scnn_machine) == NZ_ERROR_NONE) {
        scnn::geometry_of(descriptor, scnn_machine);
    }
    const dcnn::DcnnParameters dcnn_machine;
    if (dcnn::check_for_dcnn(descriptor, dcnn_machine) == NZ_ERROR_NONE) {
        dcnn::make_geometry(shape_of(descriptor), dcnn_machine);
    }
    const gemm::GemmWidths widths;
    if (gemm::check_for_gemm(descriptor, widths) == NZ_ERROR_NONE) {
        const gemm::GemmPlan plan = gemm::make_gemm_plan(descriptor, widths);
        require(plan.outputs() == std::uint64_t{descriptor.k} * descriptor.p * descriptor.q, "a plan has every output");
    }
    return 0;
}
