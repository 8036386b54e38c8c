#pragma once
// What a DMA engine can be told: the rows dma.* of a platform's table. Plain C++.

#include "models/base/parameters.h"

namespace nonzero {

enum class DmaProtocol { lt, at };
enum class DmaAlignment { none, natural };

struct DmaParameters {
    DmaProtocol protocol = DmaProtocol::lt;
    int burst_bytes = 256;  // a burst never crosses a multiple of this address
    int outstanding = 8;
    DmaAlignment alignment = DmaAlignment::none;
    int timeout = 0;  // cycles; 0: none
};

// The rows dma.* of a platform's table.
void describe(ParameterTable& table, DmaParameters& parameters);

}  // namespace nonzero
