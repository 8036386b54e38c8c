#include "models/dma/dma_parameters.h"

namespace nonzero {

void describe(ParameterTable& table, DmaParameters& p) {
    table.choice<DmaProtocol>("dma.protocol", p.protocol, {{"lt", DmaProtocol::lt}, {"at", DmaProtocol::at}},
                              "TLM protocol of the DMA engine", "shared.md 1");
    table.integer("dma.burst_bytes", p.burst_bytes, 4, 4096, "bytes", "longest burst", "shared.md 1");
    table.integer("dma.outstanding", p.outstanding, 1, 64, "bursts", "bursts on the way at once", "shared.md 1");
    table.choice<DmaAlignment>("dma.alignment", p.alignment,
                               {{"none", DmaAlignment::none}, {"natural", DmaAlignment::natural}},
                               "natural: a burst is a power of two long, at a multiple of its length", "shared.md 1");
    table.integer("dma.timeout", p.timeout, 0, 1000000000, "cycles",
                  "longest wait for a response, then error 26; 0: for ever", "shared.md 1");
}

}  // namespace nonzero
