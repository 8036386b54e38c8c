#pragma once
// Several initiators on one memory socket, burst by burst, round robin (burst_arbitration.h). A burst has the bus for
// as many cycles as its bytes need, and is handed to the memory when it gets the bus; its response comes when both the
// bus and the memory are done with it. The memory's time keeps nobody else from the bus.
//
// TLM-2.0 base protocol on both sides, LT (b_transport) and AT (nb_transport, any number of requests open), with the
// same times. Payloads go through as they are. Initiators take their turns in the order of binding. What is asked for
// at one time, after whatever number of delta cycles, is arbitrated together; order of processes never shows. No DMI.
//
// Counters: bursts, busy (cycles of the bus).

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <systemc>
#include <tlm>

#include <memory>

#include "models/base/clocking.h"
#include "models/base/statistics.h"

namespace nonzero {

// Throws InputError when bytes_per_cycle is below 1.
class BurstArbiter : public sc_core::sc_module, private tlm::tlm_bw_transport_if<> {
  public:
    BurstArbiter(sc_core::sc_module_name name, int bytes_per_cycle, const Clocking& clock, Statistics& statistics);
    ~BurstArbiter() override;

    tlm_utils::multi_passthrough_target_socket<BurstArbiter, 32> requesters;
    tlm::tlm_initiator_socket<32> memory;

  private:
    void end_of_elaboration() override;
    void b_transport(int requester, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    tlm::tlm_sync_enum nb_transport_fw(int requester, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
    unsigned int transport_dbg(int requester, tlm::tlm_generic_payload& payload);
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override;
    void arbitrate();
    void submit_later();
    void send_responses();

    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
