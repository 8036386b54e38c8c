#include "models/memory/dram.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "models/base/payload_check.h"
#include "models/base/simulated_time.h"
#include "models/memory/request_channel.h"
#include "models/memory/response_queue.h"
#include "models/memory/sparse_storage.h"
#include "workloads/error.h"

namespace nonzero {

namespace {

constexpr std::uint64_t kDramPageBytes = 64 * 1024;
constexpr const char* kResponse = "a response of memory";

DramParameters checked(const DramParameters& parameters) {
    if (parameters.size == 0 || parameters.base > ~std::uint64_t{0} - (parameters.size - 1)) {
        throw InputError(fmt::format("dram: {} bytes at address {:#x} are no address range; choose a size from 1 to {}",
                                     parameters.size, parameters.base, ~std::uint64_t{0} - parameters.base));
    }
    if (!std::isfinite(parameters.bytes_per_ns) || parameters.bytes_per_ns <= 0) {
        throw InputError(fmt::format("dram: bandwidth is {} bytes/ns; choose a number above 0, or ideal timing",
                                     parameters.bytes_per_ns));
    }
    return parameters;
}

}  // namespace

struct Dram::Implementation {
    Implementation(Dram& dram, const DramParameters& given, Statistics* statistics)
        : owner(dram),
          parameters(checked(given)),
          range{parameters.base, parameters.size},
          registry(statistics != nullptr ? *statistics : unlisted),
          reads(registry.counter(dram, "reads", CounterKind::count, "read transactions")),
          writes(registry.counter(dram, "writes", CounterKind::count, "write transactions")),
          read_bytes(registry.counter(dram, "read_bytes", CounterKind::bytes, "bytes of the read transactions")),
          write_bytes(registry.counter(dram, "write_bytes", CounterKind::bytes, "bytes of the write transactions")) {}

    sc_core::sc_time transfer_time(unsigned bytes) const {
        if (parameters.ideal) {
            return sc_core::SC_ZERO_TIME;
        }
        const double nanoseconds = bytes / parameters.bytes_per_ns;
        if (nanoseconds > sc_core::sc_max_time() / sc_core::sc_time(1, sc_core::SC_NS)) {
            report_end_of_time(kResponse);
        }
        return {nanoseconds, sc_core::SC_NS};
    }
    sc_core::sc_time latency() const { return parameters.ideal ? sc_core::SC_ZERO_TIME : parameters.latency; }

    // True when the payload has to go through the channel; what moves no data is answered here, in no time.
    bool accept(tlm::tlm_generic_payload& payload) const {
        const tlm::tlm_response_status status = check_payload(payload, range);
        if (status == tlm::TLM_OK_RESPONSE && payload.get_command() != tlm::TLM_IGNORE_COMMAND) {
            return true;
        }
        payload.set_response_status(status);
        return false;
    }

    // Data move when the channel takes the request, so that they move in the order in which the channel serves.
    void grant(const MemoryRequest& request) {
        tlm::tlm_generic_payload& payload = *request.payload;
        const unsigned bytes = payload.get_data_length();
        storage.execute(payload, range);
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        payload.set_dmi_allowed(true);
        (payload.is_read() ? reads : writes).add();
        (payload.is_read() ? read_bytes : write_bytes).add(bytes);

        channel_free = later(std::max(channel_free, sc_core::sc_time_stamp()), transfer_time(bytes), kResponse);
        const sc_core::sc_time response = later(channel_free, latency(), kResponse);
        if (request.response != nullptr) {
            *request.response = response;
            return;
        }
        responses.push(static_cast<std::size_t>(request.initiator), payload, response);
    }

    void submit_delayed() {
        const sc_core::sc_time& now = sc_core::sc_time_stamp();
        while (!delayed.empty() && delayed.begin()->first <= now) {
            channel.submit(delayed.begin()->second);
            delayed.erase(delayed.begin());
        }
        if (!delayed.empty()) {
            delayed_due.notify(delayed.begin()->first - now);
        }
    }

