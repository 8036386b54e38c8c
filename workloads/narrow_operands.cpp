#include "workloads/narrow_operands.h"

#include "workloads/operand_scan.h"

namespace nonzero {

void narrow_operands(Operands& operands, int bits) {
    if (bits == 16 || bounds_of(operands.data).fit(bits)) {
        return;
    }
    const int largest = (1 << (bits - 1)) - 1;
    for (std::int16_t& value : operands.data) {
        const int magnitude = value < 0 ? -int{value} : int{value};
        if (value > largest || value < -largest - 1) {
            const int folded = 1 + (magnitude - 1) % largest;
            value = static_cast<std::int16_t>(value < 0 ? -folded : folded);
        }
    }
}

}  // namespace nonzero
