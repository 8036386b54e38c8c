#pragma once
// Where the requests of all initiators of one memory meet. Requests that arrive in the same delta cycle are granted
// together in its update phase, by initiator id and then in their order of arrival, so that the order of the processes
// that made them never shows.

#include <systemc>
#include <tlm>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace nonzero {

struct MemoryRequest {
    tlm::tlm_generic_payload* payload;
    int initiator;
    sc_core::sc_time* response;  // LT: where the caller looks for its response time in the next delta; AT: null
};

class RequestChannel : public sc_core::sc_prim_channel {
  public:
    using Grant = std::function<void(const MemoryRequest&)>;

    RequestChannel(const char* name, Grant grant) : sc_core::sc_prim_channel(name), grant_(std::move(grant)) {}

    // In the evaluation phase only.
    void submit(const MemoryRequest& request) {
        requests_.push_back(request);
        request_update();
    }

  private:
    void update() override {
        std::stable_sort(requests_.begin(), requests_.end(),
                         [](const MemoryRequest& a, const MemoryRequest& b) { return a.initiator < b.initiator; });
        for (const MemoryRequest& request : requests_) {
            grant_(request);
        }
        requests_.clear();
    }

    Grant grant_;
    std::vector<MemoryRequest> requests_;
};

}  // namespace nonzero
