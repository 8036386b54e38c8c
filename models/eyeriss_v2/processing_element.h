#pragma once
// PE of Eyeriss v2: scratch pads for columns of weights and of inputs, and multipliers that share an input. A target:
// it answers with its counts and adds to the sums that come from the PEs below.
//
// Counters in PE cycles: busy (a word of weights), empty_column (an input that meets no weight). Others: products,
// half_words (words that lack a weight), most_weights (in the scratch pad at once, at most; 9.6 rule 5).

#include <systemc>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/eyeriss_v2/messages.h"

namespace nonzero::eyeriss_v2 {

class ProcessingElement : public sc_core::sc_module {
  public:
    ProcessingElement(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics);

    StreamTarget<ClusterCommand> control;
    StreamTarget<WeightLoad> weights;
    StreamTarget<PeRun> passes;

  private:
    void command(const ClusterCommand& command);
    void take(const WeightLoad& load);
    void work(PeRun& run, sc_core::sc_time& delay);

    const Clocking& clock_;
    const LayerPlan* plan_ = nullptr;
    PeWeights weights_;

    Counter& busy_;
    Counter& empty_column_;
    Counter& products_;
    Counter& half_words_;
    Counter& most_weights_;
};

}  // namespace nonzero::eyeriss_v2
