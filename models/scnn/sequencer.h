#pragma once
// Sequencer of the SCNN array: executes one descriptor (models/pe_array/sequencer.h). A group's drain is the exchange
// of partial sums over the mesh and the finishing of outputs, while the next group computes.
//
// LOAD    block_index: one nz_block per PE into `input`, each the PE's IARAM image: a series (operand_series.h) of one
//         zero-run block per input channel and stride phase, rows outer, columns inner.
// CONV, DEPTHWISE  block_index: one nz_block per output-channel group into `weights`, each a series of one zero-run
//         block per input channel of its convolution group and phase (kernel rows, columns, then output channels).
// Output  RAW64: dense K x P x Q int64. Else: one nz_block per PE (offsets from the region's begin), then the PEs'
//         OARAM images: a series of one zero-run block of the owned outputs per output channel; usable as `input` of a
//         LOAD. Pooled outputs are P' x Q' of host_interface.h, cut as any plane.
//
// Fully connected layers (convolution_shape.h says which): all on planes of 1 x 1, C inputs and K neurons.
// LOAD    block_index: one nz_block per PE into `input`, the parts of the line of inputs (operand_blocks.h); every PE
//         gets all of them.
// FULLY_CONNECTED, CONV  block_index: per group one nz_block per PE into `weights`, each a series with one block per
//         input of the PE's neurons of the group (neuron_weights.h); empty where it has none.
// Output  RAW64: K int64. Else: one nz_block per PE, then its part of the line of neurons; usable as `input` of a LOAD.
//
// Of a dense operand (ScnnParameters) the blocks are dense instead. Values take dram.operand_bits each.
//
// Without INPUT_RESIDENT the table of the input, as of a LOAD, stands before the weights' in block_index. Only such a
// layer may have more activations than fit on chip.
//
// Counters in PE-cycles: halo_finalise. Waves: computing, draining.

#include <systemc>

#include <cstdint>
#include <memory>
#include <vector>

#include "models/noc/mesh_noc.h"
#include "models/pe_array/sequencer.h"
#include "models/scnn/messages.h"
#include "models/scnn/weight_broadcast.h"

namespace nonzero::scnn {

class Sequencer : public pe_array::PeArraySequencer {
  public:
    Sequencer(sc_core::sc_module_name name, const ScnnParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);

    // One of each per PE.
    sc_core::sc_vector<StreamInitiator<ActivationImage>> activations;
    sc_core::sc_vector<StreamInitiator<PeCommand>> control;
    sc_core::sc_vector<StreamInitiator<WeightBlocks>> weights;
    StreamInitiator<ExchangeRequest> exchange;

    void reset() override;

  private:
    nz_error check(const nz_descriptor& descriptor) const override;
    bool same_input(const nz_descriptor& load, const nz_descriptor& layer) const override;
    nz_region send_inputs(const nz_descriptor& descriptor, WorkContext& context) override;
    std::unique_ptr<pe_array::PeArrayPlan> make_plan(const nz_descriptor& descriptor) override;
    std::optional<TemporalTiling> configure() override;
    std::unique_ptr<JobFetch> make_fetch(const nz_descriptor& descriptor, WorkContext& context) override;
    std::optional<Cycles> compute(int index, const JobFetch& fetched, Completion& completion) override;
    void settle(int index, Cycles cycles) override;
    Cycles drain(int index) override;
    void show_drain(int index, Cycles begin, Cycles cycles) override;
    void end_drain(int index, Cycles cycles) override;
    StoredOutput store_output(const std::vector<std::vector<std::uint8_t>>& parts, bool fits) override;

    // The group's weights to the PEs: to each its own, or the same to all. False when they are malformed.
    bool unicast(int index, const JobFetch& fetched);
    bool broadcast(int index, const JobFetch& fetched);
    void send_in_time(WeightBlocks& message, std::vector<Cycles>& slowest);
    void command_all(PeCommand::Kind kind, int group_index, Cycles group_cycles = 0);
    // To those with a part of the layer.
    void command_working(PeCommand::Kind kind, int group_index);
    void send_weights_of_idle(std::uint64_t bytes);

    const ScnnParameters parameters_;
    std::unique_ptr<WeightBroadcast> weight_broadcast_;
    const LayerPlan* plan_ = nullptr;   // the base's
    std::vector<std::size_t> working_;  // PEs with a part of the layer …
    std::vector<std::size_t> idle_;     // … and the others

    SignalId draining_signal_;
    Counter& drain_cycles_;
    Counter& dram_index_bytes_;
    Counter& halo_finalise_;
    Histogram& group_cycles_;
};

}  // namespace nonzero::scnn
