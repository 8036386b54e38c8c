#pragma once
// Sequencer of a systolic array: cuts a layer into passes (schedule.h), has for each job the weights' slots moved to
// the array, then the operands, and waits. When passes follow one another is PassRecurrence's; that of every other
// timing the machine knows is worked out beside it and only counted.
//
// Weights region behind the head of gemm_plan.h: the counts and the packed weights of packed_weights.h. The pattern of
// a descriptor is the machine's own, n:block: every row takes n slots to a block; without one each row takes what it
// needs.
//
// Order: convolution group; weight-stationary: rows with fewer slots first, slots, rows; else pixels, rows, slots. The
// same operands are read from the activation buffer in every pass that needs them.
//
// Counters in multiplier cycles: operand_load (stationary operands move in while nothing streams), fill_drain. Cycles
// of the layer by every timing: cycles_serial …; of the dense arrays also cycles_report, as the public simulator counts
// them (demm_facts.md 10.2). Waves: loading, streaming, draining.

#include <systemc>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/gemm/gemm_engine.h"
#include "models/systolic/messages.h"
#include "models/systolic/parameters.h"

namespace nonzero::systolic {

class Sequencer : public gemm::GemmEngine {
  public:
    Sequencer(sc_core::sc_module_name name, const ArrayParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);

    StreamInitiator<WeightLoad> weights;     // bind to WeightBuffer::load
    StreamInitiator<SlotRequest> slots;      // bind to WeightBuffer::requests
    StreamInitiator<OperandBlock> operands;  // bind to SystolicArray::operands

  private:
    // Cycles of the layer by one timing.
    struct Rule {
        PassTiming timing;
        PassRecurrence recurrence;
        Counter& cycles;
    };

    nz_error check_product(const gemm::GemmPlan& plan) const override;
    std::uint64_t count_bytes(const gemm::GemmPlan& plan) const override;
    std::uint64_t largest_weights(const gemm::GemmPlan& plan) const override;
    std::optional<std::uint64_t> take_weights(std::span<const std::uint8_t> bytes) override;
    Cycles run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;

    void run_job(int convolution_group, const Panel& panel, const PassJob& job, WorkContext& context,
                 Completion& completion);
    void send_operands(int convolution_group, const PassJob& job, const JobPasses& passes, const PassTimes& times,
                       sc_core::sc_time& delay, Completion& completion);
    void fetch(int convolution_group, const PassJob& job, Range pixels);
    void show_passes(int convolution_group, const Panel& panel, const PassJob& job, const JobPasses& passes,
                     const PassTimes& times) const;

    const ArrayParameters parameters_;
    ArrayGeometry geometry_;
    const std::vector<std::vector<Panel>>* panels_ = nullptr;

    // The operands at the array's edge.
    struct Held {
        int convolution_group = -1;
        Range columns;
        Range pixels;
        friend bool operator==(const Held&, const Held&) = default;
    };
    Held held_;
    AlignedVector<std::int16_t> operands_;
    std::vector<std::uint32_t> non_zeros_;  // of each row

    SignalId loading_signal_;
    SignalId streaming_signal_;
    SignalId draining_signal_;
    Counter& operand_load_;
    Counter& fill_drain_;
    std::vector<Rule> rules_;  // every timing that the machine knows
    std::size_t own_ = 0;      // the one it goes by
    Counter* report_ = nullptr;
};

}  // namespace nonzero::systolic
