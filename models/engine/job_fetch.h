#pragma once
// The operands of a layer's jobs on their way from memory, job after job: all before its first cycle, or those of the
// next job while one computes. A machine says where they lie. Keep it alive until the engine's reset() after a fault or
// abort, because bursts may still be on the way into its buffers.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/engine/double_buffered_read.h"

namespace nonzero {

class JobFetch {
  public:
    virtual ~JobFetch() = default;

    std::size_t jobs() const { return regions_.size(); }
    // Everything at once; start() and wait() then have nothing left to do.
    void read_all();
    // Starts reading those of a job, if there is one of that number; two can be on the way or in use.
    void start(std::size_t job);
    // … and waits until they are there.
    void wait(std::size_t job);
    // Operands of a job that are there; where units have operands of their own (parts), those of one.
    virtual std::span<const std::uint8_t> of(std::size_t job, std::size_t part = 0) const = 0;

  protected:
    explicit JobFetch(WorkContext& context) : context_(context), ahead_(context) {}

    // The next job's operands lie there.
    void add_job(const nz_region& region) { regions_.push_back(region); }
    const nz_region& region_of(std::size_t job) const { return regions_[job]; }
    WorkContext& context() { return context_; }
    std::span<const std::uint8_t> bytes_of(std::size_t job) const;

    // The region around those of all jobs.
    virtual nz_region whole() const = 0;
    // Who takes the operands of all jobs as they come, where they need not be kept as bytes: of() is then not asked.
    virtual DmaSink* sink() { return nullptr; }
    // What else is read with a job.
    virtual void start_more(std::size_t /*job*/) {}
    virtual void wait_more(std::size_t /*job*/) {}

  private:
    WorkContext& context_;
    std::vector<nz_region> regions_;
    bool all_read_ = false;
    nz_region whole_{};
    std::vector<std::uint8_t> all_;
    DoubleBufferedRead ahead_;
    std::span<const std::uint8_t> there_[2];
};

}  // namespace nonzero
