#pragma once
// A module's access to the memory that is bound to its socket: one transaction, which has to succeed.

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <systemc>
#include <tlm>

namespace nonzero {

// Does nothing for no bytes. The transaction's delay is dropped: such accesses are part of the module's own timing.
// std::logic_error naming the socket when the memory refuses.
template <class Socket>
void access_memory(Socket& socket, tlm::tlm_command direction, std::uint64_t address, unsigned char* data,
                   std::size_t bytes) {
    if (bytes == 0) {
        return;
    }
    tlm::tlm_generic_payload payload;
    payload.set_command(direction);
    payload.set_address(address);
    payload.set_data_ptr(data);
    payload.set_data_length(unsigned(bytes));
    payload.set_streaming_width(unsigned(bytes));
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay;
    socket->b_transport(payload, delay);
    if (!payload.is_response_ok()) {
        throw std::logic_error(std::string(socket.name()) + ": the memory refused an access");
    }
}

}  // namespace nonzero
