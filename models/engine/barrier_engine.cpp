#include "models/engine/barrier_engine.h"

#include <utility>

namespace nonzero {

BarrierEngine::BarrierEngine(sc_core::sc_module_name name, std::size_t units, const JobName& job, const Clocking& clock,
                             Statistics& statistics, TracePlayer* trace)
    : LayerEngine(name, clock, statistics, trace),
      units_(units),
      job_(job.one),
      computing_signal_(declare_signal(trace, *this, "computing", 1)),
      jobs_(statistics.counter(*this, job.one + "s", CounterKind::count, job.counted)),
      compute_cycles_(statistics.counter(*this, "computing", CounterKind::cycles, "a " + job.one + " computes")),
      memory_(statistics.counter(*this, "memory", CounterKind::cycles, "nothing computes: weights not there")) {}

void BarrierEngine::reset() {
    fetch_.reset();
    drains_.clear();
    LayerEngine::reset();
}

void BarrierEngine::fetch_jobs(std::unique_ptr<JobFetch> fetch, bool all_at_once) {
    fetch_ = std::move(fetch);
    if (all_at_once) {
        fetch_->read_all();
    }
}

Cycles BarrierEngine::run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) {
    recurrence_ = {};
    drains_.clear();
    fetch_->start(0);
    for (std::size_t number = 0; number < fetch_->jobs(); ++number) {
        const int job = int(number);
        fetch_->wait(number);
        const Cycles start = recurrence_.start(now());
        advance_through_drains(start, context);
        fetch_->start(number + 1);
        const std::optional<Cycles> cycles = compute(job, *fetch_, completion);
        if (!cycles) {
            throw Fault{NZ_ERROR_DATA, descriptor.weights.address};
        }
        const Cycles end = recurrence_.compute(*cycles);
        show_job(computing_signal_, "computing", job, start, *cycles);
        advance_through_drains(end, context);
        settle(job, *cycles);
        compute_cycles_.add(*cycles);
        jobs_.add();

        const Cycles draining = drain(job);
        const Cycles drained = recurrence_.drain(draining);
        show_drain(job, drained - draining, draining);
        drains_.push_back({drained, draining, job});
        advance_through_drains(end, context);
    }
    const Cycles cycles = recurrence_.finish();
    advance_through_drains(cycles, context);
    memory_.add(recurrence_.memory() * units_);
    return cycles;
}

void BarrierEngine::advance_through_drains(Cycles cycle, WorkContext& context) {
    while (!drains_.empty() && drains_.front().end <= cycle) {
        const Drain drain = drains_.front();
        advance_to(drain.end, context);
        drains_.pop_front();
        end_drain(drain.job, drain.cycles);
    }
    advance_to(cycle, context);
}

void BarrierEngine::show_job(SignalId signal, const char* track, int job, Cycles begin, Cycles cycles) const {
    show(signal, track, job_ + " " + std::to_string(job), begin, cycles);
}

}  // namespace nonzero
