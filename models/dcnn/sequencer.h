#pragma once
// Sequencer of the dense machine: executes one descriptor. Output channels are worked in groups; it sends a group's
// weights to every PE and waits once for the slowest of them (the barrier).
//
// LOAD    `input`: the activations, C x H x W, two bytes each, little endian. DCNN-opt: per channel one packed
//         zero-run block (4-bit runs) instead. Every PE gets what its outputs need.
// CONV, DEPTHWISE  need INPUT_RESIDENT; `weights`: K x C/groups x R x S, two bytes each.
// FULLY_CONNECTED, and any other layer of that shape: the same, with `weights` in the order of use: per group of pe.kc
//         neurons, per PE, per neuron a row.
// Output  RAW64: K x P x Q int64. Else the format of a LOAD's input, so that it can be one. Pooled outputs are P' x Q'
//         of host_interface.h. Pooling costs no cycles (card 10.9 rule 13); values on their way to windows of other PEs
//         travel over a mesh, whose packets are counted.
//
// A layer whose dense input and output are together larger than the activation RAM is tiled through DRAM
// (models/common/temporal_tiling.h); this is counted and costs no cycles.
//
// memory.timing = ideal: all weights are read before the layer's first cycle. modelled: the weights of group g+1 are
// read while group g computes; a group starts when its weights are there. Bias and requantisation tables are read
// before the layer starts and outputs are written after it ends; neither is part of the layer's cycles.

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "models/common/engine.h"
#include "models/common/pooling_unit.h"
#include "models/common/temporal_tiling.h"
#include "models/common/trace.h"
#include "models/dcnn/messages.h"

namespace nonzero::dcnn {

class Sequencer : public sc_core::sc_module, public Engine {
  public:
    Sequencer(sc_core::sc_module_name name, const DcnnParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);
    ~Sequencer() override;

    // One of each per PE.
    sc_core::sc_vector<StreamInitiator<ActivationTile>> activations;
    sc_core::sc_vector<StreamInitiator<PeCommand>> control;
    sc_core::sc_vector<StreamInitiator<WeightGroup>> weights;
    sc_core::sc_vector<StreamInitiator<OutputReadOut>> read_out;
    PoolingControl pooling;

    std::uint32_t capabilities() const override;
    Completion execute(const nz_descriptor& descriptor, WorkContext& context) override;
    void reset() override;

  private:
    class WeightFetch;

    Completion load(const nz_descriptor& descriptor, WorkContext& context);
    std::vector<std::int16_t> read_input(const nz_descriptor& descriptor, WorkContext& context);
    Completion run(const nz_descriptor& descriptor, WorkContext& context);
    void prepare(const nz_descriptor& descriptor, WorkContext& context);
    void run_groups(const nz_descriptor& descriptor, WorkContext& context, Completion& completion);
    Cycles compute_group(int index, std::span<const std::int16_t> group_weights, Completion& completion);
    void send(std::size_t pe, int index, Cycles& slowest, Completion& completion);
    bool command_all(PeCommand::Kind kind, int group_index = 0, Cycles group_cycles = 0);
    std::vector<std::uint8_t> collect_output(Completion& completion);
    std::uint64_t dense_output_bytes() const;
    std::uint64_t dense_bytes() const;
    void count_dram_activations(std::uint64_t output_bytes);
    void show(int group, Cycles begin, Cycles cycles);

    const DcnnParameters parameters_;
    const Clocking& clock_;
    TracePlayer* trace_;

    bool resident_ = false;
    nz_descriptor loaded_{};
    std::uint64_t loaded_bytes_ = 0;  // in DRAM
    int largest_input_ = 0;           // magnitude
    std::unique_ptr<LayerPlan> plan_;
    TemporalTiling tiling_;
    WeightRows rows_;
    // Outlives a fault or abort inside execute(), because bursts may still be on the way into its buffers until
    // reset().
    std::unique_ptr<WeightFetch> fetch_;
    sc_core::sc_time layer_start_;

    SignalId computing_signal_;
    Counter& layers_;
    Counter& groups_;
    Counter& layer_cycles_;
    Counter& setup_cycles_;
    Counter& compute_cycles_;
    Counter& memory_;
    Counter& weight_bytes_;
    Counter& tile_macs_;
    Counter& dram_weight_bytes_;
    Counter& dram_activation_read_bytes_;
    Counter& dram_activation_write_bytes_;
    Counter& temporal_tiles_;
};

}  // namespace nonzero::dcnn
