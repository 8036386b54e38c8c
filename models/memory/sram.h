#pragma once
// On-chip SRAM (IARAM, OARAM): plain storage behind the base protocol, one access of up to `width_bytes` per cycle, so
// a transaction of n bytes takes ceil(n / width) cycles, added to the delay. DMI and debug as plain memory. Addresses
// begin at 0; outside: TLM_ADDRESS_ERROR_RESPONSE (payload_check.h has all the checks). nb_transport_fw completes at
// once with the same delay. Pages appear as they are written and read 0 before, so a large range is cheap.
// Counters: accesses (of one width), read_bytes, write_bytes. Not modelled: contention for the port.

#include <systemc>
#include <tlm>

#include <cstdint>
#include <memory>

#include "models/base/clocking.h"
#include "models/base/statistics.h"

namespace nonzero {

struct SramParameters {
    std::uint64_t size = 10 * 1024;  // address range
    unsigned width_bytes = 10;
};

// Throws InputError when size or width is 0.
class Sram : public sc_core::sc_module {
  public:
    Sram(sc_core::sc_module_name name, const SramParameters& parameters, const Clocking& clock, Statistics& statistics);
    ~Sram() override;

    tlm::tlm_target_socket<32>& socket();
    // All bytes read 0 again; takes no time, counts nothing, invalidates DMI.
    void clear();

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
