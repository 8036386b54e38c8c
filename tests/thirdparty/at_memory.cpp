#include "tests/thirdparty/at_memory.h"

#include <algorithm>
#include <utility>

namespace thirdparty {

AtMemory::AtMemory(sc_core::sc_module_name name, std::uint64_t base, std::uint64_t size, Timing timing,
                   Scoreboard& board)
    : Memory(name, base, size, timing, board), cpu_port_("cpu_port"), accelerator_port_("accelerator_port") {
    cpu_port_.register_b_transport(this, &AtMemory::serve_one_cpu);
    accelerator_port_.register_b_transport(this, &AtMemory::b_transport);
    accelerator_port_.register_nb_transport_fw(this, &AtMemory::nb_transport_fw);
    SC_HAS_PROCESS(AtMemory);
    SC_METHOD(run_agenda);
    sensitive << due_;
    dont_initialize();
}

void AtMemory::end_of_elaboration() {
    channels_.resize(accelerator_port_.size());
}

void AtMemory::serve_one_cpu(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    serve_cpu(payload, delay);
}

void AtMemory::b_transport(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::size_t number = begin_access(payload, delay);
    const sc_core::sc_time stall = accept_delay();
    if (stall != sc_core::SC_ZERO_TIME) {
        wait(delay + stall);
        delay = sc_core::SC_ZERO_TIME;
    }
    while (is_silent(payload)) {
        wait(healed());
        delay = sc_core::SC_ZERO_TIME;
    }
    execute(payload);
    delay += latency(payload);
    end_access(number, payload, delay);
}

tlm::tlm_sync_enum AtMemory::nb_transport_fw(int accelerator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                             sc_core::sc_time& delay) {
    Channel& channel = channels_[std::size_t(accelerator)];
    if (phase == tlm::BEGIN_REQ) {
        return begin_request(accelerator, payload, phase, delay);
    }
    rule(phase == tlm::END_RESP && channel.response.payload == &payload, "END_RESP answers the open BEGIN_RESP");
    if (channel.response.payload == &payload) {
        end_response(channel);
        schedule(sc_core::sc_time_stamp() + delay, [this, accelerator] { respond(accelerator); });
    }
    return tlm::TLM_COMPLETED;
}

tlm::tlm_sync_enum AtMemory::begin_request(int accelerator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                           const sc_core::sc_time& delay) {
    Channel& channel = channels_[std::size_t(accelerator)];
    const sc_core::sc_time arrival = sc_core::sc_time_stamp() + delay;
    rule(payload.has_mm() && payload.get_ref_count() > 0, "the payload is managed and held");
    rule(payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE, "a new request has no response yet");
    rule(channel.request == nullptr && arrival >= channel.request_end, "one request at a time");
    payload.acquire();
    const Request request{&payload, begin_access(payload, delay)};
    channel.open.push_back(request.number);
    const sc_core::sc_time accepted = arrival + accept_delay();
    schedule(accepted + latency(payload), [this, accelerator, request] {
        answer_unless_silent(*request.payload, [this, accelerator, request] {
            execute(*request.payload);
            channels_[std::size_t(accelerator)].ready.push_back(request);
            respond(accelerator);
        });
    });
    if (timing() == Timing::prompt) {
        channel.request_end = arrival;
        phase = tlm::END_REQ;
        return tlm::TLM_UPDATED;
    }
    channel.request = &payload;
    schedule(accepted, [this, accelerator] { end_request(accelerator); });
    return tlm::TLM_ACCEPTED;
}

void AtMemory::answer_unless_silent(const tlm::tlm_generic_payload& payload, const std::function<void()>& answer) {
    if (is_silent(payload)) {
        unanswered_.push_back(answer);
    } else {
        answer();
    }
}

void AtMemory::heal() {
    Memory::heal();
    for (std::function<void()>& answer : std::exchange(unanswered_, {})) {
        schedule(sc_core::sc_time_stamp(), std::move(answer));
    }
}

void AtMemory::end_request(int accelerator) {
    Channel& channel = channels_[std::size_t(accelerator)];
    tlm::tlm_generic_payload& payload = *std::exchange(channel.request, nullptr);
    channel.request_end = sc_core::sc_time_stamp();
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay;
    const tlm::tlm_sync_enum answer = accelerator_port_[accelerator]->nb_transport_bw(payload, phase, delay);
    rule(answer == tlm::TLM_ACCEPTED, "END_REQ is accepted");
}

void AtMemory::respond(int accelerator) {
    Channel& channel = channels_[std::size_t(accelerator)];
    while (channel.response.payload == nullptr && !channel.ready.empty()) {
        channel.response = channel.ready.front();
        channel.ready.pop_front();
        const auto place = std::find(channel.open.begin(), channel.open.end(), channel.response.number);
        overtaking_ += place != channel.open.begin() ? 1 : 0;
        channel.open.erase(place);
        tlm::tlm_phase phase = tlm::BEGIN_RESP;
        sc_core::sc_time delay;
        const tlm::tlm_sync_enum answer =
            accelerator_port_[accelerator]->nb_transport_bw(*channel.response.payload, phase, delay);
        // As memory controllers do that act on phases alone: a completion without END_RESP is none.
        if (answer == tlm::TLM_UPDATED && phase == tlm::END_RESP) {
            end_response(channel);
        }
    }
}

void AtMemory::end_response(Channel& channel) {
    end_access(channel.response.number, *channel.response.payload, sc_core::SC_ZERO_TIME);
    channel.response.payload->release();
    channel.response.payload = nullptr;
}

void AtMemory::schedule(const sc_core::sc_time& time, std::function<void()> step) {
    agenda_.emplace(time, std::move(step));
    due_.notify(agenda_.begin()->first - sc_core::sc_time_stamp());
}

void AtMemory::run_agenda() {
    while (!agenda_.empty() && agenda_.begin()->first <= sc_core::sc_time_stamp()) {
        const std::function<void()> step = std::move(agenda_.begin()->second);
        agenda_.erase(agenda_.begin());
        step();
    }
    if (!agenda_.empty()) {
        due_.notify(agenda_.begin()->first - sc_core::sc_time_stamp());
    }
}

}  // namespace thirdparty
