#pragma once
// The dense machine of the SCNN paper (card 2.3, 2.4): a grid of PEs, each with IARAM, OARAM and post-processing unit,
// a sequencer, a mesh between the post-processing units for pooling, and the host side that every platform has.

#include <memory>
#include <vector>

#include "models/dcnn/post_processing_unit.h"
#include "models/dcnn/processing_element.h"
#include "models/dcnn/sequencer.h"
#include "models/memory/sram.h"
#include "models/noc/mesh_noc.h"
#include "platforms/system.h"

namespace nonzero::dcnn {

class DcnnSystem : public System {
  public:
    DcnnSystem(const DcnnParameters& parameters, const TraceOptions& trace);

  private:
    struct Tile {
        std::unique_ptr<ProcessingElement> pe;
        std::unique_ptr<PostProcessingUnit> ppu;
        std::unique_ptr<Sram> iaram;
        std::unique_ptr<Sram> oaram;
    };

    Sequencer sequencer_;
    MeshNoc pool_mesh_;  // finished outputs for pooling
    std::vector<Tile> tiles_;
};

}  // namespace nonzero::dcnn
