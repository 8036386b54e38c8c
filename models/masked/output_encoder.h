#pragma once
// Output encoder behind all units: takes their finished sums, applies bias, requantisation and ReLU, and
// stores the outputs as the next layer reads its inputs, a sparse mask and packed values; RAW64 outputs are the sums
// themselves, for verification. Takes no cycles (phantom_facts.md 9.3 rule 4).
//
// Counters: outputs, outputs_stored (non-zeros), bytes_stored, overflows. Not modelled: one encoder in each unit.

#include <systemc>

#include <cstdint>
#include <vector>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/masked/messages.h"

namespace nonzero::masked {

class OutputEncoder : public sc_core::sc_module {
  public:
    OutputEncoder(sc_core::sc_module_name name, std::size_t units, Statistics& statistics);

    sc_core::sc_vector<StreamTarget<OutputSums>> sums;  // one for each unit
    StreamTarget<OutputCommand> control;

  private:
    void store(const OutputSums& message);
    void command(OutputCommand& command);
    void finish(OutputCommand& command);

    const MaskedLayer* layer_ = nullptr;
    std::vector<std::int64_t> sums_;  // K x P x Q; none of a counted layer
    std::vector<std::uint8_t> stored_;

    Counter& outputs_;
    Counter& outputs_stored_;
    Counter& bytes_stored_;
    Counter& overflows_;
};

}  // namespace nonzero::masked
