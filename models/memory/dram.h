#pragma once
// Off-chip memory: bandwidth and latency, no row buffer. Sparse storage (pages appear when written; unwritten bytes read
// 0), so that any 64-bit base works. TLM-2.0 base protocol, LT (b_transport) and AT (nb_transport, four phases, any number
// of requests open), DMI, debug. Both protocols share one channel: start = max(request time, channel free),
// channel free = start + bytes / bandwidth, response = channel free + latency. Ideal timing: no time at all.
// Addresses outside [base, base + size), wrapping ranges: TLM_ADDRESS_ERROR_RESPONSE. Byte enables are honoured;
// a streaming width smaller than the length: TLM_BURST_ERROR_RESPONSE.

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_target_socket.h>

#include <cstdint>
#include <memory>

#include "models/common/statistics.h"

namespace nonzero {

struct DramParameters {
    std::uint64_t base = 0;
    std::uint64_t size = std::uint64_t{1} << 32;
    bool ideal = false;
    double bytes_per_ns = 50.0;  // SCNN card: 50 GB/s
    sc_core::sc_time latency = sc_core::sc_time(100, sc_core::SC_NS);
};

class Dram : public sc_core::sc_module {
  public:
    Dram(sc_core::sc_module_name name, const DramParameters& parameters, Statistics* statistics = nullptr);
    ~Dram() override;

    tlm_utils::multi_passthrough_target_socket<Dram, 32> socket;

    // DMI is granted per page of plain storage; invalidated by this call.
    void invalidate_dmi();

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
