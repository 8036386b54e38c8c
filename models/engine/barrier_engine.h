#pragma once
// A LayerEngine whose layer is a row of jobs. All units work on one job at a time and the slowest of them ends it (the
// barrier); what is left to do with its results (the drain) may overlap the next job, and the operands of the next one
// are on their way meanwhile (job_fetch.h). When things happen is JobRecurrence's. Results of a drain have to be where
// they belong at its end, not before: end_drain().
//
// Counters: computing, memory (in unit cycles: nothing computes, operands not there) and the number of jobs, under the
// machine's name for them. Wave: computing.

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "models/engine/job_fetch.h"
#include "models/engine/job_recurrence.h"
#include "models/engine/layer_engine.h"

namespace nonzero {

// What a machine calls its jobs: "group" makes a counter "groups" and slices "group 3".
struct JobName {
    std::string one;
    std::string counted;  // meaning of the counter
};

class BarrierEngine : public LayerEngine {
  public:
    void reset() override;

  protected:
    BarrierEngine(sc_core::sc_module_name name, std::size_t units, const JobName& job, const Clocking& clock,
                  Statistics& statistics, TracePlayer* trace);

    // At the end of set_up(): where the layer's jobs find their operands, and whether all of them are read now.
    void fetch_jobs(std::unique_ptr<JobFetch> fetch, bool all_at_once);

    // Asked of each job in this order --------------------------------------------------------------------------------
    // Sends the operands and has the job computed; cycles of the slowest unit, nullopt when operands are malformed.
    virtual std::optional<Cycles> compute(int job, const JobFetch& fetched, Completion& completion) = 0;
    // The barrier is reached: counters become visible.
    virtual void settle(int job, Cycles cycles) = 0;
    // The drain: how many cycles it takes, when these are, and their end.
    virtual Cycles drain(int /*job*/) { return 0; }
    virtual void show_drain(int /*job*/, Cycles /*begin*/, Cycles /*cycles*/) {}
    virtual void end_drain(int /*job*/, Cycles /*cycles*/) {}

    Cycles run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;

    const JobRecurrence& recurrence() const { return recurrence_; }
    // An activity of a job on its signal and track.
    void show_job(SignalId signal, const char* track, int job, Cycles begin, Cycles cycles) const;

  private:
    struct Drain {
        Cycles end;
        Cycles cycles;
        int job;
    };
    // Waits until that cycle and ends the drains on the way.
    void advance_through_drains(Cycles cycle, WorkContext& context);

    const std::uint64_t units_;
    const std::string job_;
    std::unique_ptr<JobFetch> fetch_;  // outlives a fault or abort inside execute()
    JobRecurrence recurrence_;
    std::deque<Drain> drains_;  // open ones

    SignalId computing_signal_;
    Counter& jobs_;
    Counter& compute_cycles_;
    Counter& memory_;
};

}  // namespace nonzero
