#pragma once
// Activations in memory: of DCNN the values, two bytes each; of DCNN-opt one packed zero-run block (4-bit runs) per
// channel. Plain C++, shared with the lowering.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/dcnn/parameters.h"

namespace nonzero::dcnn {

// values: channels x plane elements.
std::vector<std::uint8_t> encode_activations(Variant variant, std::span<const std::int16_t> values, std::size_t plane);

// Takes those of values.size() / plane channels off the bytes; false when these do not begin with them.
bool take_activations(Variant variant, std::span<const std::uint8_t>& bytes, std::size_t plane,
                      std::span<std::int16_t> values);
// False when the bytes are not exactly those.
bool decode_activations(Variant variant, std::span<const std::uint8_t> bytes, std::size_t plane,
                        std::span<std::int16_t> values);

// Bytes that they take at most.
std::uint64_t activation_bytes_limit(Variant variant, std::size_t channels, std::size_t plane);

}  // namespace nonzero::dcnn
