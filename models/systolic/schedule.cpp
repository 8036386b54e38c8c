#include "models/systolic/schedule.h"

#include <algorithm>

namespace nonzero::systolic {

namespace {

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

std::uint64_t streamed(const ArrayGeometry& geometry, const JobSize& size) {
    return geometry.stationary == Stationary::outputs   ? size.slots
           : geometry.stationary == Stationary::weights ? size.pixels
                                                        : size.rows;
}

std::uint64_t used(const ArrayGeometry& geometry, std::uint64_t rows, std::uint64_t slots, std::uint64_t pixels) {
    return geometry.stationary == Stationary::outputs   ? rows * pixels
           : geometry.stationary == Stationary::weights ? rows * slots
                                                        : slots * pixels;
}

}  // namespace

JobPasses passes_of(const ArrayGeometry& geometry, PassTiming timing, const JobSize& size) {
    const std::uint64_t slots = Pieces(size.slots, geometry.pass_slots).count();
    const std::uint64_t pixels = Pieces(size.pixels, geometry.tile_pixels).count();
    return {slots * pixels, geometry.pass_cycles(timing, size.n, streamed(geometry, size))};
}

StreamCycles stream_cycles(const ArrayGeometry& geometry, const JobSize& size, std::uint64_t weights) {
    StreamCycles cycles;
    cycles.busy = weights * size.pixels;
    cycles.zero_weight = (size.rows * size.slots - weights) * size.pixels;
    const auto multipliers = static_cast<std::uint64_t>(geometry.multipliers);
    const Pieces slots(size.slots, geometry.pass_slots);
    const Pieces pixels(size.pixels, geometry.tile_pixels);
    const auto add = [&](std::uint64_t passes, std::uint64_t pass_slots, std::uint64_t pass_pixels) {
        cycles.edge +=
            passes * (multipliers - used(geometry, size.rows, pass_slots, pass_pixels)) * streamed(geometry, size);
    };
    // Whole passes, and those with a rest of slots, of pixels or of both.
    add(slots.whole * pixels.whole, slots.size, pixels.size);
    if (slots.rest != 0) {
        add(pixels.whole, slots.rest, pixels.size);
    }
    if (pixels.rest != 0) {
        add(slots.whole, slots.size, pixels.rest);
    }
    if (slots.rest != 0 && pixels.rest != 0) {
        add(1, slots.rest, pixels.rest);
    }
    return cycles;
}

std::uint64_t multipliers_used(const ArrayGeometry& geometry, const JobSize& size, std::uint64_t pass) {
    const Pieces slots(size.slots, geometry.pass_slots);
    const Pieces pixels(size.pixels, geometry.tile_pixels);
    const std::uint64_t piece = pass % slots.count();
    const std::uint64_t tile = pass / slots.count();
    return used(geometry, size.rows, piece < slots.whole ? slots.size : slots.rest,
                tile < pixels.whole ? pixels.size : pixels.rest);
}

PassTimes PassRecurrence::add(std::uint64_t passes, const PassCycles& pass) {
    PassTimes times;
    times.begin = now_;
    if (timing_ != PassTiming::double_buffered) {
        times.stream_begin = now_ + pass.load;
        times.period = pass.total();
        times.end = now_ + passes * times.period;
        load_ += passes * pass.load;
        fill_drain_ += passes * pass.skew;
    } else {
        // The first stationary operands cannot hide; later ones move in, or outputs out, while others stream.
        const Cycles first_load = begun_ ? 0 : pass.load;
        times.stream_begin = now_ + first_load;
        times.period = std::max(pass.stream, pass.interval);
        times.end = times.stream_begin + passes * times.period;
        load_ += first_load;
        (pass.load != 0 ? load_ : fill_drain_) += passes * (times.period - pass.stream);
        last_skew_ = pass.skew;
    }
    begun_ = true;
    now_ = times.end;
    return times;
}

void PassRecurrence::finish() {
    fill_drain_ += last_skew_;
    now_ += last_skew_;
    last_skew_ = 0;
}

}  // namespace nonzero::systolic
