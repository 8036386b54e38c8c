#pragma once
// A lane of the mesh: what the global buffers send to the cores of a row or a column of it. A weight broadcast reaches
// the cores of a filter lane, all of which work on one filter, an activation sharing those of a row lane. Of a fully
// connected layer the shared activations are the same for all, and every core gets weights of its own. Takes no cycles
// with ideal memory (phantom_facts.md 9.3 rule 4).
//
// Counters: blocks (sent on), bytes (of them, once for each core that they reach).

#include <systemc>

#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/phantom/messages.h"

namespace nonzero::phantom {

class OperandLane : public sc_core::sc_module {
  public:
    OperandLane(sc_core::sc_module_name name, std::size_t cores_of_lane, Statistics& statistics);

    StreamTarget<OperandBlock> blocks;
    sc_core::sc_vector<StreamInitiator<OperandBlock>> cores;

  private:
    void deliver(const OperandBlock& block, sc_core::sc_time& delay);

    Counter& blocks_;
    Counter& bytes_;
};

}  // namespace nonzero::phantom
