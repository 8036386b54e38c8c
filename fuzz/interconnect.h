#pragma once
// A bus that does what buses may: it moves every address by an offset and leaves the payload so, as the base protocol
// allows, and answers chosen bursts with an error. LT, AT and debug.

#include <systemc>
#include <tlm>

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace nonzero::fuzz {

class Interconnect : public sc_core::sc_module, private tlm::tlm_fw_transport_if<>, private tlm::tlm_bw_transport_if<> {
  public:
    Interconnect(sc_core::sc_module_name name, std::uint64_t offset);

    tlm::tlm_target_socket<32> in{"in"};
    tlm::tlm_initiator_socket<32> out{"out"};

    // The burst that comes after `bursts` others gets this response in place of its own.
    void fail(std::uint64_t bursts, tlm::tlm_response_status response) { failures_[seen_ + bursts] = response; }
    void clear_failures() { failures_.clear(); }
    // Addresses, as they came in, of bursts that were not answered OK, since the last call.
    std::set<std::uint64_t> take_failed() { return std::exchange(failed_, {}); }
    // Address, as it came in, and bytes of every write since the last call.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> take_writes() { return std::exchange(writes_, {}); }

  private:
    struct Open {
        std::uint64_t address = 0;
        tlm::tlm_response_status response = tlm::TLM_OK_RESPONSE;
    };

    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    unsigned int transport_dbg(tlm::tlm_generic_payload& payload) override;
    bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    Open begin(tlm::tlm_generic_payload& payload);
    void end(tlm::tlm_generic_payload& payload, const Open& open);
    void end(tlm::tlm_generic_payload& payload);

    const std::uint64_t offset_;
    std::uint64_t seen_ = 0;
    std::map<std::uint64_t, tlm::tlm_response_status> failures_;  // by number of the burst
    std::map<const tlm::tlm_generic_payload*, Open> open_;        // of nb_transport
    std::set<std::uint64_t> failed_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> writes_;
};

}  // namespace nonzero::fuzz
