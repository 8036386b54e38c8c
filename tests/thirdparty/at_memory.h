#pragma once
// An approximately timed memory with four phases. Requests end before or after their END_REQ is due, responses come in
// the order in which they are ready, one at a time per accelerator, each until its END_RESP. It also has b_transport,
// with the same times, and checks what it is sent against the rules of the base protocol. Any number of CPUs and
// accelerators.

#include <tlm_utils/multi_passthrough_target_socket.h>

#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "tests/thirdparty/memory.h"

namespace thirdparty {

class AtMemory : public Memory {
  public:
    AtMemory(sc_core::sc_module_name name, std::uint64_t base, std::uint64_t size, Timing timing, Scoreboard& board);

    void connect_cpu(tlm::tlm_initiator_socket<32>& socket) override { socket.bind(cpu_port_); }
    void connect_accelerator(tlm::tlm_initiator_socket<32>& socket) override { socket.bind(accelerator_port_); }

    void heal() override;

    // Responses that overtook an earlier request.
    std::uint64_t overtaking() const { return overtaking_; }

  private:
    struct Request {
        tlm::tlm_generic_payload* payload = nullptr;
        std::size_t number = 0;
    };
    // The way to one accelerator.
    struct Channel {
        tlm::tlm_generic_payload* request = nullptr;  // BEGIN_REQ without END_REQ
        sc_core::sc_time request_end;                 // when the last END_REQ took effect
        std::deque<Request> ready;                    // responses to send
        Request response;                             // BEGIN_RESP without END_RESP
        std::vector<std::size_t> open;                // numbers of the requests without a response, in order
    };

    void end_of_elaboration() override;
    void serve_one_cpu(int cpu, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    void b_transport(int accelerator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    tlm::tlm_sync_enum nb_transport_fw(int accelerator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
    tlm::tlm_sync_enum begin_request(int accelerator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     const sc_core::sc_time& delay);
    void end_request(int accelerator);
    // What memory is silent about is answered when it is healed.
    void answer_unless_silent(const tlm::tlm_generic_payload& payload, const std::function<void()>& answer);
    void respond(int accelerator);
    void end_response(Channel& channel);
    // At that time, in the order of the calls.
    void schedule(const sc_core::sc_time& time, std::function<void()> step);
    void run_agenda();

    tlm_utils::multi_passthrough_target_socket<AtMemory, 32> cpu_port_;
    tlm_utils::multi_passthrough_target_socket<AtMemory, 32> accelerator_port_;
    std::vector<Channel> channels_;
    std::multimap<sc_core::sc_time, std::function<void()>> agenda_;
    sc_core::sc_event due_;
    std::vector<std::function<void()>> unanswered_;
    std::uint64_t overtaking_ = 0;
};

}  // namespace thirdparty
