#include "lowering/dense_lowering.h"

namespace nonzero::dense {

void DenseLowering::append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const {
    append(bytes, weights.matrix->data);
}

}  // namespace nonzero::dense
