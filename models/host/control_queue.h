#pragma once
// What writes to CONTROL ask for, waiting for the time at which it takes effect.

#include <systemc>

#include <cstdint>
#include <map>
#include <optional>

namespace nonzero {

enum class ControlAction { start, abort, soft_reset };

struct ControlRequest {
    ControlAction action = ControlAction::start;
    std::uint64_t address = 0;  // of START: first descriptor
    std::uint32_t count = 0;    // of START: descriptors
};

class ControlQueue {
  public:
    // Takes effect at now + delay; requests for the same time in the order of the calls.
    void push(const ControlRequest& request, const sc_core::sc_time& delay);
    // The next request whose time has come.
    std::optional<ControlRequest> take_due();
    void clear();
    bool has_start() const { return starts_ != 0; }
    const sc_core::sc_event& due() const { return due_; }

  private:
    void announce_next();

    std::multimap<sc_core::sc_time, ControlRequest> requests_;
    unsigned starts_ = 0;  // of these
    sc_core::sc_event due_;
};

}  // namespace nonzero
