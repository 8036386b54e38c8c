#include "tests/models/common/memory_stubs.h"

#include <algorithm>
#include <cstring>

namespace nonzero::test {

void StubStorage::check_request(const tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    const std::uint64_t length = payload.get_data_length();
    check(payload.has_mm(), "a memory manager");
    check(payload.get_ref_count() >= 1, "a reference");
    check(payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE, "an incomplete response status");
    check(!payload.is_dmi_allowed(), "no DMI hint");
    check(payload.get_byte_enable_ptr() == nullptr, "no byte enables");
    check(payload.get_streaming_width() == length, "no streaming");
    check(payload.get_data_ptr() != nullptr, "a data pointer");
    check(length >= 1 && length <= limits.burst_bytes, "the burst length");
    check(address / limits.burst_bytes == (address + length - 1) / limits.burst_bytes, "the burst boundary");
    payloads.insert(&payload);
    addresses.push_back(address);
    lengths.push_back(length);
    ++open;
    most_open = std::max(most_open, open);
    check(open <= limits.outstanding, "the number of outstanding bursts");
}

void StubStorage::execute(tlm::tlm_generic_payload& payload) {
    const std::uint64_t length = payload.get_data_length();
    if (!limits.range.contains(payload.get_address(), length) || limits.bad.contains(payload.get_address(), length)) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    if (payload.is_read()) {
        std::memcpy(payload.get_data_ptr(), at(payload.get_address()), length);
    } else {
        std::memcpy(at(payload.get_address()), payload.get_data_ptr(), length);
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

bool StubStorage::all_released() const {
    return std::all_of(payloads.begin(), payloads.end(),
                       [](const tlm::tlm_generic_payload* payload) { return payload->get_ref_count() == 0; });
}

LtStub::LtStub(sc_core::sc_module_name name, const StubLimits& limits, std::uint64_t seed)
    : sc_core::sc_module(name), storage(limits), dice_(seed) {
    socket.register_b_transport(this, &LtStub::b_transport);
}

void LtStub::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    storage.check(delay == sc_core::SC_ZERO_TIME, "a synchronised initiator");
    storage.check_request(payload);
    if (payload.is_write()) {
        storage.execute(payload);
    }
    sc_core::sc_time annotated;
    if (times) {
        const auto [waited, extra] = times(payload);
        wait(waited);
        annotated = extra;
    } else {
        if (dice_.chance(60)) {
            wait(ns(static_cast<double>(dice_.pick(0, 40))));
        }
        annotated = dice_.chance(60) ? ns(static_cast<double>(dice_.pick(0, 40))) : sc_core::SC_ZERO_TIME;
    }
    if (payload.is_read()) {
        storage.execute(payload);
    }
    --storage.open;
    delay += annotated;
}

AtStub::AtStub(sc_core::sc_module_name name, const StubLimits& limits, std::uint64_t seed)
    : sc_core::sc_module(name), storage(limits), dice_(seed) {
    socket.register_nb_transport_fw(this, &AtStub::nb_transport_fw);
    SC_HAS_PROCESS(AtStub);
    SC_THREAD(answer);
    set_stack_size(1 << 18);
}

void AtStub::resume() {
    stalled = false;
    work_.notify(sc_core::SC_ZERO_TIME);
}

sc_core::sc_time AtStub::annotation(const sc_core::sc_time& not_before) {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    const sc_core::sc_time chosen = dice_.chance(50) ? ns(static_cast<double>(dice_.pick(0, 20))) : ns(0);
    return std::max(now + chosen, not_before) - now;
}

tlm::tlm_sync_enum AtStub::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                           sc_core::sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) {
        return begin_request(payload, phase, delay);
    }
    storage.check(phase == tlm::END_RESP, "forward phases are BEGIN_REQ and END_RESP");
    return end_response(payload, delay);
}

