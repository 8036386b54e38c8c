#pragma once
// The accumulators behind a GEMM machine and the post-processing unit that empties them. Partial sums of the same
// output are added up as they come, in a dual-ported buffer whose read-modify-write is hidden (demm_facts.md D10); when
// the layer ends, every sum is finished (models/post/post_processing.h) and stored densely, K x P x Q. A target without
// time of its own: the output leaves after the layer's last cycle.
//
// Counters: psum_updates (words of partial sums added), psum_row_updates (rows of them), outputs, overflows. Not
// modelled: capacity; the accumulators of finished tiles are not reused, so the model holds those of the whole layer.

#include <systemc>

#include <cstdint>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/gemm/messages.h"

namespace nonzero::gemm {

class OutputBuffer : public sc_core::sc_module {
  public:
    OutputBuffer(sc_core::sc_module_name name, Statistics& statistics);

    StreamTarget<PsumBlock> psums;
    StreamTarget<OutputCommand> control;

  private:
    void add(const PsumBlock& block);
    void command(OutputCommand& command);
    void finish(OutputCommand& command);

    const GemmPlan* plan_ = nullptr;
    AlignedVector<std::int64_t> sums_;  // rows of A x P
    std::vector<std::int16_t> stored_;

    Counter& psum_updates_;
    Counter& psum_row_updates_;
    Counter& outputs_;
    Counter& overflows_;
};

}  // namespace nonzero::gemm
