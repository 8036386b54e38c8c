#include <catch2/catch.hpp>
#include <systemc>

#include <deque>
#include <memory>
#include <vector>

#include "models/memory/dram.h"
#include "tests/models/memory/channel_oracle.h"
#include "tests/models/memory/test_support.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Manager : tlm::tlm_mm_interface {
    void free(tlm::tlm_generic_payload*) override { ++freed; }
    int freed = 0;
};

// Sends requests at random times, some annotated, any number open, and ends responses in every legal way. Checks the
// phases that it sees and writes down the times.
class AtInitiator : public Initiator {
  public:
    AtInitiator(sc_core::sc_module_name name, int id, std::vector<Served>& served)
        : Initiator(name), id_(id), served_(served), dice_(static_cast<std::uint64_t>(id)) {
        backward = [this](tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
            return respond(payload, phase, delay);
        };
        SC_HAS_PROCESS(AtInitiator);
        SC_THREAD(send_requests);
        SC_THREAD(end_responses);
        set_stack_size(1 << 20);
    }

    // Not before this may the memory have answered request i, because the response before it was open so long.
    std::vector<std::uint64_t> held_until_ps;
    Manager manager;
    std::size_t requests() const { return payloads_.size(); }

  private:
    void send_requests() {
        for (int n = 0; n < 200; ++n) {
            sc_core::wait(ns(static_cast<double>(dice_.pick(1, 40) * (dice_.chance(10) ? 50 : 1))));
            OwningPayload& payload = *payloads_.emplace_back(random_payload(dice_, 0, 4096, 300));
            payload.set_mm(&manager);
            payload.acquire();
            sc_core::sc_time delay = dice_.chance(30) ? ns(static_cast<double>(dice_.pick(1, 30))) : ns(0);
            // Requests of one initiator do not overtake each other.
            delay = std::max(sc_core::sc_time_stamp() + delay, last_request_) - sc_core::sc_time_stamp();
            last_request_ = sc_core::sc_time_stamp() + delay;
            const sc_core::sc_time sent = delay;
            order_.push_back(&payload);
            entries_.push_back(served_.size());
            served_.push_back({last_request_.value(), id_, payload.get_data_length(), 0});
            tlm::tlm_phase phase = tlm::BEGIN_REQ;
            CHECK(socket->nb_transport_fw(payload, phase, delay) == tlm::TLM_UPDATED);
            CHECK(phase == tlm::END_REQ);
            CHECK(delay == sent);
        }
    }

    tlm::tlm_sync_enum respond(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
        CHECK(phase == tlm::BEGIN_RESP);
        CHECK(open_ == nullptr);
        CHECK(payload.is_response_ok());
        CHECK(delay == sc_core::SC_ZERO_TIME);
        CHECK(&payload == order_.front());  // one channel: in order
        const sc_core::sc_time now = sc_core::sc_time_stamp();
        CHECK(now >= response_end_);
        served_[entries_.front()].response_ps = now.value();
        held_until_ps.push_back(response_end_.value());
        order_.pop_front();
        entries_.pop_front();
        if (dice_.chance(25)) {  // ended later on the forward path
            open_ = &payload;
            opened_.notify(sc_core::SC_ZERO_TIME);
            return tlm::TLM_ACCEPTED;
        }
        delay = dice_.chance(50) ? ns(static_cast<double>(dice_.pick(1, 30))) : ns(0);
        response_end_ = now + delay;
        payload.release();
        if (dice_.chance(50)) {
            phase = tlm::END_RESP;
            return tlm::TLM_UPDATED;
        }
        return tlm::TLM_COMPLETED;
    }

    void end_responses() {
        for (;;) {
            sc_core::wait(opened_);
            sc_core::wait(ns(static_cast<double>(dice_.pick(0, 50))));
            tlm::tlm_generic_payload& payload = *open_;
            tlm::tlm_phase phase = tlm::END_RESP;
            sc_core::sc_time delay = ns(static_cast<double>(dice_.pick(0, 20)));
            open_ = nullptr;
            response_end_ = sc_core::sc_time_stamp() + delay;
            CHECK(socket->nb_transport_fw(payload, phase, delay) == tlm::TLM_COMPLETED);
            payload.release();
        }
    }

    const int id_;
    std::vector<Served>& served_;
    Dice dice_;
    std::vector<std::unique_ptr<OwningPayload>> payloads_;
    std::deque<tlm::tlm_generic_payload*> order_;
    std::deque<std::size_t> entries_;
    tlm::tlm_generic_payload* open_ = nullptr;
    sc_core::sc_time last_request_;
    sc_core::sc_time response_end_;
    sc_core::sc_event opened_;
};

DramParameters modelled() {
    DramParameters parameters;
    parameters.size = 4096;
    parameters.bytes_per_ns = 10;
    parameters.latency = ns(100);
    return parameters;
}

}  // namespace

