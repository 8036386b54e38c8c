#include "models/memory/sram.h"

#include <utility>

#include "models/base/payload_check.h"
#include "models/memory/sparse_storage.h"
#include "workloads/error.h"

namespace nonzero {

namespace {

constexpr std::uint64_t kSramPageBytes = 4 * 1024;

SramParameters checked(const SramParameters& parameters) {
    if (parameters.size == 0) {
        throw InputError("sram: size is 0 bytes; choose 1 or more");
    }
    if (parameters.width_bytes == 0) {
        throw InputError("sram: width is 0 bytes per cycle; choose 1 or more");
    }
    return parameters;
}

}  // namespace

struct Sram::Implementation : tlm::tlm_fw_transport_if<> {
    Implementation(Sram& sram, const SramParameters& given, Clocking clocking, Statistics& statistics)
        : parameters(checked(given)),
          clock(std::move(clocking)),
          accesses(statistics.counter(sram, "accesses", CounterKind::count, "accesses of up to one width")),
          read_bytes(statistics.counter(sram, "read_bytes", CounterKind::bytes, "bytes read")),
          write_bytes(statistics.counter(sram, "write_bytes", CounterKind::bytes, "bytes written")) {
        socket.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    }

    Cycles cycles(unsigned bytes) const {
        return (Cycles{bytes} + parameters.width_bytes - 1) / parameters.width_bytes;
    }

    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
        const tlm::tlm_response_status status = check_payload(payload, range);
        payload.set_response_status(status);
        if (status != tlm::TLM_OK_RESPONSE || payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
            return;
        }
        storage.execute(payload, range);
        payload.set_dmi_allowed(true);
        const unsigned bytes = payload.get_data_length();
        accesses.add(cycles(bytes));
        (payload.is_read() ? read_bytes : write_bytes).add(bytes);
        delay += clock(cycles(bytes));
    }

    // Nothing contends for the port, so every request completes at once with its time annotated.
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        if (phase != tlm::BEGIN_REQ) {
            return tlm::TLM_ACCEPTED;  // extended phases may be ignored
        }
        b_transport(payload, delay);
        return tlm::TLM_COMPLETED;
    }

    unsigned int transport_dbg(tlm::tlm_generic_payload& payload) override { return storage.debug(payload, range); }

    bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override {
        // DMI latencies are per byte: those of one word.
        const bool granted = storage.grant(payload, range, clock(cycles(kSocketWordBytes)) / kSocketWordBytes, dmi);
        dmi_granted = dmi_granted || granted;
        return granted;
    }

    void clear() {
        if (dmi_granted) {
            socket->invalidate_direct_mem_ptr(0, parameters.size - 1);
            dmi_granted = false;
        }
        storage.clear();
    }

    const SramParameters parameters;
    const AddressRange range{0, parameters.size};
    const Clocking clock;
    Counter& accesses;
    Counter& read_bytes;
    Counter& write_bytes;
    SparseStorage storage{kSramPageBytes};
    bool dmi_granted = false;
    tlm::tlm_target_socket<32> socket{"socket"};
};

Sram::Sram(sc_core::sc_module_name name, const SramParameters& parameters, const Clocking& clock,
           Statistics& statistics)
    : sc_core::sc_module(name),
      implementation_(std::make_unique<Implementation>(*this, parameters, clock, statistics)) {}

Sram::~Sram() = default;

tlm::tlm_target_socket<32>& Sram::socket() {
    return implementation_->socket;
}

void Sram::clear() {
    implementation_->clear();
}

}  // namespace nonzero
