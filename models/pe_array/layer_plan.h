#pragma once
// What all blocks of an array of PEs share of a layer, fixed before its first cycle. A machine's own plan derives from
// it.

#include <cstdint>
#include <optional>
#include <span>

#include "models/pe_array/geometry.h"
#include "models/pe_array/parameters.h"
#include "models/post/pooling_plan.h"
#include "models/post/post_processing.h"
#include "workloads/operand_scan.h"

namespace nonzero::pe_array {

struct PeArrayPlan {
    explicit PeArrayPlan(const PeArrayParameters& parameters)
        : operand_limit(1 << (parameters.operand_bits - 1)), accumulator_bits(parameters.accumulator_bits) {}
    virtual ~PeArrayPlan() = default;
    virtual const PeArrayGeometry& array() const = 0;

    int operand_limit;  // operands are in [-limit, limit)
    bool holds(std::int16_t operand) const { return operand >= -operand_limit && operand < operand_limit; }
    bool holds(std::span<const std::int16_t> operands) const {
        const OperandBounds bounds = bounds_of(operands);
        return holds(bounds.low) && holds(bounds.high);
    }
    int accumulator_bits;  // of a partial sum

    bool count_only = false;  // cycles and counters without values
    bool raw64 = true;        // outputs are the accumulators
    PostProcessor post_processor;
    std::optional<PoolingPlan> pooling;  // of stored outputs
};

}  // namespace nonzero::pe_array