tlm::tlm_sync_enum AtStub::begin_request(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                         sc_core::sc_time& delay) {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    storage.check(request_ == nullptr, "request exclusion");
    storage.check(now + delay >= request_end_, "request exclusion by annotated time");
    storage.check(std::none_of(open_.begin(), open_.end(), [&](const Open& open) { return open.payload == &payload; }),
                  "a payload is used once at a time");
    storage.check_request(payload);
    storage.check(payload.get_ref_count() == storage.limits.holders, "a fresh payload");
    payload.acquire();
    if (payload.is_write()) {
        storage.execute(payload);
    }
    const bool response_free = response_ == nullptr && response_end_ <= now && !stalled;
    const std::uint64_t way = dice_.pick(0, 4);
    if (way == 0 && !stalled) {  // early completion
        storage.execute(payload);
        ++ways.completed_early;
        delay = annotation(now + delay);
        finish(payload);
        return tlm::TLM_COMPLETED;
    }
    if (way == 1 && response_free) {  // straight to the response, in the return
        storage.execute(payload);
        ++ways.response_returned;
        phase = tlm::BEGIN_RESP;
        delay = annotation(now + delay);
        request_end_ = response_end_ = now + delay;
        response_ = &payload;
        return tlm::TLM_UPDATED;
    }
    work_.notify(sc_core::SC_ZERO_TIME);
    if ((way <= 3 && !stalled) || (stalled && accept_while_stalled)) {  // END_REQ in the return
        ++ways.end_request_returned;
        phase = tlm::END_REQ;
        delay = annotation(now + delay);
        request_end_ = now + delay;
        open_.push_back({&payload, State::accepted, request_end_});
        return tlm::TLM_UPDATED;
    }
    request_ = &payload;
    open_.push_back({&payload, State::requested, now + delay});
    return tlm::TLM_ACCEPTED;
}

tlm::tlm_sync_enum AtStub::end_response(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
    storage.check(response_ == &payload, "END_RESP for the open response");
    storage.check(sc_core::sc_time_stamp() + delay >= response_end_, "END_RESP after BEGIN_RESP");
    response_ = nullptr;
    response_end_ = sc_core::sc_time_stamp() + delay;
    finish(payload);
    work_.notify(sc_core::SC_ZERO_TIME);
    return dice_.chance(50) ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
}

void AtStub::finish(tlm::tlm_generic_payload& payload) {
    --storage.open;
    hoarded_.push_back(&payload);
    while (!hoarded_.empty() && dice_.chance(70)) {
        hoarded_.back()->release();
        hoarded_.pop_back();
    }
}

void AtStub::answer() {
    for (;;) {
        if (stalled || open_.empty() || response_ != nullptr) {
            for (tlm::tlm_generic_payload* payload : hoarded_) {
                payload->release();
            }
            hoarded_.clear();
            wait(work_);
            continue;
        }
        wait(ns(static_cast<double>(dice_.chance(50) ? dice_.pick(0, 30) : 0)));
        if (!stalled && !open_.empty() && response_ == nullptr) {
            step();
        }
    }
}

void AtStub::step() {
    const std::size_t choice = dice_.pick(0, open_.size() - 1);
    Open& open = open_[choice];
    tlm::tlm_generic_payload& payload = *open.payload;
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    if (open.state == State::requested && dice_.chance(50)) {
        ++ways.end_request_backward;
        tlm::tlm_phase phase = tlm::END_REQ;
        sc_core::sc_time delay = annotation(open.time);
        open.state = State::accepted;
        open.time = now + delay;
        request_ = nullptr;
        request_end_ = open.time;
        storage.check(socket->nb_transport_bw(payload, phase, delay) == tlm::TLM_ACCEPTED, "END_REQ is only accepted");
        return;
    }
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = annotation(std::max(open.time, response_end_));
    if (open.state == State::requested) {
        ++ways.end_request_skipped;
        request_ = nullptr;
        request_end_ = now + delay;
    }
    ++ways.response_backward;
    ways.out_of_order += choice != 0;
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(choice));
    if (payload.is_read()) {
        storage.execute(payload);
    }
    response_end_ = now + delay;
    response_ = &payload;
    const tlm::tlm_sync_enum answer = socket->nb_transport_bw(payload, phase, delay);
    storage.check(answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::END_RESP) ||
                      answer == tlm::TLM_ACCEPTED,
                  "an answer to BEGIN_RESP");
    if (answer != tlm::TLM_ACCEPTED) {
        response_ = nullptr;
        response_end_ = std::max(response_end_, now + delay);
        finish(payload);
    }
}

}  // namespace nonzero::test
