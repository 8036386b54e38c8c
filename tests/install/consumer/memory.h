#ifndef MEMORY_H
#define MEMORY_H

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <cstring>
#include <systemc>
#include <tlm>
#include <vector>

// A plain loosely timed memory at a base address; one access takes 10 ns.
class Memory : public sc_core::sc_module {
  public:
    Memory(sc_core::sc_module_name name, std::uint64_t base, std::size_t bytes)
        : sc_module(name), socket("socket"), base_(base), bytes_(bytes) {
        socket.register_b_transport(this, &Memory::b_transport);
    }

    tlm_utils::simple_target_socket<Memory, 32> socket;

    template <class Item>
    void store(std::uint64_t address, const Item* items, std::size_t count) {
        std::memcpy(bytes_.data() + (address - base_), items, count * sizeof(Item));
    }

    template <class Item>
    Item load(std::uint64_t address) const {
        Item item;
        std::memcpy(&item, bytes_.data() + (address - base_), sizeof item);
        return item;
    }

  private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
        const std::uint64_t length = payload.get_data_length();
        const std::uint64_t offset = payload.get_address() - base_;
        if (offset > bytes_.size() || length > bytes_.size() - offset) {
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        if (payload.is_read()) {
            std::memcpy(payload.get_data_ptr(), bytes_.data() + offset, length);
        } else if (payload.is_write()) {
            std::memcpy(bytes_.data() + offset, payload.get_data_ptr(), length);
        }
        delay += sc_core::sc_time(10, sc_core::SC_NS);
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }

    std::uint64_t base_;
    std::vector<unsigned char> bytes_;
};

#endif
