#pragma once
// The weights of a layer on their way from memory, group after group: all before its first cycle, or those of the next
// group while one computes. A machine says where they lie. Keep it alive until the engine's reset() after a fault or
// abort, because bursts may still be on the way into its buffers.

#include <cstdint>
#include <span>
#include <vector>

#include "models/engine/double_buffered_read.h"

namespace nonzero::pe_array {

class GroupFetch {
  public:
    virtual ~GroupFetch() = default;

    // Everything at once; start() and wait() then have nothing left to do.
    void read_all();
    // Starts reading a group, if there is one of that number; two can be on the way or in use.
    void start(std::size_t group);
    // … and waits until it is there.
    void wait(std::size_t group);
    // Weights of a group that is there; where PEs have weights of their own (parts), those of one.
    virtual std::span<const std::uint8_t> of(std::size_t group, std::size_t part = 0) const = 0;

  protected:
    explicit GroupFetch(WorkContext& context) : context_(context), ahead_(context) {}

    void add_group(const nz_region& region) { groups_.push_back(region); }
    std::size_t groups() const { return groups_.size(); }
    const nz_region& group(std::size_t number) const { return groups_[number]; }
    WorkContext& context() { return context_; }
    std::span<const std::uint8_t> bytes_of(std::size_t group) const;

    // The region around all groups.
    virtual nz_region whole() const = 0;
    // What else is read with a group.
    virtual void start_more(std::size_t) {}
    virtual void wait_more(std::size_t) {}

  private:
    WorkContext& context_;
    std::vector<nz_region> groups_;
    bool all_read_ = false;
    nz_region whole_{};
    std::vector<std::uint8_t> all_;
    DoubleBufferedRead ahead_;
    std::span<const std::uint8_t> there_[2];
};

}  // namespace nonzero::pe_array
