#pragma once
// Small layers with operands for the targets that drive machines, made of a target's bytes.

#include <optional>

#include "fuzz/support.h"
#include "lowering/lowering.h"

namespace nonzero::fuzz {

struct Work {
    Layer layer;
    Operands input;
    Operands weights;
    std::optional<NmPattern> pattern;
    std::optional<PostProcessing> post_processing;
    std::optional<Pooling> pooling;
    bool count_only = false;

    // Refers to this.
    LayerJob job() const;
    // What a machine writes: by the reference, in the machine's format. Not of counted work.
    std::vector<std::uint8_t> expected(const Lowering& lowering) const;
    // That these bytes decode to the reference's values.
    void check(const Lowering& lowering, const std::vector<std::uint8_t>& stored) const;

  private:
    Psums sums(const Lowering& lowering) const;
    Operands outputs() const;
};

// Any kind, stride, padding and grouping; operands of the machine's width. Whether the machine runs it is another
// question.
Work take_work(FuzzedDataProvider& data, const Lowering& lowering);

}  // namespace nonzero::fuzz
