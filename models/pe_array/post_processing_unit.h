#pragma once
// Post-processing unit of a PE: takes the finished sums of an output-channel group, applies bias, requantisation and
// ReLU, pools together with the other units (pooling_unit.h) and appends the outputs to OARAM, in the format of the
// machine, which derives from it. RAW64 outputs are appended as they are, eight bytes each, for verification. Its work
// hides behind the next group's or is the sequencer's to account for.
//
// Counters: outputs, outputs_stored, overflows.

#include <systemc>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/pe_array/messages.h"
#include "models/post/pooling_unit.h"

namespace nonzero::pe_array {

class PeArrayPostProcessingUnit : public sc_core::sc_module {
  public:
    StreamTarget<PsumBlock> psums;
    StreamTarget<OutputReadOut> read_out;
    tlm_utils::simple_initiator_socket<PeArrayPostProcessingUnit> oaram;
    PoolingUnit pooling;

  protected:
    // stored: what outputs_stored counts.
    // output_bits: of a finished output, as other units get it to be pooled.
    PeArrayPostProcessingUnit(sc_core::sc_module_name name, int output_bits, Statistics& statistics,
                              const std::string& stored);

    // Outputs to be stored, [channel][row][column] of the PE's part …
    virtual void store_planes(std::span<const std::int16_t> values, int channels) = 0;
    // … or the PE's next neurons of a fully connected layer; `last`: no more of them come.
    virtual void store_neurons(std::span<const std::int16_t> values, bool last) = 0;
    virtual void begin_layer() {}
    // What OARAM holds, from front to back, on its way to memory.
    virtual void read_out_of(std::vector<std::uint8_t>& /*stored*/) {}
    // Whether OARAM has room for what is stored.
    virtual bool fits() { return true; }

    void append(const void* data, std::size_t bytes, std::uint64_t entries);

  private:
    void finish(const PsumBlock& block);
    // Into raw_ or values_; returns how many overflow.
    template <class Sum>
    std::uint64_t finish_sums(const PsumBlock& block, std::span<const Sum> sums);
    void read(OutputReadOut& request);

    std::uint64_t end_ = 0;  // bytes in OARAM
    std::uint64_t overflows_of_layer_ = 0;
    std::vector<std::int16_t> values_;
    std::vector<std::int64_t> raw_;

    Counter& outputs_;
    Counter& outputs_stored_;
    Counter& overflows_;
};

}  // namespace nonzero::pe_array
