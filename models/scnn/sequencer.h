#pragma once
// Sequencer of the SCNN array: executes one descriptor. It hands every PE its work, waits once per output-channel group
// for the slowest of them (the barrier), has the mesh exchange partial sums and the post-processing units finish
// outputs while the next group computes. All overlap is in GroupRecurrence.
//
// LOAD    block_index: one nz_block per PE into `input`, each the PE's IARAM image: per input channel and stride phase
//         one packed zero-run block, rows outer, columns inner.
// CONV, DEPTHWISE  block_index: one nz_block per output-channel group into `weights`, each per input channel of its
//         convolution group and phase one packed zero-run block (kernel rows, columns, then output channels).
// Output  RAW64: dense K x P x Q int64. Else: one nz_block per PE (offsets from the region's begin), then the PEs'
//         OARAM images: per output channel one packed zero-run block of the owned outputs; usable as `input` of a LOAD.
//         Pooled outputs are P' x Q' of host_interface.h, cut as any plane. Pooling follows the finalise of its group
//         and costs no cycles (card 10.9 rule 13); values on their way to windows of other PEs travel over a mesh of
//         their own, whose packets are counted.
//
// Fully connected layers (descriptor_shape.h says which): all on planes of 1 x 1, C inputs and K neurons.
// LOAD    block_index: one nz_block per PE into `input`, the parts of the line of inputs (operand_blocks.h); every PE
//         gets all of them.
// FULLY_CONNECTED, CONV  block_index: per group one nz_block per PE into `weights`, each a zero-run series with one
//         block per input of the PE's neurons of the group (neuron_weights.h); empty where it has none.
// Output  RAW64: K int64. Else: one nz_block per PE, then its part of the line of neurons; usable as `input` of a LOAD.
//
// Of a dense operand (ScnnParameters) the blocks are dense instead (operand_block.h).
//
// With INPUT_RESIDENT the activations are those of the last LOAD. Without, they are the descriptor's own `input`, whose
// table, as of a LOAD, stands before the weights' in block_index; they take the place of what was resident. Only such a
// layer may have more of them than fit on chip: it is tiled through DRAM (temporal_tiling.h).
//
// memory.timing = ideal: all weights are read before the layer's first cycle. modelled: the weights of group g+1 are
// read while group g computes; a group starts when its weights are there. Bias and requantisation tables are read
// before the layer starts and outputs are written after it ends; neither is part of the layer's cycles.

#include <systemc>

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "models/common/engine.h"
#include "models/common/pooling_unit.h"
#include "models/common/temporal_tiling.h"
#include "models/common/trace.h"
#include "models/noc/mesh_noc.h"
#include "models/scnn/messages.h"
#include "models/scnn/recurrence.h"
#include "models/scnn/weight_broadcast.h"
#include "models/scnn/weight_fetch.h"

namespace nonzero::scnn {

class Sequencer : public sc_core::sc_module, public Engine {
  public:
    Sequencer(sc_core::sc_module_name name, const ScnnParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);
    ~Sequencer() override;

    // One of each per PE.
    sc_core::sc_vector<StreamInitiator<ActivationImage>> activations;
    sc_core::sc_vector<StreamInitiator<PeCommand>> control;
    sc_core::sc_vector<StreamInitiator<WeightBlocks>> weights;
    sc_core::sc_vector<StreamInitiator<OutputReadOut>> read_out;
    StreamInitiator<ExchangeRequest> exchange;
    PoolingControl pooling;

    std::uint32_t capabilities() const override;
    Completion execute(const nz_descriptor& descriptor, WorkContext& context) override;
    void reset() override;

  private:
    // An open drain: becomes visible when its end is reached.
    struct Drain {
        Cycles end;
        Cycles cycles;
        int group;
    };

    Completion load(const nz_descriptor& descriptor, WorkContext& context);
    void send_inputs(const nz_descriptor& descriptor, const std::vector<nz_block>& table, WorkContext& context);
    Completion run_layer(const nz_descriptor& descriptor, WorkContext& context);
    void prepare(const nz_descriptor& descriptor, WorkContext& context);
    void run_groups(const nz_descriptor& descriptor, const nz_region& weight_index, WorkContext& context,
                    Completion& completion);
    Cycles compute_group(int index, const nz_descriptor& descriptor, Completion& completion);
    // The group's weights to the PEs: to each its own, or the same to all. False when they are malformed.
    void count_weights(std::uint64_t bytes);
    bool unicast(int index);
    bool broadcast(int index);
    void broadcast(WeightBlocks& message, std::vector<Cycles>& slowest);
    Cycles exchange_and_finalise_time(int index);
    // Waits until `cycle` of the layer and makes visible what ends on the way.
    void advance_to(Cycles cycle, WorkContext& context);
    std::uint64_t write_output(const nz_descriptor& descriptor, WorkContext& context, Completion& completion);
    PeCommand command_all(PeCommand::Kind kind, int group_index, Cycles group_cycles = 0);
    void show(SignalId signal, const char* activity, int group, Cycles begin, Cycles cycles);

    const ScnnParameters parameters_;
    const Clocking& clock_;
    TracePlayer* trace_;
    std::unique_ptr<WeightBroadcast> weight_broadcast_;

    bool resident_ = false;
    nz_descriptor loaded_{};
    nz_region loaded_bytes_{};  // what of loaded_.input holds the activations
    TemporalTiling tiling_;
    std::unique_ptr<LayerPlan> plan_;
    // Outlives a fault or abort inside execute(), because bursts may still be on the way into its buffers until
    // reset().
    std::unique_ptr<WeightFetch> fetch_;
    sc_core::sc_time layer_start_;
    GroupRecurrence recurrence_;
    std::deque<Drain> drains_;

    SignalId computing_signal_;
    SignalId draining_signal_;
    Counter& layers_;
    Counter& groups_;
    Counter& layer_cycles_;
    Counter& setup_cycles_;
    Counter& compute_cycles_;
    Counter& drain_cycles_;
    Counter& halo_finalise_;
    Counter& weight_bytes_;
    Counter& dram_weight_bytes_;
    Counter& dram_activation_read_bytes_;
    Counter& dram_activation_write_bytes_;
    Counter& temporal_tiles_;
    Counter& memory_;
    Histogram& group_cycles_;
};

}  // namespace nonzero::scnn
