#include "models/host/descriptor_check.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>

namespace nonzero {

static_assert(sizeof(nz_descriptor) == NZ_DESCRIPTOR_SIZE);
static_assert(offsetof(nz_descriptor, c) == 16 && offsetof(nz_descriptor, stride_y) == 48);
static_assert(offsetof(nz_descriptor, groups) == 64 && offsetof(nz_descriptor, input_zero_point) == 80);
static_assert(offsetof(nz_descriptor, input) == 104 && offsetof(nz_descriptor, status_record) == 248);
static_assert(sizeof(nz_status_record) == 32 && sizeof(nz_requant) == 8 && sizeof(nz_block) == 8);

namespace {

// The width 0 stands for the platform's own.
constexpr unsigned kMinBits = 2;
constexpr unsigned kMaxOperandBits = 32;
constexpr unsigned kMaxAccumulatorBits = 64;

bool has(const nz_descriptor& d, unsigned flag) {
    return (d.flags & flag) != 0;
}

bool is_layer(const nz_descriptor& d) {
    return d.opcode != NZ_OP_LOAD && d.opcode != NZ_OP_PROGRAM;
}

std::int64_t extent(std::uint32_t kernel, std::uint16_t dilation) {
    return std::int64_t{dilation} * (std::int64_t{kernel} - 1) + 1;
}

bool too_many(std::initializer_list<std::uint64_t> dimensions) {
    std::uint64_t elements = 1;
    for (const std::uint64_t dimension : dimensions) {
        elements *= dimension;  // no overflow: at most kMaxElements * kMaxDimension
        if (elements > kMaxElements) {
            return true;
        }
    }
    return false;
}

nz_error check_flags(const nz_descriptor& d) {
    const bool raw = d.output_type == NZ_TYPE_RAW64;
    const bool requantise = has(d, NZ_FLAG_REQUANTISE);
    const bool count_only = has(d, NZ_FLAG_COUNT_ONLY);
    bool sound = (d.flags & ~NZ_FLAGS_KNOWN) == 0;
    if (d.opcode == NZ_OP_LOAD) {
        sound = sound && (d.flags & ~NZ_FLAG_COUNT_ONLY) == 0;
    } else if (is_layer(d)) {
        if (raw) {
            sound = sound && !requantise && !has(d, NZ_FLAG_RELU);
        } else {
            sound = sound && (requantise || count_only);
        }
    }
    return sound ? NZ_ERROR_NONE : NZ_ERROR_FLAGS;
}

nz_error check_dimensions(const nz_descriptor& d) {
    for (const std::uint32_t dimension : {d.c, d.h, d.w, d.k, d.r, d.s, d.p, d.q}) {
        if (dimension == 0 || dimension > kMaxDimension) {
            return NZ_ERROR_SHAPE;
        }
    }
    return NZ_ERROR_NONE;
}

nz_error check_strides(const nz_descriptor& d) {
    for (const std::uint16_t step : {d.stride_y, d.stride_x, d.dilation_y, d.dilation_x}) {
        if (step == 0 || (d.opcode == NZ_OP_GEMM && step != 1)) {
            return NZ_ERROR_STRIDE;
        }
    }
    return NZ_ERROR_NONE;
}

nz_error check_groups(const nz_descriptor& d) {
    const bool sound = d.groups != 0 && d.c % d.groups == 0 && d.k % d.groups == 0 &&
                       (d.opcode != NZ_OP_DEPTHWISE || d.groups == d.c) && (d.opcode != NZ_OP_GEMM || d.groups == 1);
    return sound ? NZ_ERROR_NONE : NZ_ERROR_GROUPS;
}

// Positions of a kernel of that extent along a padded line; 0 when it does not fit.
std::int64_t positions(std::int64_t padded, std::int64_t kernel, std::uint16_t stride) {
    return padded < kernel ? 0 : (padded - kernel) / stride + 1;
}

nz_error check_shape(const nz_descriptor& d) {
    const std::int64_t padded_rows = std::int64_t{d.h} + d.pad_top + d.pad_bottom;
    const std::int64_t padded_columns = std::int64_t{d.w} + d.pad_left + d.pad_right;
    const bool follows = positions(padded_rows, extent(d.r, d.dilation_y), d.stride_y) == std::int64_t{d.p} &&
                         positions(padded_columns, extent(d.s, d.dilation_x), d.stride_x) == std::int64_t{d.q};
    const bool fits_opcode = (d.opcode != NZ_OP_FULLY_CONNECTED || (d.p == 1 && d.q == 1)) &&
                             (d.opcode != NZ_OP_GEMM || (d.h == 1 && d.r == 1 && d.s == 1));
    const bool too_large =
        too_many({d.c, d.h, d.w}) || too_many({d.k, d.p, d.q}) || too_many({d.k, d.c / d.groups, d.r, d.s});
    return follows && fits_opcode && !too_large ? NZ_ERROR_NONE : NZ_ERROR_SHAPE;
}

nz_error check_sparsity(const nz_descriptor& d) {
    const bool unstructured = d.nm_n == 0 && d.nm_m == 0;
    return unstructured || (d.nm_n >= 1 && d.nm_n <= d.nm_m) ? NZ_ERROR_NONE : NZ_ERROR_SPARSITY;
}

nz_error check_pool(const nz_descriptor& d) {
    const std::optional<Pooling> pooling = pooling_of(d);
    if (!pooling) {
        return NZ_ERROR_NONE;
    }
    const bool pools = d.pool_kind <= NZ_POOL_AVERAGE && d.output_type != NZ_TYPE_RAW64 && !has(d, NZ_FLAG_COUNT_ONLY);
    const bool sound = pools && check_pooling(*pooling, int(d.k), int(d.p), int(d.q)) == PoolingProblem::none;
    return sound ? NZ_ERROR_NONE : NZ_ERROR_POOL;
}

bool width_is_sound(unsigned bits, unsigned maximum) {
    return bits == NZ_TYPE_DEFAULT || (bits >= kMinBits && bits <= maximum);
}

nz_error check_types(const nz_descriptor& d) {
    const bool sound = width_is_sound(d.input_type, kMaxOperandBits) &&
                       width_is_sound(d.weight_type, kMaxOperandBits) &&
                       width_is_sound(d.accumulator_type, kMaxAccumulatorBits) &&
                       (width_is_sound(d.output_type, kMaxOperandBits) || d.output_type == NZ_TYPE_RAW64);
    return sound ? NZ_ERROR_NONE : NZ_ERROR_TYPE;
}

bool fits(std::int64_t value, unsigned bits) {
    if (bits == NZ_TYPE_DEFAULT || bits > kMaxOperandBits) {
        return true;
    }
    const std::int64_t bound = std::int64_t{1} << (bits - 1);
    return value >= -bound && value < bound;
}

nz_error check_zero_points(const nz_descriptor& d) {
    const bool sound = fits(d.input_zero_point, d.input_type) && fits(d.weight_zero_point, d.weight_type) &&
                       fits(d.output_zero_point, d.output_type);
    return sound ? NZ_ERROR_NONE : NZ_ERROR_ZERO_POINT;
}

nz_error check_clamp(const nz_descriptor& d) {
    return d.clamp_low <= d.clamp_high ? NZ_ERROR_NONE : NZ_ERROR_CLAMP;
}

bool is_present(const nz_region& region) {
    return region.address != 0 || region.size != 0;
}

// A table of entries in memory: aligned, and room for `entries`.
bool table_is_sound(const nz_region& table, std::uint64_t entries, std::uint64_t entry_bytes, std::uint64_t alignment) {
    return region_is_sound(table) && table.address % alignment == 0 && table.size >= entries * entry_bytes;
}

nz_error check_wrapping(const nz_descriptor& d) {
    for (const nz_region* region : {&d.input, &d.weights, &d.bias, &d.output, &d.residual, &d.requant, &d.block_index,
                                    &d.program0, &d.program1}) {
        if (is_present(*region) && !region_is_sound(*region)) {
            return NZ_ERROR_REGION;
        }
    }
    const bool blocks_are_sound =
        !is_present(d.block_index) || (table_is_sound(d.block_index, 1, sizeof(nz_block), alignof(nz_block)) &&
                                       d.block_index.size % sizeof(nz_block) == 0);
    return blocks_are_sound ? NZ_ERROR_NONE : NZ_ERROR_REGION;
}

nz_error check_regions(const nz_descriptor& d) {
    const bool count_only = has(d, NZ_FLAG_COUNT_ONLY);
    bool sound = has(d, NZ_FLAG_INPUT_RESIDENT) || is_present(d.input);
    if (is_layer(d)) {
        sound = sound && is_present(d.weights) && (count_only || is_present(d.output));
        sound =
            sound && (!is_present(d.bias) || table_is_sound(d.bias, d.k, sizeof(std::int64_t), alignof(std::int64_t)));
        if (has(d, NZ_FLAG_REQUANTISE) && !count_only) {
            const std::uint64_t entries = std::uint64_t{d.k} + (is_present(d.residual) ? 1 : 0);
            sound = sound && table_is_sound(d.requant, entries, sizeof(nz_requant), alignof(nz_requant));
        }
    }
    return sound ? NZ_ERROR_NONE : NZ_ERROR_REGION;
}

nz_error check_output(const nz_descriptor& d) {
    if (!is_layer(d) || d.output_type != NZ_TYPE_RAW64 || has(d, NZ_FLAG_COUNT_ONLY)) {
        return NZ_ERROR_NONE;
    }
    if (d.output.address % alignof(std::int64_t) != 0) {
        return NZ_ERROR_REGION;
    }
    const std::uint64_t bytes = std::uint64_t{d.k} * d.p * d.q * sizeof(std::int64_t);
    return d.output.size >= bytes ? NZ_ERROR_NONE : NZ_ERROR_OUTPUT_SIZE;
}

nz_error check_images(const nz_descriptor& d) {
    return d.c <= NZ_PROGRAM_IMAGES ? NZ_ERROR_NONE : NZ_ERROR_SHAPE;
}

nz_error check_program(const nz_descriptor& d) {
    return is_present(d.program0) ? NZ_ERROR_NONE : NZ_ERROR_REGION;
}

nz_error check_status_record(const nz_descriptor& d) {
    return d.status_record == 0 || status_records_are_sound(d.status_record, status_records_of(d))
               ? NZ_ERROR_NONE
               : NZ_ERROR_STATUS_RECORD;
}

using Check = nz_error (*)(const nz_descriptor&);

// Each check may rely on those before it.
constexpr Check kShapedChecks[] = {check_flags, check_dimensions, check_strides, check_padding, check_groups,
                                   check_shape, check_sparsity,   check_pool,    check_types,   check_zero_points,
                                   check_clamp, check_wrapping,   check_regions, check_output,  check_status_record};
constexpr Check kProgramChecks[] = {check_flags, check_images, check_wrapping, check_program, check_status_record};

template <std::size_t size>
nz_error first_error(const nz_descriptor& descriptor, const Check (&checks)[size]) {
    for (const Check check : checks) {
        if (const nz_error code = check(descriptor); code != NZ_ERROR_NONE) {
            return code;
        }
    }
    return NZ_ERROR_NONE;
}

nz_error check_header(const nz_descriptor& d, std::uint32_t capabilities) {
    if (d.version != NZ_DESCRIPTOR_VERSION) {
        return NZ_ERROR_DESCRIPTOR_VERSION;
    }
    if (d.size != NZ_DESCRIPTOR_SIZE) {
        return NZ_ERROR_DESCRIPTOR_SIZE;
    }
    const bool known = d.opcode >= NZ_OP_CONV && d.opcode <= NZ_OP_LOAD;
    return known && (capabilities >> d.opcode & 1u) != 0 ? NZ_ERROR_NONE : NZ_ERROR_OPCODE;
}

}  // namespace

nz_error check_padding(const nz_descriptor& d) {
    // A whole kernel of padding occurs: the last 1x1 convolution of SqueezeNet 1.0 is padded by one.
    const std::int64_t rows = d.opcode == NZ_OP_GEMM ? 0 : extent(d.r, d.dilation_y);
    const std::int64_t columns = d.opcode == NZ_OP_GEMM ? 0 : extent(d.s, d.dilation_x);
    const bool sound = d.pad_top <= rows && d.pad_bottom <= rows && d.pad_left <= columns && d.pad_right <= columns;
    return sound ? NZ_ERROR_NONE : NZ_ERROR_PADDING;
}

bool layout_is_known(const nz_descriptor& descriptor) {
    return descriptor.version == NZ_DESCRIPTOR_VERSION && descriptor.size == NZ_DESCRIPTOR_SIZE;
}

bool region_is_sound(const nz_region& region) {
    return region.size != 0 && region.address <= UINT64_MAX - (region.size - 1);
}

std::uint32_t status_records_of(const nz_descriptor& descriptor) {
    return descriptor.opcode == NZ_OP_PROGRAM && descriptor.c != 0 ? descriptor.c : 1;
}

bool status_records_are_sound(std::uint64_t address, std::uint32_t records) {
    return address != 0 && address % alignof(std::uint64_t) == 0 && records <= NZ_PROGRAM_IMAGES &&
           region_is_sound({address, records * sizeof(nz_status_record)});
}

DescriptorProblem check_descriptor(const nz_descriptor& descriptor, std::uint64_t descriptor_address,
                                   std::uint32_t capabilities) {
    nz_error code = check_header(descriptor, capabilities);
    if (code == NZ_ERROR_NONE) {
        code = descriptor.opcode == NZ_OP_PROGRAM ? first_error(descriptor, kProgramChecks)
                                                  : first_error(descriptor, kShapedChecks);
    }
    return code == NZ_ERROR_NONE ? DescriptorProblem{} : DescriptorProblem{code, descriptor_address};
}

PoolingProblem check_pooling(const Pooling& pooling, int k, int p, int q) {
    if (p == 1 && q == 1) {
        return PoolingProblem::single_position;
    }
    const auto [smaller_pad, larger_pad] = std::minmax(pooling.pad_before, pooling.pad_after);
    if (std::min(pooling.size, pooling.stride) < 1 || std::max(pooling.size, pooling.stride) > kMaxPoolingSize ||
        smaller_pad < 0 || larger_pad > kMaxPoolingPad || larger_pad >= pooling.size) {
        return PoolingProblem::window;
    }
    const int rows = pooling.outputs(p);
    const int columns = pooling.outputs(q);
    if (rows < 1 || columns < 1) {
        return PoolingProblem::no_output;
    }
    const bool fits = !too_many({std::uint64_t(k), std::uint64_t(rows), std::uint64_t(columns)});
    return fits ? PoolingProblem::none : PoolingProblem::too_large;
}

std::optional<Pooling> pooling_of(const nz_descriptor& descriptor) {
    if (descriptor.pool_kind == NZ_POOL_NONE) {
        return std::nullopt;
    }
    Pooling pooling;
    pooling.kind = descriptor.pool_kind == NZ_POOL_MAX ? PoolKind::max : PoolKind::average;
    pooling.size = descriptor.pool_size;
    pooling.stride = descriptor.pool_stride;
    pooling.pad_before = NZ_POOL_PAD_BEFORE(descriptor.pool_pad);
    pooling.pad_after = NZ_POOL_PAD_AFTER(descriptor.pool_pad);
    return pooling;
}

}  // namespace nonzero
