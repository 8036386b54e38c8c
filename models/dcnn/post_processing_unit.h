#pragma once
// Post-processing unit of a PE: takes the finished sums of an output-channel group, applies bias, requantisation and
// ReLU, pools together with the other units (pooling_unit.h) and appends the outputs to OARAM, uncompressed: two bytes
// each, or eight as RAW64, for verification. Its work hides behind the next group's.

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <span>
#include <systemc>
#include <vector>

#include "models/common/pooling_unit.h"
#include "models/common/statistics.h"
#include "models/common/stream.h"
#include "models/dcnn/messages.h"

namespace nonzero::dcnn {

class PostProcessingUnit : public sc_core::sc_module {
  public:
    PostProcessingUnit(sc_core::sc_module_name name, Statistics& statistics);

    StreamTarget<PsumBlock> psums;
    StreamTarget<OutputReadOut> read_out;
    tlm_utils::simple_initiator_socket<PostProcessingUnit> oaram;
    PoolingUnit pooling;

  private:
    void finish(const PsumBlock& block);
    template <class Value>
    void store(std::span<const Value> values);
    void read(OutputReadOut& request);

    std::uint64_t end_ = 0;  // bytes in OARAM
    std::uint64_t overflows_of_layer_ = 0;
    std::vector<std::int16_t> stored_;
    std::vector<std::int64_t> raw_;

    Counter& outputs_;
    Counter& outputs_stored_;
    Counter& overflows_;
};

}  // namespace nonzero::dcnn
