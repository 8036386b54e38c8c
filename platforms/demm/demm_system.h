#pragma once
// The DeMM machine: sequencer, activation buffer, memory with N read ports, row streamer, multiply-add array, output
// buffer, and the host side that every platform has.

#include "models/demm/multiply_add_array.h"
#include "models/demm/row_streamer.h"
#include "models/demm/sequencer.h"
#include "models/gemm/activation_buffer.h"
#include "models/gemm/output_buffer.h"
#include "models/memory/multi_port_memory.h"
#include "platforms/system.h"

namespace nonzero::demm {

class DemmSystem : public System {
  public:
    DemmSystem(const DemmParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    gemm::ActivationBuffer activation_buffer_;
    MultiPortMemory memory_;
    RowStreamer row_streamer_;
    MultiplyAddArray array_;
    gemm::OutputBuffer output_buffer_;
};

}  // namespace nonzero::demm
