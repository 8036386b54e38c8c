#pragma once
// The passes of a panel: what each works on, what they cost, and where the multipliers' cycles go (DeMM card 10.2 -
// 10.5). Plain C++.

#include <cstdint>
#include <span>
#include <vector>

#include "models/systolic/geometry.h"
#include "models/systolic/panel.h"

namespace nonzero::systolic {

// Some slots of all rows of a panel against some pixels: whole passes, one after the other. Passes over different
// pixels with the same slots are one job, so that few, large blocks cross the sockets.
struct PassJob {
    std::size_t panel = 0;  // of the group
    std::uint32_t slot_begin = 0;
    std::uint32_t slot_end = 0;
    std::uint32_t pixel_begin = 0;
    std::uint32_t pixel_end = 0;
    // Rows of B that the slots can ask for.
    std::uint32_t column_begin = 0;
    std::uint32_t column_end = 0;

    std::uint32_t slots() const { return slot_end - slot_begin; }
    std::uint32_t pixels() const { return pixel_end - pixel_begin; }
    std::uint32_t columns() const { return column_end - column_begin; }
    bool same_operands(const PassJob& other) const {
        return pixel_begin == other.pixel_begin && pixel_end == other.pixel_end && column_begin == other.column_begin &&
               column_end == other.column_end;
    }
};

// The jobs of a group in time order; jobs that need the same operands follow one another.
std::vector<PassJob> jobs_of(const ArrayGeometry& geometry, std::span<const Panel> panels, std::uint32_t columns,
                             std::uint32_t pixels);

// What the passes of some slots and pixels cost, equal passes all.
struct JobCost {
    std::uint64_t passes = 0;
    PassCycles pass;
    // Multiplier cycles while operands stream; the sum is passes * pass.stream * multipliers.
    std::uint64_t busy = 0;         // a weight that is not 0 meets an operand
    std::uint64_t zero_weight = 0;  // a slot without weight, or with a weight of 0
    std::uint64_t edge = 0;         // beyond the slots, rows or pixels of the pass
};

struct JobSize {
    std::uint64_t rows = 1;
    std::uint64_t slots = 1;
    std::uint64_t pixels = 1;
    int n = 1;
    std::uint64_t non_zeros = 0;  // weights in these slots
};
JobCost job_cost(const ArrayGeometry& geometry, PassTiming timing, const JobSize& size);

// When passes follow one another. Cycles since the begin of the layer.
class PassRecurrence {
  public:
    explicit PassRecurrence(PassTiming timing = PassTiming::serial) : timing_(timing) {}

    // Accounts the passes of a job; returns when the next pass can begin.
    Cycles add(std::uint64_t passes, const PassCycles& pass);
    // Accounts what follows the last pass; returns the layer's cycles.
    Cycles finish();

    // Cycles in which no operand streams, of all so far.
    Cycles load() const { return load_; }  // stationary operands move in, not hidden
    Cycles fill_drain() const { return fill_drain_; }

  private:
    PassTiming timing_;
    Cycles now_ = 0;
    PassCycles last_;
    Cycles load_ = 0;
    Cycles fill_drain_ = 0;
};

}  // namespace nonzero::systolic