    Dram& owner;
    const DramParameters parameters;
    const AddressRange range;
    Statistics unlisted;  // takes the counters of a memory whose owner does not ask for them
    Statistics& registry;
    Counter& reads;
    Counter& writes;
    Counter& read_bytes;
    Counter& write_bytes;
    SparseStorage storage{kDramPageBytes};
    RequestChannel channel{"channel", [this](const MemoryRequest& request) { grant(request); }};
    sc_core::sc_time channel_free;
    std::multimap<sc_core::sc_time, MemoryRequest> delayed;  // AT requests that begin later than now
    sc_core::sc_event delayed_due;
    ResponseQueues responses;
};

Dram::Dram(sc_core::sc_module_name name, const DramParameters& parameters, Statistics* statistics)
    : sc_core::sc_module(name),
      socket("socket"),
      implementation_(std::make_unique<Implementation>(*this, parameters, statistics)) {
    socket.register_b_transport(this, &Dram::b_transport);
    socket.register_nb_transport_fw(this, &Dram::nb_transport_fw);
    socket.register_transport_dbg(this, &Dram::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &Dram::get_direct_mem_ptr);
    SC_HAS_PROCESS(Dram);
    SC_METHOD(submit_delayed);
    sensitive << implementation_->delayed_due;
    dont_initialize();
    SC_METHOD(send_responses);
    sensitive << implementation_->responses.due();
    dont_initialize();
}

Dram::~Dram() = default;

void Dram::end_of_elaboration() {
    for (unsigned id = 0; id < socket.size(); ++id) {
        implementation_->responses.add(socket[static_cast<int>(id)]);
    }
}

void Dram::submit_delayed() {
    implementation_->submit_delayed();
}

void Dram::send_responses() {
    implementation_->responses.send();
}

void Dram::b_transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (!implementation_->accept(payload)) {
        return;
    }
    if (delay != sc_core::SC_ZERO_TIME) {
        wait(delay);
    }
    sc_core::sc_time response;
    implementation_->channel.submit({&payload, initiator, &response});
    wait(sc_core::SC_ZERO_TIME);
    delay = response - sc_core::sc_time_stamp();
}

tlm::tlm_sync_enum Dram::nb_transport_fw(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                         sc_core::sc_time& delay) {
    Implementation& implementation = *implementation_;
    if (phase == tlm::END_RESP) {
        return implementation.responses.end(static_cast<std::size_t>(initiator), payload, delay) ? tlm::TLM_COMPLETED
                                                                                                 : tlm::TLM_ACCEPTED;
    }
    if (phase != tlm::BEGIN_REQ) {
        return tlm::TLM_ACCEPTED;  // extended phases may be ignored
    }
    if (!implementation.accept(payload)) {
        return tlm::TLM_COMPLETED;
    }
    ResponseQueue::hold(payload);
    const MemoryRequest request{&payload, initiator, nullptr};
    if (delay == sc_core::SC_ZERO_TIME) {
        implementation.channel.submit(request);
    } else {
        implementation.delayed.emplace(sc_core::sc_time_stamp() + delay, request);
        implementation.delayed_due.notify(delay);
    }
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
}

unsigned int Dram::transport_dbg(int, tlm::tlm_generic_payload& payload) {
    return implementation_->storage.debug(payload, implementation_->range);
}

bool Dram::get_direct_mem_ptr(int, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    // DMI latencies are per byte: those of one word on an idle channel.
    const sc_core::sc_time word =
        later(implementation_->transfer_time(kSocketWordBytes), implementation_->latency(), kResponse);
    return implementation_->storage.grant(payload, implementation_->range, word / kSocketWordBytes, dmi);
}

void Dram::invalidate_dmi() {
    const AddressRange& range = implementation_->range;
    for (const ResponseQueue& queue : implementation_->responses) {
        queue.initiator()->invalidate_direct_mem_ptr(range.base, range.base + (range.size - 1));
    }
}

}  // namespace nonzero
