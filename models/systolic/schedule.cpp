#include "models/systolic/schedule.h"

#include <algorithm>

namespace nonzero::systolic {

namespace {

// Pixels of a job, rounded to whole passes.
constexpr std::uint32_t kJobPixels = 256;

// A length cut into pieces, all but the last of the same size.
struct Pieces {
    std::uint64_t whole = 0;
    std::uint64_t size = 0;
    std::uint64_t rest = 0;  // 0: none

    Pieces(std::uint64_t length, int piece)
        : whole(piece == 0 ? 1 : length / std::uint64_t(piece)),
          size(piece == 0 ? length : std::uint64_t(piece)),
          rest(piece == 0 ? 0 : length % std::uint64_t(piece)) {}
    std::uint64_t count() const { return whole + (rest != 0 ? 1 : 0); }
};

// Calls visit(times, size of the piece of slots, size of the piece of pixels) for each size of pass.
template <class Visit>
void for_each_size(const Pieces& slots, const Pieces& pixels, Visit visit) {
    for (const auto& [slot_times, slot_size] : {std::pair{slots.whole, slots.size}, std::pair{1UL, slots.rest}}) {
        for (const auto& [pixel_times, pixel_size] :
             {std::pair{pixels.whole, pixels.size}, std::pair{1UL, pixels.rest}}) {
            if (slot_size != 0 && pixel_size != 0) {
                visit(slot_times * pixel_times, slot_size, pixel_size);
            }
        }
    }
}

}  // namespace

std::vector<PassJob> jobs_of(const ArrayGeometry& geometry, std::span<const Panel> panels, std::uint32_t columns,
                             std::uint32_t pixels) {
    std::uint32_t pixel_step = pixels;
    if (geometry.tile_pixels != 0) {
        const auto tile = static_cast<std::uint32_t>(geometry.tile_pixels);
        pixel_step = std::max(1U, kJobPixels / tile) * tile;
    }
    const auto piece = static_cast<std::uint32_t>(geometry.pass_slots);
    const auto block = static_cast<std::uint32_t>(geometry.block);
    std::vector<PassJob> jobs;
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
                    jobs.push_back(job);
                }
            }
        }
    }
    return jobs;
}

JobCost job_cost(const ArrayGeometry& geometry, PassTiming timing, const JobSize& size) {
    const Pieces slots(size.slots, geometry.pass_slots);
    const Pieces pixels(size.pixels, geometry.tile_pixels);
    JobCost cost;
    cost.passes = slots.count() * pixels.count();
    Cycles streamed = 0;
    switch (geometry.stationary) {
        case Stationary::outputs:
            streamed = size.slots;
            break;
        case Stationary::weights:
            streamed = size.pixels;
            break;
        case Stationary::inputs:
            streamed = size.rows;
            break;
    }
    cost.pass = geometry.pass_cycles(timing, size.n, streamed);
    cost.busy = size.non_zeros * size.pixels;
    cost.zero_weight = (size.rows * size.slots - size.non_zeros) * size.pixels;
    const auto multipliers = static_cast<std::uint64_t>(geometry.multipliers);
    for_each_size(slots, pixels, [&](std::uint64_t times, std::uint64_t pass_slots, std::uint64_t pass_pixels) {
        const std::uint64_t used = geometry.stationary == Stationary::outputs   ? size.rows * pass_pixels
                                   : geometry.stationary == Stationary::weights ? size.rows * pass_slots
                                                                                : pass_slots * pass_pixels;
        cost.edge += times * (multipliers - used) * streamed;
    });
    return cost;
}

Cycles PassRecurrence::add(std::uint64_t passes, const PassCycles& pass) {
    if (timing_ == PassTiming::double_buffered) {
        const Cycles period = std::max(pass.stream, pass.interval);
        // Behind a short stream the next stationary operands are still moving in, or the last outputs out.
        (pass.load != 0 ? load_ : fill_drain_) += passes * (period - pass.stream);
        now_ += passes * period;
        last_ = pass;
        return now_;
    }
    load_ += passes * pass.load;
    fill_drain_ += passes * pass.skew;
    now_ += passes * pass.total();
    return now_;
}

Cycles PassRecurrence::finish() {
    load_ += last_.load;
    fill_drain_ += last_.skew;
    now_ += last_.load + last_.skew;
    last_ = {};
    return now_;
}

}  // namespace nonzero::systolic
