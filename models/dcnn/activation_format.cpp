#include "models/dcnn/activation_format.h"

#include <cstring>

#include "workloads/formats/zero_run.h"

namespace nonzero::dcnn {

namespace {

constexpr RunWidth kRuns = RunWidth::bits4;

}  // namespace

std::vector<std::uint8_t> encode_activations(Variant variant, std::span<const std::int16_t> values, std::size_t plane) {
    if (variant == Variant::plain) {
        const auto* const first = reinterpret_cast<const std::uint8_t*>(values.data());
        return {first, first + values.size_bytes()};
    }
    std::vector<std::uint8_t> bytes;
    ZeroRunBlock block;
    for (std::size_t begin = 0; begin < values.size(); begin += plane) {
        encode_zero_run(values.subspan(begin, plane), kRuns, block);
        append_zero_run(block, kRuns, bytes);
    }
    return bytes;
}

bool take_activations(Variant variant, std::span<const std::uint8_t>& bytes, std::size_t plane,
                      std::span<std::int16_t> values) {
    if (variant == Variant::plain) {
        if (bytes.size() < values.size_bytes()) {
            return false;
        }
        std::memcpy(values.data(), bytes.data(), values.size_bytes());
        bytes = bytes.subspan(values.size_bytes());
        return true;
    }
    for (std::size_t begin = 0; begin < values.size(); begin += plane) {
        const auto block = take_zero_run(bytes, kRuns);
        if (!block || !decode_zero_run(*block, values.subspan(begin, plane))) {
            return false;
        }
    }
    return true;
}

bool decode_activations(Variant variant, std::span<const std::uint8_t> bytes, std::size_t plane,
                        std::span<std::int16_t> values) {
    return take_activations(variant, bytes, plane, values) && bytes.empty();
}

std::uint64_t activation_bytes_limit(Variant variant, std::size_t channels, std::size_t plane) {
    return variant == Variant::plain ? std::uint64_t{channels} * plane * sizeof(std::int16_t)
                                     : std::uint64_t{channels} * packed_zero_run_bytes(plane, kRuns);
}

}  // namespace nonzero::dcnn
