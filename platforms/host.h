#pragma once
// The host of a platform: loads memory images, programs the registers, waits for the interrupt and reads back, as
// firmware would. Studies, benchmarks and tests all drive platforms through this module and its sockets, from a thread
// of their own (script.h): one may drive several machines.

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include <cstdint>
#include <memory>
#include <vector>

#include "lowering/lowering.h"
#include "models/host/host_interface.h"

namespace nonzero {

struct HostOutcome {
    bool done = false;  // STATUS.DONE; else error and fault_address say why
    nz_error error = NZ_ERROR_NONE;
    std::uint64_t fault_address = 0;
    std::vector<nz_status_record> records;  // one per descriptor
    std::vector<std::uint8_t> output;       // the image's outputs, one after another
};

class Host : public sc_core::sc_module {
  public:
    explicit Host(sc_core::sc_module_name name);

    tlm_utils::simple_initiator_socket<Host> csr;
    tlm_utils::simple_initiator_socket<Host> memory;
    sc_core::sc_in<bool> irq;

    // Inside a thread of SystemC ---------------------------------------------------------------------------------
    // Loads the image, starts it, waits for the interrupt and reads status records and output.
    HostOutcome run(const MemoryImage& image);
    // The same of an image that is handed over: the memory may keep its bytes in place of copying them.
    HostOutcome run(MemoryImage&& image);
    // Soft reset; returns when the platform is idle.
    void reset_platform();

    std::uint32_t read_register(std::uint32_t offset);
    void write_register(std::uint32_t offset, std::uint32_t value);
    std::uint64_t read_counter(std::uint32_t offset_low);
    void write_memory(std::uint64_t address, const void* data, std::size_t bytes);
    void share_memory(std::uint64_t address, const SharedBytes& bytes);
    void read_memory(std::uint64_t address, void* data, std::size_t bytes);

  private:
    void access_register(tlm::tlm_command command, std::uint32_t offset, std::uint32_t& value);
    // Of what is loaded already.
    HostOutcome run_loaded(const MemoryImage& image);
    // owner: of bytes that the memory may refer to, or null.
    void access_memory(tlm::tlm_command command, std::uint64_t address, unsigned char* data, std::size_t bytes,
                       const std::shared_ptr<const void>& owner = nullptr);
};

}  // namespace nonzero
