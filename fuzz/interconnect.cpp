#include "fuzz/interconnect.h"

namespace nonzero::fuzz {

Interconnect::Interconnect(sc_core::sc_module_name name, std::uint64_t offset) : sc_module(name), offset_(offset) {
    in.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    out.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
}

Interconnect::Open Interconnect::begin(tlm::tlm_generic_payload& payload) {
    Open open;
    open.address = payload.get_address();
    if (const auto failure = failures_.extract(seen_); !failure.empty()) {
        open.response = failure.mapped();
    }
    ++seen_;
    if (payload.is_write()) {
        writes_.emplace_back(open.address, payload.get_data_length());
    }
    payload.set_address(open.address + offset_);
    return open;
}

void Interconnect::end(tlm::tlm_generic_payload& payload, const Open& open) {
    if (open.response != tlm::TLM_OK_RESPONSE) {
        payload.set_response_status(open.response);
    }
    if (!payload.is_response_ok()) {
        failed_.insert(open.address);
    }
}

void Interconnect::end(tlm::tlm_generic_payload& payload) {
    if (const auto open = open_.extract(&payload); !open.empty()) {
        end(payload, open.mapped());
    }
}

void Interconnect::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const Open open = begin(payload);
    out->b_transport(payload, delay);
    end(payload, open);
}

tlm::tlm_sync_enum Interconnect::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                 sc_core::sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) {
        open_[&payload] = begin(payload);
    }
    const tlm::tlm_sync_enum answer = out->nb_transport_fw(payload, phase, delay);
    if (answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP)) {
        end(payload);
    }
    return answer;
}

tlm::tlm_sync_enum Interconnect::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                 sc_core::sc_time& delay) {
    if (phase == tlm::BEGIN_RESP) {
        end(payload);
    }
    return in->nb_transport_bw(payload, phase, delay);
}

unsigned int Interconnect::transport_dbg(tlm::tlm_generic_payload& payload) {
    if (payload.is_write()) {
        writes_.emplace_back(payload.get_address(), payload.get_data_length());
    }
    payload.set_address(payload.get_address() + offset_);
    return out->transport_dbg(payload);
}

}  // namespace nonzero::fuzz
