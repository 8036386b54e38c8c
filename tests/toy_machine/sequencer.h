#pragma once
// Sequencer of the toy machine: every column of B against every row of A (README.md). The next column is on its way
// while one is multiplied, so that columns cost no time of their own.
//
// Weights region behind the head of gemm_plan.h: A, dense int16, (groups * Mo) x K.
//
// Counter in MAC-cycles: drain. Wave: computing.

#include <systemc>

#include <optional>
#include <vector>

#include "models/gemm/gemm_engine.h"
#include "tests/toy_machine/messages.h"
#include "tests/toy_machine/parameters.h"

namespace nonzero::toy {

class Sequencer : public gemm::GemmEngine {
  public:
    Sequencer(sc_core::sc_module_name name, const ToyParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);

    StreamInitiator<WeightLoad> weights;  // bind to MultiplierRow::weights
    StreamInitiator<ColumnJob> jobs;      // bind to MultiplierRow::jobs

  private:
    std::uint64_t largest_weights(const gemm::GemmPlan& plan) const override;
    std::optional<std::uint64_t> take_weights(std::span<const std::uint8_t> bytes) override;
    Cycles run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;
    Cycles run_column(int convolution_group, int p, Completion& completion);

    const ToyParameters parameters_;
    std::vector<std::int16_t> column_;

    SignalId computing_signal_;
    Counter& drain_;
};

}  // namespace nonzero::toy
