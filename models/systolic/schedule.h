#pragma once
// The passes of a panel: what each works on, what they cost, and where the multipliers' cycles go (demm_facts.md 10.2 -
// 10.5). Plain C++.

#include <algorithm>
#include <cstdint>
#include <span>

#include "models/systolic/geometry.h"
#include "models/systolic/panel.h"

namespace nonzero::systolic {

// Some slots of all rows of a panel against some pixels: whole passes, one after the other. Passes over different
// pixels with the same slots are one job, so that few, large blocks cross the sockets.
struct PassJob {
    std::size_t panel = 0;  // of the convolution group
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

// Calls visit(const PassJob&) for the jobs of a convolution group in time order; jobs that need the same operands
// follow one another.
template <class Visit>
void for_each_job(const ArrayGeometry& geometry, std::span<const Panel> panels, std::uint32_t columns,
                  std::uint32_t pixels, Visit visit);

struct JobSize {
    std::uint64_t rows = 1;
    std::uint64_t slots = 1;
    std::uint64_t pixels = 1;
    int n = 1;
};
inline JobSize size_of(const Panel& panel, const PassJob& job) {
    return {panel.rows.size(), job.slots(), job.pixels(), panel.n};
}

struct JobPasses {
    std::uint64_t count = 0;
    PassCycles each;
};
JobPasses passes_of(const ArrayGeometry& geometry, PassTiming timing, const JobSize& size);

// Where the multipliers' cycles go while operands stream; the sum is passes * stream * multipliers.
struct StreamCycles {
    std::uint64_t busy = 0;         // a weight that is not 0 meets an operand
    std::uint64_t zero_weight = 0;  // a slot without weight, or with a weight of 0, does
    std::uint64_t edge = 0;         // beyond the slots, rows or pixels of the pass
};
StreamCycles stream_cycles(const ArrayGeometry& geometry, const JobSize& size, std::uint64_t weights);

// Multipliers with a slot and an operand in the pass of that number.
std::uint64_t multipliers_used(const ArrayGeometry& geometry, const JobSize& size, std::uint64_t pass);

// When the passes of a job happen; cycles since the begin of the layer. Pass i streams from stream_begin + i * period.
struct PassTimes {
    Cycles begin = 0;
    Cycles stream_begin = 0;
    Cycles period = 0;
    Cycles end = 0;  // the next job can begin
};

class PassRecurrence {
  public:
    explicit PassRecurrence(PassTiming timing = PassTiming::serial) : timing_(timing) {}

    // The next passes.
    PassTimes add(std::uint64_t passes, const PassCycles& pass);
    // What follows the last pass.
    void finish();

    // End of the passes so far; after finish() the layer's cycles.
    Cycles now() const { return now_; }
    // Cycles in which no operand streams, of all so far.
    Cycles load() const { return load_; }  // stationary operands move in
    Cycles fill_drain() const { return fill_drain_; }

  private:
    PassTiming timing_;
    bool begun_ = false;
    Cycles now_ = 0;
    Cycles last_skew_ = 0;  // double-buffered: nothing has hidden it yet
    Cycles load_ = 0;
    Cycles fill_drain_ = 0;
};

// Pixels of a job, rounded to whole passes.
inline constexpr std::uint32_t kJobPixels = 256;

template <class Visit>
void for_each_job(const ArrayGeometry& geometry, std::span<const Panel> panels, std::uint32_t columns,
                  std::uint32_t pixels, Visit visit) {
    std::uint32_t pixel_step = pixels;
    if (geometry.tile_pixels != 0) {
        const auto tile = static_cast<std::uint32_t>(geometry.tile_pixels);
        pixel_step = std::max(1U, kJobPixels / tile) * tile;
    }
    const auto piece = static_cast<std::uint32_t>(geometry.pass_slots);
    const auto block = static_cast<std::uint32_t>(geometry.block);
    // Panels with equal n share the operands of a piece of slots, all panels those of all slots.
    for (std::size_t first = 0, last = 0; first < panels.size(); first = last) {
        last = piece == 0 ? panels.size() : first;
        while (last < panels.size() && panels[last].slots == panels[first].slots) {
            ++last;
        }
        for (std::uint32_t pixel = 0; pixel < pixels; pixel += pixel_step) {
            const std::uint32_t slots = piece == 0 ? 1 : panels[first].slots;
            for (std::uint32_t slot = 0; slot < slots; slot += piece == 0 ? 1 : piece) {
                for (std::size_t panel = first; panel < last; ++panel) {
                    PassJob job;
                    job.panel = panel;
                    job.pixel_begin = pixel;
                    job.pixel_end = std::min(pixels, pixel + pixel_step);
                    job.slot_begin = slot;
                    job.slot_end = piece == 0 ? panels[panel].slots : std::min(slots, slot + piece);
                    job.column_end = columns;
                    if (piece != 0) {
                        const auto n = static_cast<std::uint32_t>(panels[panel].n);
                        job.column_begin = job.slot_begin / n * block;
                        job.column_end = std::min(columns, (job.slot_end + n - 1) / n * block);
                    }
                    visit(job);
                }
            }
        }
    }
}

}  // namespace nonzero::systolic
