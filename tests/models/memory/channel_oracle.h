#pragma once
// When a memory of the documented timing answers: the closed recurrence over all requests in their order of service.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/memory/dram.h"

namespace nonzero::test {

struct Served {
    std::uint64_t request_ps;
    int initiator;
    unsigned bytes;
    std::uint64_t response_ps;  // as observed
};

// Response times in picoseconds of the requests in order of (time, initiator, order of arrival). Bandwidth in whole
// bytes per nanosecond that divide 1000.
inline std::vector<std::uint64_t> response_times(std::vector<Served>& requests, std::uint64_t bytes_per_ns,
                                                 std::uint64_t latency_ps) {
    std::stable_sort(requests.begin(), requests.end(), [](const Served& a, const Served& b) {
        return a.request_ps != b.request_ps ? a.request_ps < b.request_ps : a.initiator < b.initiator;
    });
    std::vector<std::uint64_t> result;
    std::uint64_t free = 0;
    for (const Served& request : requests) {
        free = std::max(free, request.request_ps) + request.bytes * 1000 / bytes_per_ns;
        result.push_back(free + latency_ps);
    }
    return result;
}

}  // namespace nonzero::test
