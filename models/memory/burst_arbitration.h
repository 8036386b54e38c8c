#pragma once
// Who gets a bus next that several requesters share. Plain C++; times and durations are in the caller's unit.
//
// Each requester's bursts are served in their order. Where several wait, it is the turn of the first one behind the
// requester served last, round robin; at first that of requester 0. A burst has the bus to itself until its end.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace nonzero {

template <class Request>
class BurstArbitration {
  public:
    using Time = std::uint64_t;

    struct Grant {
        std::size_t requester;
        Request request;
        Time duration;
        Time end;
    };

    explicit BurstArbitration(std::size_t requesters) : waiting_(requesters) {}

    // std::out_of_range for a requester that is none.
    void add(std::size_t requester, Request request, Time duration) {
        waiting_.at(requester).push_back({std::move(request), duration});
    }
    // The burst that has the bus from now on; none while another has it, or when nobody waits.
    std::optional<Grant> grant(Time now) {
        if (now < free_) {
            return std::nullopt;
        }
        for (std::size_t n = 0; n < waiting_.size(); ++n) {
            const std::size_t requester = (turn_ + n) % waiting_.size();
            std::deque<Burst>& bursts = waiting_[requester];
            if (!bursts.empty()) {
                Burst burst = std::move(bursts.front());
                bursts.pop_front();
                turn_ = (requester + 1) % waiting_.size();
                free_ = now + burst.duration;
                return Grant{requester, std::move(burst.request), burst.duration, free_};
            }
        }
        return std::nullopt;
    }
    bool has_waiting() const {
        for (const std::deque<Burst>& bursts : waiting_) {
            if (!bursts.empty()) {
                return true;
            }
        }
        return false;
    }
    // When the bus is free, or was.
    Time free() const { return free_; }

  private:
    struct Burst {
        Request request;
        Time duration;
    };
    std::vector<std::deque<Burst>> waiting_;  // by requester
    std::size_t turn_ = 0;
    Time free_ = 0;
};

}  // namespace nonzero
