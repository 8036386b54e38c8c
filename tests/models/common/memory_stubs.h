#pragma once
// Memories for the tests of the DMA engine. Each checks what it is sent against the base protocol and the engine's own
// limits, and writes down every violation.

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "models/base/payload_check.h"
#include "tests/models/memory/test_support.h"

namespace nonzero::test {

struct StubLimits {
    AddressRange range;
    std::uint64_t burst_bytes = 64;
    std::size_t outstanding = 4;
    // Answers TLM_ADDRESS_ERROR_RESPONSE inside as well; empty by default.
    AddressRange bad;
    int holders = 1;  // of a new payload; an arbiter in between is another
};

// What both stubs have: storage, and checks of the attributes of a new request.
class StubStorage {
  public:
    explicit StubStorage(const StubLimits& given) : limits(given), bytes(given.range.size) {}

    void check_request(const tlm::tlm_generic_payload& payload);
    void check(bool holds, const std::string& rule) {
        if (!holds && violations.size() < 20) {
            violations.push_back(rule + " at " + sc_core::sc_time_stamp().to_string());
        }
    }
    void execute(tlm::tlm_generic_payload& payload);
    unsigned char* at(std::uint64_t address) { return bytes.data() + (address - limits.range.base); }

    const StubLimits limits;
    std::vector<unsigned char> bytes;
    std::vector<std::string> violations;
    std::set<const tlm::tlm_generic_payload*> payloads;  // all ever seen
    std::vector<std::uint64_t> addresses;                // of all requests, in order
    std::vector<std::uint64_t> lengths;
    std::size_t open = 0;
    std::size_t most_open = 0;
    // Nobody holds a reference any more.
    bool all_released() const;
};

// b_transport only. Waits and annotates at random.
class LtStub : public sc_core::sc_module {
  public:
    LtStub(sc_core::sc_module_name name, const StubLimits& limits, std::uint64_t seed);

    tlm_utils::simple_target_socket<LtStub, 32> socket{"socket"};
    StubStorage storage;
    // Overrides the random time that a call takes (waited, annotated).
    std::function<std::pair<sc_core::sc_time, sc_core::sc_time>(const tlm::tlm_generic_payload&)> times;

  private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    Dice dice_;
};

// nb_transport only: every way through the phases that the base protocol allows, annotated at random, responses in
// random order. Keeps some payloads for longer than it needs.
class AtStub : public sc_core::sc_module {
  public:
    AtStub(sc_core::sc_module_name name, const StubLimits& limits, std::uint64_t seed);

    tlm_utils::simple_target_socket<AtStub, 32> socket{"socket"};
    StubStorage storage;
    // Nothing is answered while this is set; requests are accepted only if accept_while_stalled.
    bool stalled = false;
    bool accept_while_stalled = true;
    void resume();
    // How often each way was taken.
    struct Ways {
        int end_request_returned = 0, end_request_backward = 0, end_request_skipped = 0;
        int response_returned = 0, response_backward = 0, completed_early = 0, out_of_order = 0;
    } ways;

  private:
    enum class State { requested, accepted };
    struct Open {
        tlm::tlm_generic_payload* payload;
        State state;
        sc_core::sc_time time;  // effective time of its last phase
    };

    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
    tlm::tlm_sync_enum begin_request(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
    tlm::tlm_sync_enum end_response(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
    void answer();
    void step();
    void finish(tlm::tlm_generic_payload& payload);
    // Now or later, never before a time.
    sc_core::sc_time annotation(const sc_core::sc_time& not_before);

    Dice dice_;
    std::vector<Open> open_;                          // in order of arrival
    tlm::tlm_generic_payload* request_ = nullptr;     // BEGIN_REQ without END_REQ
    sc_core::sc_time request_end_;                    // effective time of the last END_REQ
    tlm::tlm_generic_payload* response_ = nullptr;    // BEGIN_RESP without END_RESP
    sc_core::sc_time response_end_;                   // effective time of the last END_RESP
    std::vector<tlm::tlm_generic_payload*> hoarded_;  // released late
    sc_core::sc_event work_;
};

}  // namespace nonzero::test
