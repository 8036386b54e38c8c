#pragma once
// A processing element (scnn_facts.md 2.1): reads compressed activations from its IARAM, multiplies F weights by I
// activations per slot, scatters the products into one of two accumulator buffers, exchanges partial sums with other
// PEs through the mesh and hands finished outputs to its post-processing unit. A target: the sequencer gives it work
// and it returns its time; what happens within a cycle is IssueStage's.

#include <systemc>

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/noc/mesh_noc.h"
#include "models/scnn/accumulator_banks.h"
#include "models/scnn/convolution_datapath.h"
#include "models/scnn/fully_connected_datapath.h"
#include "models/scnn/issue_stage.h"
#include "models/scnn/messages.h"
#include "models/scnn/reached_outputs.h"
#include "models/trace/trace.h"

namespace nonzero::scnn {

class ProcessingElement : public sc_core::sc_module {
  public:
    ProcessingElement(sc_core::sc_module_name name, int id, const ScnnParameters& parameters, const Clocking& clock,
                      Statistics& statistics, TracePlayer* trace);

    StreamTarget<ActivationImage> activations;
    StreamTarget<PeCommand> control;
    StreamTarget<WeightBlocks> weights;
    StreamInitiator<PacketBurst> psums_out;
    StreamTarget<PacketDelivery> psums_in;
    StreamInitiator<pe_array::PsumBlock> outputs;
    tlm_utils::simple_initiator_socket<ProcessingElement> iaram;

  private:
    void store(const ActivationImage& image);
    void command(PeCommand& command, sc_core::sc_time& delay);
    void configure(PeCommand& command);
    void count_stored(std::size_t entries);
    void work(WeightBlocks& message);
    // The kernel: without transactions, counters and time.
    void compute(WeightBlocks& message);
    void end_compute(sc_core::sc_time& delay);
    void settle(Cycles group_cycles);
    void exchange();
    void finalise(int group_index);
    void discard();
    pe_array::ChannelGroup group(int index) const { return plan_->geometry.group_of(index, id_); }

    int id_;
    const Clocking& clock_;
    TracePlayer* trace_;
    int iaram_entries_;

    const LayerPlan* plan_ = nullptr;
    std::size_t image_bytes_ = 0;
    ConvolutionDatapath convolution_;
    FullyConnectedDatapath fully_connected_;
    ReachedOutputs reached_;

    AnyIssueStage issue_;
    AccumulatorBanks accumulators_;
    std::vector<std::int64_t> received_[2];  // partial sums from other PEs, per buffer, [k][owned output]
    bool idle_ = false;                      // PeCommand
    int group_index_ = 0;
    sc_core::sc_time group_start_;
    SlotCounts slots_;  // of the open group; visible at the barrier
    std::vector<Packet> packets_;
    std::vector<SlotStretch> stretches_;
    std::vector<TraceRecord> records_;

    SignalId busy_signal_;
    SignalId state_signal_;
    SignalId queue_signal_;

    Counter& busy_;
    Counter& void_;
    Counter& conflict_;
    Counter& bank_drain_;
    Counter& weight_fifo_;
    Counter& working_;
    Counter& barrier_;
    Counter& products_;
    Counter& kept_;
    Counter& useful_;
    Counter& dropped_;
    Counter& placeholder_;
    Counter& unused_activation_;
    Counter& unused_weight_;
    Counter& activation_vectors_;
    Counter& weight_vectors_;
    Counter& weight_bytes_;
    Counter& queue_peak_;
    Counter& stored_entries_;
    Counter& iaram_excess_;
    Counter& psums_sent_;
    Counter& psums_received_;
};

}  // namespace nonzero::scnn
