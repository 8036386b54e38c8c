#include "models/memory/burst_arbiter.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

#include "models/base/at_initiator.h"
#include "models/base/simulated_time.h"
#include "models/memory/burst_arbitration.h"
#include "models/memory/response_queue.h"
#include "workloads/error.h"

namespace nonzero {

namespace {

// Delta cycles that an arbitration waits at most for what still happens at its time. A bound, because another arbiter
// that waits alike is something that still happens.
constexpr int kMostLooks = 100;

// LT: the caller waits to be granted and for the end of its burst on the bus. AT: both null.
struct BusRequest {
    tlm::tlm_generic_payload* payload = nullptr;
    sc_core::sc_event* granted = nullptr;
    sc_core::sc_time* end = nullptr;
};

struct LaterRequest {
    std::size_t requester;
    BusRequest request;
};

// Of an AT burst that the memory has.
struct OnItsWay {
    std::size_t requester;
    sc_core::sc_time end;  // on the bus
};

int checked(int bytes_per_cycle) {
    if (bytes_per_cycle < 1) {
        throw InputError(fmt::format("bus: {} bytes per cycle; choose 1 or more", bytes_per_cycle));
    }
    return bytes_per_cycle;
}

}  // namespace

struct BurstArbiter::Implementation {
    Implementation(BurstArbiter& owner, int given_bytes_per_cycle, const Clocking& given_clock, Statistics& statistics)
        : clock(given_clock),
          bytes_per_cycle(unsigned(checked(given_bytes_per_cycle))),
          memory(owner.memory),
          phases(owner.memory, [this](tlm::tlm_generic_payload& payload) { respond(payload); }),
          bursts(statistics.counter(owner, "bursts", CounterKind::count, "bursts that have had the bus")),
          busy(statistics.counter(owner, "busy", CounterKind::cycles, "a burst has the bus")) {}

    void submit(std::size_t requester, const BusRequest& request) {
        const Cycles cycles = (Cycles{request.payload->get_data_length()} + bytes_per_cycle - 1) / bytes_per_cycle;
        arbitration->add(requester, request, clock(cycles).value());
        look.notify(sc_core::SC_ZERO_TIME);
    }

    void arbitrate() {
        if (sc_core::sc_pending_activity_at_current_time() && ++looks < kMostLooks) {
            look.notify(sc_core::SC_ZERO_TIME);
            return;
        }
        looks = 0;
        const sc_core::sc_time& now = sc_core::sc_time_stamp();
        while (phases.request_channel_is_free()) {
            const auto grant = arbitration->grant(now.value());
            if (!grant) {
                break;
            }
            bursts.add();
            busy.add(clock.cycles(sc_core::sc_time::from_value(grant->duration)));
            serve(grant->requester, grant->request,
                  later(now, sc_core::sc_time::from_value(grant->duration), "a burst on the bus"));
        }
        if (arbitration->has_waiting() && arbitration->free() > now.value()) {
            look.notify(sc_core::sc_time::from_value(arbitration->free() - now.value()));
        }
    }

    void serve(std::size_t requester, const BusRequest& request, const sc_core::sc_time& end) {
        if (request.granted != nullptr) {
            *request.end = end;
            request.granted->notify(sc_core::SC_ZERO_TIME);
        } else {
            on_its_way[request.payload] = {requester, end};
            phases.send(*request.payload);
        }
    }

    void respond(tlm::tlm_generic_payload& payload) {
        const auto found = on_its_way.find(&payload);
        const OnItsWay burst = found->second;
        on_its_way.erase(found);
        responses.push(burst.requester, payload, std::max(burst.end, sc_core::sc_time_stamp()));
    }

    void submit_later() {
        const sc_core::sc_time& now = sc_core::sc_time_stamp();
        while (!later_requests.empty() && later_requests.begin()->first <= now) {
            submit(later_requests.begin()->second.requester, later_requests.begin()->second.request);
            later_requests.erase(later_requests.begin());
        }
        if (!later_requests.empty()) {
            later_due.notify(later_requests.begin()->first - now);
        }
    }

