#pragma once
// Off-chip memory: bandwidth and latency, no row buffer. Sparse storage (pages appear when written; unwritten bytes
// read 0), so that any 64-bit base works. TLM-2.0 base protocol, LT (b_transport) and AT (nb_transport, four phases,
// any number of requests open), DMI, debug. Both protocols share one channel: start = max(request time, channel free),
// channel free = start + bytes / bandwidth, response = channel free + latency. Ideal timing: no time at all.
// Simultaneous requests are served by initiator id (order of binding); for that b_transport synchronises first and
// always waits at least one delta cycle. Data move when the channel takes the request, thus in the order of service.
//
// Addresses outside [base, base + size), wrapping ranges: TLM_ADDRESS_ERROR_RESPONSE. Byte enables are honoured;
// a streaming width smaller than the length: TLM_BURST_ERROR_RESPONSE (all checks: payload_check.h). Refused and
// TLM_IGNORE_COMMAND transactions are answered at once and take no time. Times are rounded to the time resolution; one
// beyond the end of simulated time is reported (simulated_time.h).
// Not modelled: banks, rows, refresh, read/write turnaround.

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <systemc>
#include <tlm>

#include <cstdint>
#include <memory>

#include "models/base/statistics.h"

namespace nonzero {

struct DramParameters {
    std::uint64_t base = 0;
    std::uint64_t size = std::uint64_t{1} << 32;
    bool ideal = false;
    double bytes_per_ns = 50.0;  // scnn_facts.md 2.1
    sc_core::sc_time latency = sc_core::sc_time(100, sc_core::SC_NS);
};

// Counters: reads, writes, read_bytes, write_bytes. Throws InputError for an empty or wrapping range and a bandwidth
// that is not above 0.
class Dram : public sc_core::sc_module {
  public:
    Dram(sc_core::sc_module_name name, const DramParameters& parameters, Statistics* statistics = nullptr);
    ~Dram() override;

    tlm_utils::multi_passthrough_target_socket<Dram, 32> socket;

    // DMI is granted per page of plain storage; invalidated by this call.
    void invalidate_dmi();

  private:
    void end_of_elaboration() override;
    void b_transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    tlm::tlm_sync_enum nb_transport_fw(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
    unsigned int transport_dbg(int initiator, tlm::tlm_generic_payload& payload);
    bool get_direct_mem_ptr(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
    void submit_delayed();
    void send_responses();

    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
