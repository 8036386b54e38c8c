#pragma once
// The dense machine of the SCNN paper (card 2.3, 2.4): a grid of PEs, each with IARAM, OARAM and post-processing unit,
// a sequencer, a mesh between the post-processing units for pooling, and the host side that every platform has.

#include "models/dcnn/post_processing_unit.h"
#include "models/dcnn/processing_element.h"
#include "models/dcnn/sequencer.h"
#include "platforms/pe_array/pe_tiles.h"
#include "platforms/system.h"

namespace nonzero::dcnn {

class DcnnSystem : public System {
  public:
    DcnnSystem(const DcnnParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    pe_array::PeTiles<ProcessingElement, PostProcessingUnit> tiles_;
};

}  // namespace nonzero::dcnn
