#pragma once
// On-chip streams: TLM-2.0 sockets whose payload is a plain, documented Message instead of the generic payload.
// b_transport(message, delay) carries one block of work; the target may fill in result fields of the message and adds
// the cycles that it needs to delay. Every socket counts transactions and payload (bytes that would cross the wires).
//
// A Message provides `std::uint64_t payload_bytes() const`.

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

namespace nonzero {

template <class Message>
struct StreamProtocol {
    using tlm_payload_type = Message;
    using tlm_phase_type = tlm::tlm_phase;
};

struct StreamTraffic {
    std::uint64_t transactions = 0;
    std::uint64_t bytes = 0;
};

// Initiator end. A probe sees (and may change) every message before it leaves; tests use it to observe and to inject
// faults. It costs one test of a pointer when unset.
template <class Message>
class StreamInitiator
    : public tlm_utils::simple_initiator_socket<StreamInitiator<Message>, 32, StreamProtocol<Message>> {
    using Base = tlm_utils::simple_initiator_socket<StreamInitiator<Message>, 32, StreamProtocol<Message>>;

  public:
    explicit StreamInitiator(const char* name) : Base(name) {}

    void send(Message& message, sc_core::sc_time& delay) {
        if (probe_) {
            probe_(message);
        }
        ++traffic_.transactions;
        traffic_.bytes += message.payload_bytes();
        (*this)->b_transport(message, delay);
    }
    const StreamTraffic& traffic() const { return traffic_; }
    void clear_traffic() { traffic_ = {}; }
    void set_probe(std::function<void(Message&)> probe) { probe_ = std::move(probe); }

  private:
    StreamTraffic traffic_;
    std::function<void(Message&)> probe_;
};

// Target end: calls one function of its module.
template <class Message>
class StreamTarget : public tlm::tlm_target_socket<32, StreamProtocol<Message>>,
                     private tlm::tlm_fw_transport_if<StreamProtocol<Message>> {
    using Base = tlm::tlm_target_socket<32, StreamProtocol<Message>>;

  public:
    using Handler = std::function<void(Message&, sc_core::sc_time&)>;

    StreamTarget(const char* name, Handler handler) : Base(name), handler_(std::move(handler)) {
        Base::bind(static_cast<tlm::tlm_fw_transport_if<StreamProtocol<Message>>&>(*this));
    }
    const StreamTraffic& traffic() const { return traffic_; }
    void clear_traffic() { traffic_ = {}; }

  private:
    void b_transport(Message& message, sc_core::sc_time& delay) override {
        ++traffic_.transactions;
        traffic_.bytes += message.payload_bytes();
        handler_(message, delay);
    }
    // Streams are loosely timed by design: blocks of work, no phases.
    tlm::tlm_sync_enum nb_transport_fw(Message& message, tlm::tlm_phase&, sc_core::sc_time& delay) override {
        b_transport(message, delay);
        return tlm::TLM_COMPLETED;
    }
    bool get_direct_mem_ptr(Message&, tlm::tlm_dmi&) override { return false; }
    unsigned int transport_dbg(Message&) override { return 0; }

    StreamTraffic traffic_;
    Handler handler_;
};

// A copy of the message to each of several targets; `answer` sees what has become of it. Returns the longest delay.
template <class Message, class Answer>
sc_core::sc_time send_to_all(sc_core::sc_vector<StreamInitiator<Message>>& targets, const Message& message,
                             const Answer& answer) {
    sc_core::sc_time latest;
    for (auto& target : targets) {
        Message copy = message;
        sc_core::sc_time delay;
        target.send(copy, delay);
        latest = std::max(latest, delay);
        answer(copy);
    }
    return latest;
}

template <class Message>
sc_core::sc_time send_to_all(sc_core::sc_vector<StreamInitiator<Message>>& targets, const Message& message) {
    return send_to_all(targets, message, [](const Message&) {});
}

}  // namespace nonzero
