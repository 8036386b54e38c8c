#pragma once
// Stands in for an on-chip RAM: plain bytes that write down every access and can refuse them.

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <cstring>
#include <systemc>
#include <tlm>
#include <vector>

namespace nonzero {

class MemoryStub : public sc_core::sc_module {
  public:
    explicit MemoryStub(sc_core::sc_module_name name) : sc_module(name) {
        socket.register_b_transport(this, &MemoryStub::b_transport);
    }

    struct Access {
        bool write;
        std::uint64_t address;
        std::size_t bytes;
        friend bool operator==(const Access&, const Access&) = default;
    };

    tlm_utils::simple_target_socket<MemoryStub, 32> socket{"socket"};
    std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(1 << 20, 0);
    std::vector<Access> accesses;
    bool refuse = false;

  private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
        const bool write = payload.is_write();
        accesses.push_back({write, payload.get_address(), payload.get_data_length()});
        delay += sc_core::sc_time(5, sc_core::SC_NS);
        if (refuse || payload.get_address() + payload.get_data_length() > bytes.size()) {
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        unsigned char* const data = payload.get_data_ptr();
        unsigned char* const place = bytes.data() + payload.get_address();
        std::memcpy(write ? place : data, write ? data : place, payload.get_data_length());
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

}  // namespace nonzero
