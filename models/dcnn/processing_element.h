#pragma once
// A processing element of the dense machine (scnn_facts.md 2.4): holds the inputs that its part of the output plane
// needs in its IARAM, adds up dot products and hands finished outputs to its post-processing unit. A target: the
// sequencer gives it work and it returns its time; the slots are DotProductArray's.

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <systemc>
#include <vector>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/dcnn/dot_product_array.h"
#include "models/dcnn/messages.h"
#include "models/trace/trace.h"

namespace nonzero::dcnn {

class ProcessingElement : public sc_core::sc_module {
  public:
    ProcessingElement(sc_core::sc_module_name name, int id, const DcnnParameters& parameters, const Clocking& clock,
                      Statistics& statistics, TracePlayer* trace);

    StreamTarget<ActivationTile> activations;
    StreamTarget<PeCommand> control;
    StreamTarget<WeightGroup> weights;
    StreamInitiator<pe_array::PsumBlock> outputs;
    tlm_utils::simple_initiator_socket<ProcessingElement> iaram;

  private:
    void store(const ActivationTile& tile);
    void command(PeCommand& command);
    bool configure();
    void work(WeightGroup& message, sc_core::sc_time& delay);
    void settle(int group_index, Cycles group_cycles);
    void put_out(int group_index);
    void discard();

    int id_;
    const Clocking& clock_;
    TracePlayer* trace_;

    const LayerPlan* plan_ = nullptr;
    std::size_t held_inputs_ = 0;
    DotProductArray array_;
    sc_core::sc_time group_start_;
    SlotCounts counts_;  // of the open group; visible at the barrier
    std::uint64_t group_weight_bytes_ = 0;
    std::vector<std::int64_t> sums_;
    std::vector<std::int32_t> narrow_sums_;  // in place of these where they fit: half the memory

    SignalId busy_signal_;

    Counter& busy_;
    Counter& barrier_;
    Counter& products_;
    Counter& useful_;
    Counter& zero_operand_;
    Counter& padding_;
    Counter* gated_;  // DCNN-opt only
    Counter& partial_lanes_;
    Counter& activation_vectors_;
    Counter& weight_vectors_;
    Counter& weight_bytes_;
    Counter& held_bytes_;
};

}  // namespace nonzero::dcnn
