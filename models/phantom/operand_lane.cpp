#include "models/phantom/operand_lane.h"

#include <algorithm>

namespace nonzero::phantom {

OperandLane::OperandLane(sc_core::sc_module_name name, std::size_t cores_of_lane, Statistics& statistics)
    : sc_module(name),
      blocks("blocks", [this](OperandBlock& block, sc_core::sc_time& delay) { deliver(block, delay); }),
      cores("cores", cores_of_lane),
      blocks_(statistics.counter(*this, "blocks", CounterKind::count, "masks with values sent to a core")),
      bytes_(statistics.counter(*this, "bytes", CounterKind::bytes,
                                "masks and values that reached a core, once for each")) {}

void OperandLane::deliver(const OperandBlock& block, sc_core::sc_time& delay) {
    for (std::size_t core = block.cores.begin; core < std::min(block.cores.end, cores.size()); ++core) {
        OperandBlock copy = block;
        cores[core].send(copy, delay);
        blocks_.add();
        bytes_.add(copy.payload_bytes());
    }
}

}  // namespace nonzero::phantom
