#pragma once
// A layer as a GEMM machine executes it: `groups` products Y = A * B (workloads/gemm.h), A the weights, B the im2col
// matrix of the activations. Plain C++: what a descriptor says, where its bytes lie, and what no machine can run.
//
// Regions of a descriptor (opcodes CONV, DEPTHWISE, FULLY_CONNECTED and GEMM alike; little endian):
//   input    u32 non-zeros of each row of B (groups * K) | int16 activations, C x H x W. B itself is made from the
//            activations on the way to the machine (activation_buffer.h).
//   weights  u32 weights of each column of A (groups * K) | the machine's own counts | its packed weights
//   output   dense K x P x Q: RAW64, or int16 after post-processing
// The heads are what COUNT_ONLY reads, and all it reads: exact numbers of products without any operand. An image made
// for counting may end behind them.

#include <cstdint>
#include <optional>

#include "models/host/host_interface.h"
#include "models/post/post_processing.h"
#include "workloads/gemm.h"
#include "workloads/layer.h"
#include "workloads/nm.h"

namespace nonzero::gemm {

struct GemmWidths {
    int operand_bits = 9;
    int accumulator_bits = 32;
};

// Elements of the largest tensor that a machine takes: what it holds at once stays within the host's memory.
inline constexpr std::uint64_t kMaxGemmElements = std::uint64_t{1} << 27;

struct GemmPlan {
    Layer layer;                       // the same convolution, without a name
    GemmShape shape;                   // of one convolution group
    std::optional<NmPattern> pattern;  // of the weights, where the descriptor names one
    GemmWidths widths;                 // of the machine
    bool count_only = false;
    bool raw64 = true;
    PostProcessor post_processor;

    int rows_of_A() const { return shape.groups * shape.Mo; }
    int rows_of_B() const { return shape.groups * shape.K; }
    std::uint64_t outputs() const { return std::uint64_t(rows_of_A()) * std::uint64_t(shape.P); }
};

// NZ_ERROR_NONE, or why no GEMM machine of these widths runs the (generally sound) descriptor.
nz_error check_for_gemm(const nz_descriptor& descriptor, const GemmWidths& widths);

// Of a descriptor that passed the check; the post-processor has yet to be read.
GemmPlan make_gemm_plan(const nz_descriptor& descriptor, const GemmWidths& widths);

// Bytes in front of the activations in `input`, and of the columns' counts in `weights`.
std::uint64_t gemm_head_bytes(const GemmShape& shape);
// Bytes of the dense output.
std::uint64_t gemm_output_bytes(const GemmPlan& plan);

}  // namespace nonzero::gemm
