#include "workloads/tensor_source.h"

#include "workloads/narrow_operands.h"

namespace nonzero {

namespace {

LayerTensors narrowed(LayerTensors tensors, int operand_bits) {
    narrow_operands(tensors.weights, operand_bits);
    narrow_operands(tensors.input, operand_bits);
    return tensors;
}

LayerTensors make(const Layer&, const StoredTensors& source) {
    return source.network->load(*source.layer, source.photo);
}

LayerTensors make(const Layer& layer, const GeneratedTensors& source) {
    double weight_density = source.weight_density;
    double activation_density = source.activation_density;
    if (source.like) {
        const LayerTensors model = make(layer, *source.like);
        weight_density = density(model.weights);
        activation_density = density(model.input);
    }
    return narrowed({generate_weights(layer, weight_density, source.pattern, source.seed),
                     generate_activations(layer, activation_density, source.pattern, source.seed),
                     {}},
                    source.operand_bits);
}

LayerTensors make(const Layer& layer, const HashedTensors& source) {
    return narrowed({hashed_weights(layer, source.index, source.places), hashed_activations(layer, source.index), {}},
                    source.operand_bits);
}

}  // namespace

LayerTensors tensors_of(const Layer& layer, const TensorSource& source) {
    return std::visit([&](const auto& of) { return make(layer, of); }, source);
}

}  // namespace nonzero
