#include "models/trace/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "models/trace/replay_queue.h"
#include "models/trace/timeline_writer.h"
#include "models/trace/trace_registry.h"
#include "models/trace/vcd_output.h"
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

// "top.pe_0_0" .. "top.pe_7_7", "top.sequencer": of blocks that differ in their numbers only the first and the last.
std::string summary_of(const std::vector<std::string>& blocks) {
    constexpr std::size_t kMost = 12;
    struct Family {
        std::string pattern;
        std::string first;
        std::string last;
    };
    std::vector<Family> families;
    for (const std::string& block : blocks) {
        std::string pattern = block;
        std::erase_if(pattern, [](unsigned char character) { return std::isdigit(character) != 0; });
        const auto found = std::find_if(families.begin(), families.end(),
                                        [&](const Family& family) { return family.pattern == pattern; });
        if (found == families.end()) {
            families.push_back({pattern, block, block});
        } else {
            found->last = block;
        }
    }
    std::string text;
    for (std::size_t n = 0; n < std::min(families.size(), kMost); ++n) {
        const Family& family = families[n];
        text += n == 0 ? "" : ", ";
        text += quoted_name(family.first);
        text += family.first == family.last ? "" : " .. " + quoted_name(family.last);
    }
    return text + (families.size() > kMost ? " and others" : "");
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
    };

    Implementation(const std::string& owner, const Clocking& trace_clock, TraceOptions trace_options)
        : clock(trace_clock),
          options(std::move(trace_options)),
          window_begin(ticks(clock, options.window_begin)),
          window_end(ticks(clock, options.window_end)) {
        if (window_begin >= window_end) {
            throw InputError(fmt::format("the trace window {} .. {} is empty: its end is the first cycle left out",
                                         options.window_begin, options.window_end));
        }
        std::vector<std::string> files;
        if (!options.vcd_file.empty()) {
            const bool suffixed = options.vcd_file.ends_with(VcdOutput::kSuffix);
            files.push_back(suffixed ? options.vcd_file : options.vcd_file + VcdOutput::kSuffix);
        }
        if (!options.timeline_file.empty()) {
            files.push_back(options.timeline_file);
        }
        registration = std::make_unique<TraceRegistration>(owner, files, [this] { complete(); });
        if (!options.vcd_file.empty()) {
            waves = std::make_unique<Waves>(options.vcd_file, clock.period().value(), window_begin, window_end);
        }
        if (!options.timeline_file.empty()) {
            timeline = std::make_unique<TimelineWriter>(options.timeline_file, femtoseconds_per_tick());
        }
    }

    bool in_scope(const std::string& name) const { return name.starts_with(options.scope); }

    void note_block(const std::string& signal) {
        const std::string block = signal.substr(0, signal.rfind('.'));
        if (blocks.empty() || blocks.back() != block) {
            blocks.push_back(block);
        }
    }

    // Of a timeline the tracks below a block are not known beforehand.
    bool selects_something() const {
        if (blocks.empty() || (waves && waves->vcd.size() > 0)) {
            return true;
        }
        return !waves && std::any_of(blocks.begin(), blocks.end(), [this](const std::string& block) {
            return in_scope(block) || options.scope.starts_with(block + ".");
        });
    }

    // What the selected blocks do, inside the window or not.
    void note_activity(Ticks begin, Ticks end) {
        first_activity = std::min(first_activity, begin);
        last_activity = std::max(last_activity, end);
    }

    // At the end of the program, when nobody is left to be told of a failure.
    void complete() {
        if (waves) {
            waves->apply_due();  // at a limit of the simulation the process had no turn
            waves->vcd.close();
        }
        if (timeline) {
            timeline->close();
        }
    }

    Clocking clock;
    TraceOptions options;
    Ticks window_begin;
    Ticks window_end;
    Ticks first_activity = std::numeric_limits<Ticks>::max();
    Ticks last_activity = 0;
    std::vector<std::string> blocks;  // that have signals, selected or not
    std::unique_ptr<Waves> waves;
    std::unique_ptr<TimelineWriter> timeline;
    std::unique_ptr<TraceRegistration> registration;
};

TracePlayer::TracePlayer(sc_core::sc_module_name name, const Clocking& clock, TraceOptions options)
    : sc_module(name), implementation_(std::make_unique<Implementation>(this->name(), clock, std::move(options))) {
    if (waves()) {
        SC_METHOD(replay);
        sensitive << implementation_->waves->due;
        dont_initialize();
    }
}

TracePlayer::~TracePlayer() {
    implementation_->complete();
}

std::string TracePlayer::remark() const {
    const Implementation& own = *implementation_;
    const bool nothing = (!own.waves || !own.waves->vcd.moved()) && (!own.timeline || own.timeline->empty());
    const bool bounded = !own.options.scope.empty() || own.options.window_begin > 0 ||
                         own.options.window_end != std::numeric_limits<Cycles>::max();
    if (!nothing || !bounded) {
        return {};
    }
    const std::string where =
        own.options.scope.empty() ? std::string() : fmt::format(" of {}", quoted_name(own.options.scope));
    const std::string when =
        own.window_end == std::numeric_limits<Ticks>::max()
            ? fmt::format("from cycle {} on", own.options.window_begin)
            : fmt::format("in cycles {} up to {}", own.options.window_begin, own.options.window_end);
    if (own.first_activity > own.last_activity) {
        return fmt::format("the traces show nothing{} {}: no such block did anything", where, when);
    }
    const Ticks period = own.clock.period().value();
    return fmt::format("the traces show nothing{} {}: there is something from cycle {} up to {}", where, when,
                       own.first_activity / period, (own.last_activity + period - 1) / period);
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
    implementation_->note_block(hierarchical_name);
    if (!waves() || !implementation_->in_scope(hierarchical_name)) {
        return kNoSignal;
    }
    return static_cast<SignalId>(implementation_->waves->vcd.declare(hierarchical_name, bits));
}

void TracePlayer::start_of_simulation() {
    if (!implementation_->selects_something()) {
        throw InputError(fmt::format("the trace scope {} selects no signal; there are {}",
                                     quoted_name(implementation_->options.scope), summary_of(implementation_->blocks)));
    }
    if (waves()) {
        implementation_->waves->vcd.begin();
    }
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
    for (const TraceRecord& record : records) {
        if (record.signal != kNoSignal) {
            const Ticks time = start.value() + implementation_->clock(record.offset).value();
            implementation_->note_activity(time, time);
        }
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
    implementation_->note_activity(begin, end);
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
