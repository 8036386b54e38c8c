#pragma once
// Post-processing unit of a PE of SCNN (scnn_facts.md 1.5): compresses each output channel of the PE's part as one
// zero-run block; the neurons of a fully connected layer become one block when the last of them is finished. The
// channels of a group lie in OARAM as a series (operand_series.h); those of all groups leave it as one.
//
// Counters: oaram_stored_entries, oaram_excess_entries.

#include <cstdint>
#include <span>
#include <vector>

#include "models/pe_array/post_processing_unit.h"
#include "models/scnn/parameters.h"

namespace nonzero::scnn {

class PostProcessingUnit : public pe_array::PeArrayPostProcessingUnit {
  public:
    PostProcessingUnit(sc_core::sc_module_name name, const ScnnParameters& parameters, Statistics& statistics);

  private:
    void store_planes(std::span<const std::int16_t> values, int channels) override;
    void store_neurons(std::span<const std::int16_t> values, bool last) override;
    void begin_layer() override;
    bool fits() override;
    void read_out_of(std::vector<std::uint8_t>& stored) override;
    // Blocks of equal size, one after another.
    void store_blocks(std::span<const std::int16_t> values, std::size_t blocks, const OperandFormat& format);

    OperandFormat plane_format_;
    OperandFormat line_format_;
    std::uint64_t capacity_;           // of OARAM, in entries
    std::uint64_t entries_ = 0;        // stored in OARAM
    std::vector<SeriesShape> stored_;  // in OARAM
    std::vector<std::int16_t> line_;   // finished neurons of a fully connected layer
    std::vector<std::uint8_t> bytes_;  // on their way to OARAM

    Counter& stored_entries_;
    Counter& oaram_excess_;
};

}  // namespace nonzero::scnn
