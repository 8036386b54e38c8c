#pragma once
// The checks of a descriptor that do not depend on the platform. Plain C++.
//
// What a sound descriptor guarantees to an engine:
//   every opcode    known flags, regions that are present do not wrap around, sound status records
//   PROGRAM         a program, at most NZ_PROGRAM_IMAGES images
//   all but PROGRAM every dimension is 1 .. kMaxDimension, every dense tensor has at most kMaxElements elements;
//                   strides, dilations and groups are at least 1; groups divide C and K (depthwise: equal C); no pad is
//                   larger than the dilated kernel; P x Q is the convolution's output (before pooling) and follows
//                   from the rest; FULLY_CONNECTED has P = Q = 1; GEMM has H = R = S = 1 and neither stride, dilation
//                   nor groups
//   LOAD            carries the shape of the layer that it loads for; of the flags only COUNT_ONLY means something
//   layers          the regions that the flags ask for are present: input (unless resident), weights, output and
//                   requantisation table (unless COUNT_ONLY); tables and RAW64 outputs are large enough and aligned
//   a pool kind     windows with an element each inside the plane, pads below the size, K x P' x Q' within
//                   kMaxElements; neither RAW64 nor COUNT_ONLY nor P = Q = 1
// Pool fields are read only with a pool kind. Everything else (capacity, residency, widths that a machine has,
// malformed compressed data) is the engine's to check.

#include <cstdint>
#include <optional>

#include "models/host/host_interface.h"
#include "workloads/pooling.h"

namespace nonzero {

inline constexpr std::uint32_t kMaxDimension = std::uint32_t{1} << 24;
inline constexpr std::uint64_t kMaxElements = std::uint64_t{1} << 31;

struct DescriptorProblem {
    nz_error code = NZ_ERROR_NONE;  // NZ_ERROR_NONE: the descriptor is sound
    std::uint64_t address = 0;
};

// capabilities: bit n set = opcode n is run. descriptor_address: where it was read (reported as fault address).
DescriptorProblem check_descriptor(const nz_descriptor& descriptor, std::uint64_t descriptor_address,
                                   std::uint32_t capabilities);

// The part of it that is about padding: NZ_ERROR_PADDING, or NZ_ERROR_NONE.
nz_error check_padding(const nz_descriptor& descriptor);

// True when version and size are those of this header, so that the other fields can be read at all.
bool layout_is_known(const nz_descriptor& descriptor);

// True when [address, address + size) is non-empty and does not wrap around.
bool region_is_sound(const nz_region& region);

// Status records of a descriptor: one, of a PROGRAM one per image.
std::uint32_t status_records_of(const nz_descriptor& descriptor);

// True when that many status records can be written there: 8-byte aligned, not wrapping around and not too many. 0 (no
// record) is not.
bool status_records_are_sound(std::uint64_t address, std::uint32_t records);

// Why no descriptor may ask for a pooling of K x P x Q outputs: a field of the window beyond what a descriptor holds,
// or a pad that is no smaller than it; a single position, which has nothing to pool; no window inside the plane; more
// than kMaxElements pooled outputs.
enum class PoolingProblem { none, window, single_position, no_output, too_large };
inline constexpr int kMaxPoolingSize = 255;  // and stride
inline constexpr int kMaxPoolingPad = 15;
PoolingProblem check_pooling(const Pooling& pooling, int k, int p, int q);

// The pooling that a descriptor asks for; nullopt without a pool kind. Of an unsound descriptor the fields as they are.
std::optional<Pooling> pooling_of(const nz_descriptor& descriptor);

}  // namespace nonzero
