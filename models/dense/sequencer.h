#pragma once
// Sequencer of the dense machines: cuts a layer into jobs (schedule.h), sends the activations that neighbouring jobs
// share, and the jobs. The next tile is on its way while one is worked on, so that tiles cost no time of their own.
//
// Weights region behind the head of gemm_plan.h: A, dense int16, (groups * Mo) x K.
//
// Wave: computing, whose integral is the multiplier array's `cycles`.

#include <systemc>

#include <cstdint>
#include <optional>
#include <vector>

#include "models/dense/messages.h"
#include "models/dense/parameters.h"
#include "models/gemm/gemm_engine.h"

namespace nonzero::dense {

class Sequencer : public gemm::GemmEngine {
  public:
    Sequencer(sc_core::sc_module_name name, const DenseParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);

    StreamInitiator<WeightLoad> weights;         // bind to MultiplierArray::weights
    StreamInitiator<OperandTile> operand_tiles;  // bind to MultiplierArray::tiles
    StreamInitiator<FilterJob> jobs;             // bind to MultiplierArray::jobs

  private:
    std::uint64_t largest_weights(const gemm::GemmPlan& plan) const override;
    std::optional<std::uint64_t> take_weights(std::span<const std::uint8_t> bytes) override;
    Cycles run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;
    void send_tile(const Range& groups, const Range& p);
    void run_job(const Range& filters, const Range& p, bool last, WorkContext& context, Completion& completion);

    const DenseParameters parameters_;
    Schedule schedule_;
    std::vector<std::int16_t> words_;

    SignalId computing_signal_;
};

}  // namespace nonzero::dense
