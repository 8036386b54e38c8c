#pragma once
// Compute unit of SparTen: a multiplier behind the ANDed masks of a filter chunk and an input chunk. A target: it
// answers with its times and partial sums; the cluster waits for the slowest unit.
//
// Counters in unit cycles: busy (products), start, empty (a chunk of a filter without a match takes one cycle). Others:
// products.

#include <systemc>

#include <cstdint>
#include <memory>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/sparten/messages.h"

namespace nonzero::sparten {

class ComputeUnit : public sc_core::sc_module {
  public:
    ComputeUnit(sc_core::sc_module_name name, Statistics& statistics);

    StreamTarget<ClusterCommand> control;
    StreamTarget<UnitLoad> filters;
    StreamTarget<UnitRun> cells;

  private:
    void command(const ClusterCommand& command);
    void take(const UnitLoad& load);
    void work(UnitRun& run);

    const LayerPlan* plan_ = nullptr;
    UnitLoad load_;
    UnitResult result_;

    Counter& busy_;
    Counter& start_;
    Counter& empty_;
    Counter& products_;
};

}  // namespace nonzero::sparten
