#pragma once
// Sequencer of DeMM: cuts a layer into tiles, has each tile of B preloaded into the memory and the rows of A streamed
// against it (demm_facts.md P4, D10): convolution group, then columns of B, then columns of A, then rows. When things
// happen is TileRecurrence's; the blocks do them and return their time, which has to agree.
//
// Weights region behind the head of gemm_plan.h: u16 weights of each row in each tile, [convolution
// group][k-tile][row], then the packed tiles in the same order (workloads/formats/nm_packed.h with N ports and depth
// M).
//
// Counters in MAC-cycles: preload (exposed), drain. Waves: preloading, computing, draining.

#include <systemc>

#include <optional>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/demm/messages.h"
#include "models/demm/parameters.h"
#include "models/demm/tile_recurrence.h"
#include "models/gemm/gemm_engine.h"
#include "models/memory/multi_port_memory.h"

namespace nonzero::demm {

class Sequencer : public gemm::GemmEngine {
  public:
    Sequencer(sc_core::sc_module_name name, const DemmParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);

    StreamInitiator<WeightLoad> weights;     // bind to RowStreamer::weights
    StreamInitiator<TileJob> jobs;           // bind to RowStreamer::jobs
    StreamInitiator<RowWriteBurst> preload;  // bind to MultiPortMemory::write

    void reset() override;

  private:
    struct Tile {
        int number = 0;  // of the layer
        int convolution_group = 0;
        int k_tile = 0;
        Range k;
        Range p;
    };

    nz_error check_product(const gemm::GemmPlan& plan) const override;
    std::uint64_t count_bytes(const gemm::GemmPlan& plan) const override;
    std::uint64_t largest_weights(const gemm::GemmPlan& plan) const override;
    std::optional<std::uint64_t> take_weights(std::span<const std::uint8_t> bytes) override;
    Cycles run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;

    std::optional<int> uniform_slots(const gemm::GemmPlan& plan) const;
    void run_tile(const Tile& tile, WorkContext& context, Completion& completion);
    void preload_tile(const Tile& tile, const TileTimes& times);
    void compute_tile(const Tile& tile, const TileTimes& times, Completion& completion);
    void expect(const sc_core::sc_time& delay, Cycles cycles) const;

    const DemmParameters parameters_;
    std::vector<Cycles> tile_slots_;  // [convolution group][k-tile]
    TileRecurrence recurrence_;
    AlignedVector<std::int16_t> tile_of_b_;

    SignalId preloading_signal_;
    SignalId computing_signal_;
    SignalId draining_signal_;
    Counter& tiles_;
    Counter& preload_;
    Counter& drain_;
};

}  // namespace nonzero::demm
