#include "lowering/dense_lowering.h"

#include "lowering/layer_parts.h"

namespace nonzero::dense {

std::vector<LayerPart> DenseLowering::parts_of(const LayerJob& job) const {
    return dataflow_ == Dataflow::lanes ? inputs_of(*job.layer) : images_of(*job.layer);
}

void DenseLowering::append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const {
    append(bytes, weights.matrix->data);
}

}  // namespace nonzero::dense
