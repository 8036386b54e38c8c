#pragma once
// Where energy and area of a platform go: which counter makes which event, and how many of which part there are. The
// tables that price them are study/cost.h.

#include <string>

namespace nonzero {

enum class EnergyEvent {
    multiply,  // integer multiplication of two operands of `bits` bits
    add,       // integer addition of `bits` bits
    sram,      // read or write of `bits` bits in a RAM of `capacity_bytes`
    dram,      // `bits` bits to or from DRAM
    wire       // `bits` bits over one hop of an on-chip network
};

// One kind of event: as many as the counter says ("pe.products", summed over the instances of the block), each of
// `bits` bits.
struct EnergyUse {
    std::string component;  // as results name it; several uses may share one
    std::string counter;
    EnergyEvent event = EnergyEvent::multiply;
    double bits = 16;
    double capacity_bytes = 0;  // sram only
};

// `count` times an entry of the area table.
struct AreaUse {
    std::string component;
    std::string entry;  // "scnn.multiplier_array"
    double count = 1;
    bool scaled = false;  // the count makes up for a part of another size than the entry's: an estimate
};

}  // namespace nonzero
