#include "models/opu/closed_form.h"

#include <algorithm>
#include <limits>

namespace nonzero::opu {

namespace {

// A PE multiplies `width` inputs; g of them add up the inputs of an output, g a power of two (opu_facts.md 11 rule 3).
std::int64_t best_share(std::int64_t inputs, std::int64_t outputs, int pes, std::int64_t width) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::int64_t g = 1; g <= pes; g *= 2) {
        least = std::min(least, divide_up(inputs, width * g) * divide_up(outputs, pes / g));
    }
    return least;
}

std::int64_t regular_cycles(const LayerWork& work, const CoreShape& core) {
    if (work.depthwise) {
        return work.pixels() * work.taps() * divide_up(work.out_channels, core.pes);
    }
    std::int64_t inputs = work.in_channels;
    std::int64_t taps = work.taps();
    if (taps > 1 && inputs * taps < 64) {  // opu_facts.md O9
        inputs *= taps;
        taps = 1;
    }
    return work.pixels() * taps * best_share(inputs, work.out_channels, core.pes, core.width);
}

std::int64_t depthwise_cycles(const LayerWork& work, const CoreShape& core) {
    if (work.depthwise) {
        return work.pixels() * divide_up(work.out_channels, core.pes) * divide_up(work.taps(), core.width);
    }
    if (work.taps() > 1) {
        return work.pixels() * divide_up(work.taps(), core.width) *
               best_share(work.in_channels, work.out_channels, core.pes, 1);
    }
    return work.pixels() * best_share(work.in_channels, work.out_channels, core.pes, core.width);
}

}  // namespace

std::int64_t compute_cycles(const LayerWork& work, const CoreShape& core) {
    return core.kind == CoreKind::regular ? regular_cycles(work, core) : depthwise_cycles(work, core);
}

std::int64_t memory_bytes(const LayerWork& work, const ClosedForm& form) {
    const std::int64_t read = form.input_bytes ? work.in_rows * work.in_columns : work.pixels();
    std::int64_t elements = work.weights() + read * work.all_channels + work.pixels() * work.out_channels;
    if (form.residual_bytes && work.residual) {
        elements += work.pixels() * work.out_channels;
    }
    return elements * form.operand_bytes;
}

std::int64_t layer_time(const LayerWork& work, const CoreShape& core, const ClosedForm& form) {
    const std::int64_t compute = compute_cycles(work, core) * form.operand_bytes * form.bandwidth;
    return std::max(compute, memory_bytes(work, form)) + std::int64_t(form.overhead) * form.bandwidth;
}

}  // namespace nonzero::opu