    const Clocking& clock;
    const unsigned bytes_per_cycle;
    tlm::tlm_initiator_socket<32>& memory;
    AtInitiator phases;
    std::optional<BurstArbitration<BusRequest>> arbitration;  // once the requesters are known
    sc_core::sc_event look;
    int looks = 0;
    std::multimap<sc_core::sc_time, LaterRequest> later_requests;  // AT requests that begin later than now
    sc_core::sc_event later_due;
    std::unordered_map<tlm::tlm_generic_payload*, OnItsWay> on_its_way;  // never walked: its order is the host's
    ResponseQueues responses;
    Counter& bursts;
    Counter& busy;
};

BurstArbiter::BurstArbiter(sc_core::sc_module_name name, int bytes_per_cycle, const Clocking& clock,
                           Statistics& statistics)
    : sc_core::sc_module(name),
      requesters("requesters"),
      memory("memory"),
      implementation_(std::make_unique<Implementation>(*this, bytes_per_cycle, clock, statistics)) {
    requesters.register_b_transport(this, &BurstArbiter::b_transport);
    requesters.register_nb_transport_fw(this, &BurstArbiter::nb_transport_fw);
    requesters.register_transport_dbg(this, &BurstArbiter::transport_dbg);
    memory.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
    SC_HAS_PROCESS(BurstArbiter);
    SC_METHOD(arbitrate);
    sensitive << implementation_->look << implementation_->phases.request_ended();
    dont_initialize();
    SC_METHOD(submit_later);
    sensitive << implementation_->later_due;
    dont_initialize();
    SC_METHOD(send_responses);
    sensitive << implementation_->responses.due();
    dont_initialize();
}

BurstArbiter::~BurstArbiter() = default;

void BurstArbiter::end_of_elaboration() {
    implementation_->arbitration.emplace(requesters.size());
    for (unsigned id = 0; id < requesters.size(); ++id) {
        implementation_->responses.add(requesters[static_cast<int>(id)]);
    }
}

void BurstArbiter::arbitrate() {
    implementation_->arbitrate();
}

void BurstArbiter::submit_later() {
    implementation_->submit_later();
}

void BurstArbiter::send_responses() {
    implementation_->responses.send();
}

void BurstArbiter::b_transport(int requester, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (delay != sc_core::SC_ZERO_TIME) {
        wait(delay);
        delay = sc_core::SC_ZERO_TIME;
    }
    sc_core::sc_event granted;
    sc_core::sc_time end;
    implementation_->submit(std::size_t(requester), {&payload, &granted, &end});
    wait(granted);
    memory->b_transport(payload, delay);
    const sc_core::sc_time& now = sc_core::sc_time_stamp();
    delay = std::max(delay, std::max(end, now) - now);
}

tlm::tlm_sync_enum BurstArbiter::nb_transport_fw(int requester, tlm::tlm_generic_payload& payload,
                                                 tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    Implementation& implementation = *implementation_;
    if (phase == tlm::END_RESP) {
        return implementation.responses.end(std::size_t(requester), payload, delay) ? tlm::TLM_COMPLETED
                                                                                    : tlm::TLM_ACCEPTED;
    }
    if (phase != tlm::BEGIN_REQ) {
        return tlm::TLM_ACCEPTED;  // extended phases may be ignored
    }
    ResponseQueue::hold(payload);
    const BusRequest request{&payload, nullptr, nullptr};
    if (delay == sc_core::SC_ZERO_TIME) {
        implementation.submit(std::size_t(requester), request);
    } else {
        implementation.later_requests.emplace(sc_core::sc_time_stamp() + delay,
                                              LaterRequest{std::size_t(requester), request});
        implementation.later_due.notify(delay);
    }
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
}

unsigned int BurstArbiter::transport_dbg(int, tlm::tlm_generic_payload& payload) {
    return memory->transport_dbg(payload);
}

tlm::tlm_sync_enum BurstArbiter::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                 sc_core::sc_time& delay) {
    return implementation_->phases.nb_transport_bw(payload, phase, delay);
}

void BurstArbiter::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
    for (unsigned id = 0; id < requesters.size(); ++id) {
        requesters[static_cast<int>(id)]->invalidate_direct_mem_ptr(first, last);
    }
}

}  // namespace nonzero
