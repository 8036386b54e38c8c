#include "models/base/payload_check.h"

#include <algorithm>

namespace nonzero {

namespace {

bool byte_enables_are_sound(const tlm::tlm_generic_payload& payload) {
    const unsigned char* enables = payload.get_byte_enable_ptr();
    if (enables == nullptr) {
        return true;
    }
    const unsigned length = payload.get_byte_enable_length();
    return length != 0 && std::all_of(enables, enables + length, [](unsigned char enable) {
               return enable == TLM_BYTE_ENABLED || enable == TLM_BYTE_DISABLED;
           });
}

bool disables_a_byte(const tlm::tlm_generic_payload& payload) {
    const unsigned char* enables = payload.get_byte_enable_ptr();
    return enables != nullptr &&
           std::any_of(enables, enables + std::min(payload.get_byte_enable_length(), payload.get_data_length()),
                       [](unsigned char enable) { return enable == TLM_BYTE_DISABLED; });
}

}  // namespace

tlm::tlm_response_status check_payload(const tlm::tlm_generic_payload& payload, const AddressRange& range) {
    switch (payload.get_command()) {
        case tlm::TLM_IGNORE_COMMAND:
            return tlm::TLM_OK_RESPONSE;
        case tlm::TLM_READ_COMMAND:
        case tlm::TLM_WRITE_COMMAND:
            break;
        default:
            return tlm::TLM_COMMAND_ERROR_RESPONSE;
    }
    const unsigned length = payload.get_data_length();
    if (length == 0 || payload.get_streaming_width() < length) {
        return tlm::TLM_BURST_ERROR_RESPONSE;
    }
    if (!byte_enables_are_sound(payload)) {
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    }
    if (!range.contains(payload.get_address(), length)) {
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    }
    if (payload.get_data_ptr() == nullptr) {
        return tlm::TLM_GENERIC_ERROR_RESPONSE;
    }
    return tlm::TLM_OK_RESPONSE;
}

tlm::tlm_response_status check_word_payload(const tlm::tlm_generic_payload& payload, const AddressRange& range,
                                            unsigned word_bytes) {
    const tlm::tlm_response_status status = check_payload(payload, range);
    if (status != tlm::TLM_OK_RESPONSE || payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
        return status;
    }
    if (payload.get_data_length() != word_bytes) {
        return tlm::TLM_BURST_ERROR_RESPONSE;
    }
    if (disables_a_byte(payload)) {
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    }
    if ((payload.get_address() - range.base) % word_bytes != 0) {
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    }
    return tlm::TLM_OK_RESPONSE;
}

}  // namespace nonzero
