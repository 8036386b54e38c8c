#pragma once
// On-chip SRAM (IARAM, OARAM): plain storage behind the base protocol, one access of up to `width_bytes` per cycle, so a
// transaction of n bytes takes ceil(n / width) cycles, added to the delay. DMI and debug as plain memory. Addresses begin
// at 0; outside: TLM_ADDRESS_ERROR_RESPONSE. Counts read and written bytes and accesses.

#include <systemc>
#include <tlm>

#include <cstdint>
#include <memory>

#include "models/common/clocking.h"
#include "models/common/statistics.h"

namespace nonzero {

struct SramParameters {
    std::uint64_t size = 10 * 1024;
    unsigned width_bytes = 10;
};

class Sram : public sc_core::sc_module {
  public:
    Sram(sc_core::sc_module_name name, const SramParameters& parameters, const Clocking& clock, Statistics& statistics);
    ~Sram() override;

    tlm::tlm_target_socket<32>& socket();
    void clear();

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonzero
