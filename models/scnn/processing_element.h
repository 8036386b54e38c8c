#pragma once
// A processing element (SCNN card 2.1): reads compressed activations from its IARAM, multiplies F weights by I
// activations per slot, scatters the products into one of two accumulator buffers, exchanges partial sums with other
// PEs through the mesh and hands finished outputs to its post-processing unit. A target: the sequencer gives it work
// and it returns its time; what happens within a cycle is MultiplierArray's.

#include <systemc>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/noc/mesh_noc.h"
#include "models/scnn/messages.h"
#include "models/scnn/multiplier_array.h"
#include "models/scnn/neuron_weights.h"
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
    using AnyArray = std::variant<MultiplierArray<std::uint8_t>, MultiplierArray<std::uint16_t>>;

    // A reached output that another PE owns, for channel offset 0.
    struct HaloCell {
        std::uint16_t owner;
        std::uint32_t address;        // within the owner's plane of one channel
        std::uint32_t owner_outputs;  // outputs that the owner has per channel
        std::int32_t cell;
    };
    // A reached output that this PE owns.
    struct OwnCell {
        std::uint32_t address;
        std::int32_t cell;
    };

    // A stored input of a fully connected layer.
    struct Input {
        std::uint32_t number;
        std::int16_t value;
    };

    static AnyArray make_array(const ScnnParameters& parameters);

    void store(const ActivationImage& image);
    void command(PeCommand& command, sc_core::sc_time& delay);
    void configure(PeCommand& command);
    bool decode_activations();
    bool decode_inputs();
    void count_stored(std::size_t entries);
    void lay_out_outputs();
    void work(WeightBlocks& message);
    void work_blocks(const WeightBlocks& message);
    bool work_neurons(std::span<const std::uint8_t> bytes);
    std::vector<std::int16_t> banks_of_neurons() const;
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
    std::uint32_t vector_length_;  // I

    const LayerPlan* plan_ = nullptr;
    std::size_t image_bytes_ = 0;
    ActivationBlocks blocks_;
    std::vector<Input> inputs_;  // of a fully connected layer, instead of blocks_
    NeuronWeights neuron_weights_;
    std::vector<HaloCell> halo_;
    std::vector<OwnCell> own_;
    std::uint32_t owned_outputs_ = 0;

    AnyArray array_;
    AccumulatorBanks accumulators_;
    std::vector<std::int64_t> received_[2];  // partial sums from other PEs, per buffer, [k][owned output]
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
