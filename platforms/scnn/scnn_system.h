#pragma once
// The SCNN machine (paper Fig. 5 and 6): a grid of PEs, each with IARAM, OARAM and post-processing unit, a mesh between
// them, a sequencer, and the host side that every platform has.

#include "models/noc/mesh_noc.h"
#include "models/scnn/post_processing_unit.h"
#include "models/scnn/processing_element.h"
#include "models/scnn/sequencer.h"
#include "platforms/pe_array/pe_tiles.h"
#include "platforms/system.h"

namespace nonzero::scnn {

class ScnnSystem : public System {
  public:
    ScnnSystem(const ScnnParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    MeshNoc mesh_;  // partial sums
    pe_array::PeTiles<ProcessingElement, PostProcessingUnit> tiles_;
};

}  // namespace nonzero::scnn
