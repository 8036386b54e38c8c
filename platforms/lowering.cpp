#include "platforms/lowering.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "workloads/error.h"

namespace nonzero {

static_assert(std::endian::native == std::endian::little, "memory images are written as the host holds them");

namespace {

constexpr std::uint64_t kAlignment = 256;

std::uint64_t align(std::uint64_t address) {
    return (address + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

nz_region ImageBuilder::add(const std::string& name, std::vector<std::uint8_t> bytes) {
    if (bytes.empty()) {
        return {0, 0};
    }
    const nz_region region = reserve(bytes.size());
    segments_.push_back({name, region.address, std::move(bytes)});
    return region;
}

nz_region ImageBuilder::reserve(std::uint64_t bytes) {
    const nz_region region{align(next_), bytes};
    next_ = align(region.address + bytes);
    return region;
}

std::vector<std::uint8_t> encode_raw64(const Psums& sums) {
    return to_bytes(sums.data);
}

Psums decode_raw64(const Layer& layer, const std::vector<std::uint8_t>& bytes) {
    Psums sums(layer.output_shape());
    if (bytes.size() != sums.size() * sizeof(std::int64_t)) {
        throw InputError(fmt::format("layer '{}': the output has {} bytes, {} were expected", layer.name, bytes.size(),
                                     sums.size() * sizeof(std::int64_t)));
    }
    std::memcpy(sums.data.data(), bytes.data(), bytes.size());
    return sums;
}

nz_descriptor describe_layer(const Layer& layer, nz_opcode opcode) {
    nz_descriptor d{};
    d.version = NZ_DESCRIPTOR_VERSION;
    d.size = NZ_DESCRIPTOR_SIZE;
    d.opcode = std::uint16_t(opcode);
    d.c = std::uint32_t(layer.C);
    d.h = std::uint32_t(layer.H);
    d.w = std::uint32_t(layer.W);
    d.k = std::uint32_t(layer.K);
    d.r = std::uint32_t(layer.KH);
    d.s = std::uint32_t(layer.KW);
    d.p = std::uint32_t(layer.P());
    d.q = std::uint32_t(layer.Q());
    d.stride_y = std::uint16_t(layer.stride_y);
    d.stride_x = std::uint16_t(layer.stride_x);
    d.dilation_y = std::uint16_t(layer.dilation_y);
    d.dilation_x = std::uint16_t(layer.dilation_x);
    d.pad_top = std::uint16_t(layer.pad.top);
    d.pad_left = std::uint16_t(layer.pad.left);
    d.pad_bottom = std::uint16_t(layer.pad.bottom);
    d.pad_right = std::uint16_t(layer.pad.right);
    d.groups = std::uint32_t(layer.groups);
    d.clamp_low = INT32_MIN;
    d.clamp_high = INT32_MAX;
    return d;
}

}  // namespace nonzero