TEST_CASE("dram AT: four phases, any number open, responses when due and never two at once") {
    Statistics statistics;
    Dram dram("dram", modelled(), &statistics);
    std::vector<Served> served;
    std::deque<AtInitiator> initiators;
    for (int id = 0; id < 3; ++id) {
        initiators.emplace_back(("initiator_" + std::to_string(id)).c_str(), id, served);
        initiators.back().socket.bind(dram.socket);
    }
    sc_core::sc_start();
    REQUIRE(served.size() == 3 * 200);
    const auto due = response_times(served, 10, 100'000);
    std::size_t next[3] = {0, 0, 0};
    std::size_t held = 0;
    for (std::size_t i = 0; i < served.size(); ++i) {
        const auto id = static_cast<std::size_t>(served[i].initiator);
        const std::uint64_t until = initiators[id].held_until_ps.at(next[id]++);
        held += until > due[i];
        REQUIRE(served[i].response_ps == std::max(due[i], until));
    }
    CHECK(held > 20);  // the exclusion rule mattered
    for (AtInitiator& initiator : initiators) {
        CHECK(initiator.requests() == 200);
        CHECK(initiator.manager.freed == 200);  // every reference came back
    }
    CHECK(statistics.value("dram.reads") + statistics.value("dram.writes") == served.size());
}

TEST_CASE("dram AT: data of requests in flight move in the order of service") {
    Dram dram("dram", modelled());
    Initiator initiator("initiator");
    initiator.socket.bind(dram.socket);
    std::vector<tlm::tlm_generic_payload*> answered;
    initiator.backward = [&](tlm::tlm_generic_payload& payload, tlm::tlm_phase&, sc_core::sc_time&) {
        answered.push_back(&payload);
        return tlm::TLM_COMPLETED;
    };
    Manager manager;
    OwningPayload before(tlm::TLM_READ_COMMAND, 10, {9, 9});
    OwningPayload write(tlm::TLM_WRITE_COMMAND, 10, {1, 2});
    OwningPayload after(tlm::TLM_READ_COMMAND, 10, {9, 9});
    const Process process("process", [&] {
        for (OwningPayload* payload : {&before, &write, &after}) {
            payload->set_mm(&manager);
            payload->acquire();
            tlm::tlm_phase phase = tlm::BEGIN_REQ;
            sc_core::sc_time delay;
            initiator.socket->nb_transport_fw(*payload, phase, delay);
        }
        CHECK(before.get_ref_count() == 2);
    });
    sc_core::sc_start();
    CHECK(before.data == std::vector<unsigned char>{0, 0});
    CHECK(after.data == std::vector<unsigned char>{1, 2});
    CHECK(answered == std::vector<tlm::tlm_generic_payload*>{&before, &write, &after});
    for (OwningPayload* payload : {&before, &write, &after}) {
        CHECK(payload->get_ref_count() == 1);
        payload->release();
    }
    CHECK(manager.freed == 3);
}

TEST_CASE("dram AT: faults complete at once, foreign phases are ignored") {
    Dram dram("dram", modelled());
    Initiator initiator("initiator");
    initiator.socket.bind(dram.socket);
    int responses = 0;
    initiator.backward = [&](tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) {
        ++responses;
        return tlm::TLM_COMPLETED;
    };
    Manager manager;
    const Process process("process", [&] {
        OwningPayload payload(tlm::TLM_READ_COMMAND, 4093, {1, 2, 3, 4});
        payload.set_mm(&manager);
        payload.acquire();
        const auto send = [&](tlm::tlm_phase_enum begin) {
            payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
            tlm::tlm_phase phase = begin;
            sc_core::sc_time delay = ns(7);
            const tlm::tlm_sync_enum answer = initiator.socket->nb_transport_fw(payload, phase, delay);
            CHECK(delay == ns(7));
            return answer;
        };
        CHECK(send(tlm::BEGIN_REQ) == tlm::TLM_COMPLETED);
        CHECK(payload.get_response_status() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        payload.set_address(0);
        payload.set_streaming_width(2);
        CHECK(send(tlm::BEGIN_REQ) == tlm::TLM_COMPLETED);
        CHECK(payload.get_response_status() == tlm::TLM_BURST_ERROR_RESPONSE);
        payload.set_command(tlm::TLM_IGNORE_COMMAND);
        CHECK(send(tlm::BEGIN_REQ) == tlm::TLM_COMPLETED);
        CHECK(payload.get_response_status() == tlm::TLM_OK_RESPONSE);
        CHECK(send(tlm::END_RESP) == tlm::TLM_ACCEPTED);
        CHECK(send(tlm::END_REQ) == tlm::TLM_ACCEPTED);
        CHECK(send(tlm::BEGIN_RESP) == tlm::TLM_ACCEPTED);
        CHECK(payload.get_ref_count() == 1);
        payload.release();
    });
    sc_core::sc_start();
    CHECK(process.has_ended());
    CHECK(responses == 0);
    CHECK(manager.freed == 1);
}
