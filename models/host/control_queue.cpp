#include "models/host/control_queue.h"

namespace nonzero {

void ControlQueue::push(const ControlRequest& request, const sc_core::sc_time& delay) {
    requests_.emplace(sc_core::sc_time_stamp() + delay, request);
    starts_ += request.action == ControlAction::start ? 1 : 0;
    announce_next();
}

std::optional<ControlRequest> ControlQueue::take_due() {
    if (requests_.empty()) {
        return std::nullopt;
    }
    const auto next = requests_.begin();
    if (next->first > sc_core::sc_time_stamp()) {
        announce_next();
        return std::nullopt;
    }
    const ControlRequest request = next->second;
    requests_.erase(next);
    starts_ -= request.action == ControlAction::start ? 1 : 0;
    return request;
}

void ControlQueue::clear() {
    requests_.clear();
    starts_ = 0;
}

void ControlQueue::announce_next() {
    due_.notify(requests_.begin()->first - sc_core::sc_time_stamp());
}

}  // namespace nonzero
