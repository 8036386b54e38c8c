#pragma once
// Psum banks of Eyeriss v2's global buffers, behind the columns of clusters: add up what they send of the filters at
// work, and send finished planes to the output encoder. Takes no cycles (phantom_facts.md 9.6 rule 3).
//
// Counters: psums (sums added up), outputs (finished).

#include <systemc>

#include <vector>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/eyeriss_v2/messages.h"
#include "models/masked/messages.h"

namespace nonzero::eyeriss_v2 {

class PsumBuffer : public sc_core::sc_module {
  public:
    PsumBuffer(sc_core::sc_module_name name, std::size_t clusters, Statistics& statistics);

    sc_core::sc_vector<StreamTarget<PsumRow>> psums;  // one for each cluster
    StreamTarget<PsumCommand> control;
    StreamInitiator<masked::OutputSums> sums;

  private:
    void command(const PsumCommand& command);
    void add(const PsumRow& row);
    void send_planes();

    const LayerPlan* plan_ = nullptr;
    Range filters_;
    std::vector<std::int64_t> sums_;  // P x Q x filters

    Counter& psums_added_;
    Counter& outputs_;
};

}  // namespace nonzero::eyeriss_v2
