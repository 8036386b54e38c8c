#pragma once
// Post-processing unit of a PE (SCNN card 1.5): takes the finished partial sums of an output-channel group, applies
// bias, requantisation and ReLU, pools together with the other units (pooling_unit.h), compresses each output channel
// of the PE's part as one zero-run block and appends it to OARAM; the neurons of a fully connected layer become one
// block when the last of them is finished. RAW64 outputs are appended as they are, eight bytes each, for verification.

#include <systemc>

#include <cstdint>
#include <span>
#include <vector>

#include "models/common/pooling_unit.h"
#include "models/common/statistics.h"
#include "models/common/stream.h"
#include "models/scnn/messages.h"

namespace nonzero::scnn {

class PostProcessingUnit : public sc_core::sc_module {
  public:
    PostProcessingUnit(sc_core::sc_module_name name, const ScnnParameters& parameters, Statistics& statistics);

    StreamTarget<PsumBlock> psums;
    StreamTarget<OutputReadOut> read_out;
    tlm_utils::simple_initiator_socket<PostProcessingUnit> oaram;
    PoolingUnit pooling;

  private:
    void finish(const PsumBlock& block);
    void compress_neurons(const PsumBlock& block);
    // [channel][row][column]
    void compress_planes(std::span<const std::int16_t> values, int channels);
    void append(std::span<const std::int16_t> values, BlockFormat format);
    void store();
    void read(OutputReadOut& request);

    int oaram_entries_;
    std::uint64_t end_ = 0;      // bytes in OARAM
    std::uint64_t entries_ = 0;  // stored entries in OARAM
    std::uint64_t overflows_of_layer_ = 0;
    const LayerPlan* plan_ = nullptr;   // of the last group
    std::vector<std::int16_t> values_;  // its finished outputs
    std::vector<std::int16_t> line_;    // finished neurons of a fully connected layer
    ZeroRunBlock block_;
    std::vector<std::uint8_t> bytes_;  // on their way to OARAM

    Counter& outputs_;
    Counter& outputs_stored_;
    Counter& overflows_;
    Counter& stored_entries_;
    Counter& oaram_excess_;
};

}  // namespace nonzero::scnn
