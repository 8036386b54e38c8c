#pragma once
// A machine of the systolic family: sequencer, activation buffer, weight buffer, array, output buffer, and the host
// side that every platform has.

#include "models/gemm/activation_buffer.h"
#include "models/gemm/output_buffer.h"
#include "models/systolic/sequencer.h"
#include "models/systolic/systolic_array.h"
#include "models/systolic/weight_buffer.h"
#include "platforms/system.h"

namespace nonzero::systolic {

class SystolicSystem : public System {
  public:
    SystolicSystem(const ArrayParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    gemm::ActivationBuffer activation_buffer_;
    WeightBuffer weight_buffer_;
    SystolicArray array_;
    gemm::OutputBuffer output_buffer_;
};

}  // namespace nonzero::systolic
