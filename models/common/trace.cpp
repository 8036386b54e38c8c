#include "models/common/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "models/common/replay_queue.h"
#include "models/common/timeline_writer.h"
#include "models/common/vcd_output.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

using Ticks = std::uint64_t;  // sc_time::value()

Ticks now() {
    return sc_core::sc_time_stamp().value();
}

// An open end of the window stays open.
Ticks ticks(const Clocking& clock, Cycles cycles) {
    const Ticks period = clock.period().value();
    return cycles > std::numeric_limits<Ticks>::max() / period ? std::numeric_limits<Ticks>::max() : cycles * period;
}

std::uint64_t femtoseconds_per_tick() {
    return static_cast<std::uint64_t>(std::llround(sc_core::sc_get_time_resolution().to_seconds() * 1e15));
}

}  // namespace

struct TracePlayer::Implementation {
    struct Waves {
        Waves(const std::string& file, Ticks period, Ticks window_begin, Ticks window_end)
            : vcd(file), queue(period, window_begin, window_end), end(window_end) {}

        // Behind the window every signal is 0, so that nothing seems to go on to the end of the file.
        void apply_due() {
            queue.take_until(now(), [this](SignalId signal, std::uint64_t value) { vcd.set(signal, value); });
            if (now() >= end) {
                vcd.clear();
            }
        }

        Ticks next() const {
            const bool closes = queue.next() == ReplayQueue::kNever && now() < end && !vcd.quiet();
            return closes ? end : queue.next();
        }

        // Applies what is due and comes back when something else is. The kernel keeps the earliest of several times.
        void advance() {
            apply_due();
            if (next() != ReplayQueue::kNever) {
                due.notify(sc_core::sc_time::from_value(next() - now()));
            } else {
                due.cancel();
            }
        }

        VcdOutput vcd;
        ReplayQueue queue;
        Ticks end;
        sc_core::sc_event due;
        std::string outside_scope;  // a signal that was left out
    };

    Implementation(const Clocking& clock, TraceOptions trace_options)
        : options(std::move(trace_options)),
          window_begin(ticks(clock, options.window_begin)),
          window_end(ticks(clock, options.window_end)) {
        if (window_begin >= window_end) {
            throw InputError(fmt::format("the trace window {} .. {} is empty: its end is the first cycle left out",
                                         options.window_begin, options.window_end));
        }
        if (!options.vcd_file.empty()) {
            waves = std::make_unique<Waves>(options.vcd_file, clock.period().value(), window_begin, window_end);
        }
        if (!options.timeline_file.empty()) {
            timeline = std::make_unique<TimelineWriter>(options.timeline_file, femtoseconds_per_tick());
        }
    }

    bool in_scope(const std::string& name) const { return name.starts_with(options.scope); }

    TraceOptions options;
    Ticks window_begin;
    Ticks window_end;
    std::unique_ptr<Waves> waves;
    std::unique_ptr<TimelineWriter> timeline;
};

TracePlayer::TracePlayer(sc_core::sc_module_name name, const Clocking& clock, TraceOptions options)
    : sc_module(name), implementation_(std::make_unique<Implementation>(clock, std::move(options))) {
    if (waves()) {
        SC_METHOD(replay);
        sensitive << implementation_->waves->due;
        dont_initialize();
    }
}

TracePlayer::~TracePlayer() {
    if (waves()) {
        implementation_->waves->apply_due();  // at a limit of the simulation the process had no turn
    }
}

void TracePlayer::finish() {
    if (waves()) {
        implementation_->waves->apply_due();
        implementation_->waves->vcd.finish();
    }
    if (timeline()) {
        implementation_->timeline->finish();
    }
}

bool TracePlayer::waves() const {
    return implementation_->waves != nullptr;
}

bool TracePlayer::timeline() const {
    return implementation_->timeline != nullptr;
}

SignalId TracePlayer::declare(const std::string& hierarchical_name, unsigned bits) {
    if (!waves()) {
        return kNoSignal;
    }
    if (!implementation_->in_scope(hierarchical_name)) {
        implementation_->waves->outside_scope = hierarchical_name;
        return kNoSignal;
    }
    return static_cast<SignalId>(implementation_->waves->vcd.declare(hierarchical_name, bits));
}

void TracePlayer::start_of_simulation() {
    if (!waves()) {
        return;
    }
    const std::string& outside = implementation_->waves->outside_scope;
    if (implementation_->waves->vcd.size() == 0 && !outside.empty()) {
        throw InputError(fmt::format("the trace scope {} selects no signal: a name it could begin is {}",
                                     quoted_name(implementation_->options.scope), quoted_name(outside)));
    }
    implementation_->waves->vcd.begin();
}

void TracePlayer::replay() {
    implementation_->waves->advance();
}

void TracePlayer::play(const sc_core::sc_time& start, const std::vector<TraceRecord>& records) {
    if (!waves()) {
        return;
    }
    if (start.value() < now()) {
        throw std::logic_error("trace records of the past");
    }
    implementation_->waves->queue.add(start.value(), records);
    implementation_->waves->advance();
}

void TracePlayer::discard_future() {
    if (waves()) {
        implementation_->waves->queue.discard();
        implementation_->waves->due.cancel();
        if (now() < implementation_->window_end) {
            implementation_->waves->vcd.clear();
        }
    }
    if (timeline()) {
        implementation_->timeline->discard_future(now());
    }
}

void TracePlayer::slice(const std::string& track, const std::string& label, const sc_core::sc_time& start,
                        const sc_core::sc_time& duration, const std::map<std::string, std::uint64_t>& arguments) {
    if (!timeline() || !implementation_->in_scope(track)) {
        return;
    }
    const Ticks begin = start.value();
    const Ticks end = begin + duration.value();
    const Ticks first = std::max(begin, implementation_->window_begin);
    const Ticks last = std::min(end, implementation_->window_end);
    if (first < last || (begin == end && first == begin && begin < implementation_->window_end)) {
        implementation_->timeline->add({track, label, first, last, arguments}, now());
    }
}

SignalId declare_signal(TracePlayer* trace, const sc_core::sc_object& module, const std::string& signal,
                        unsigned bits) {
    return trace == nullptr ? TracePlayer::kNoSignal : trace->declare(std::string(module.name()) + "." + signal, bits);
}

void show_activity(TracePlayer* trace, const sc_core::sc_object& module, const Clocking& clock,
                   const Activity& activity, const sc_core::sc_time& start, Cycles cycles,
                   const std::map<std::string, std::uint64_t>& arguments) {
    if (trace == nullptr || cycles == 0) {
        return;
    }
    if (trace->waves()) {
        trace->play(start, {{0, activity.signal, 1}, {cycles, activity.signal, 0}});
    }
    if (trace->timeline()) {
        trace->slice(std::string(module.name()) + "." + activity.track, activity.label, start, clock(cycles),
                     arguments);
    }
}

}  // namespace nonzero
