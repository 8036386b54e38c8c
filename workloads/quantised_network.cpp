#include "workloads/quantised_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "workloads/error.h"
#include "workloads/layer_fields.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

using nlohmann::json;

namespace {

constexpr std::int32_t kLeastZeroPoint = -128;
constexpr std::int32_t kMostZeroPoint = 255;

double positive(const NetworkFields& fields, const std::string& name, double scale) {
    if (!(scale > 0) || !std::isfinite(scale)) {
        fields.fail(name, fmt::format("has a scale of {}; give a positive number", scale));
    }
    return scale;
}

double read_scale(const NetworkFields& fields, const std::string& name) {
    const std::optional<double> scale = fields.number(name);
    if (!scale) {
        fields.fail(name, "missing; a network is run as a whole from scales and zero points of 8-bit numbers");
    }
    return positive(fields, name, *scale);
}

std::int32_t read_zero_point(const NetworkFields& fields, const std::string& name) {
    const int zero_point = fields.integer(name);
    if (zero_point < kLeastZeroPoint || zero_point > kMostZeroPoint) {
        fields.fail(name, fmt::format("{} is no zero point of 8-bit numbers; give one of {} .. {}", zero_point,
                                      kLeastZeroPoint, kMostZeroPoint));
    }
    return zero_point;
}

// In the layer's field as a list of one or K, or in its file as K.
std::vector<double> read_weight_scales(const NetworkFields& fields, const json& layer, const RealNetwork& data,
                                       const RealLayer& real) {
    const std::string name = "wscale";
    std::vector<double> scales;
    if (layer.contains(name) && layer[name].is_array()) {
        for (const json& scale : layer[name]) {
            if (!scale.is_number()) {
                fields.fail(name, "is not a list of numbers");
            }
            scales.push_back(scale.get<double>());
        }
        if (scales.size() != 1 && scales.size() != std::size_t(real.layer.K)) {
            fields.fail(name, fmt::format("has {} scales; give one, or one for each of {} output channels",
                                          scales.size(), real.layer.K));
        }
    } else if (layer.contains(name) && layer[name].is_number()) {
        scales.push_back(layer[name].get<double>());
    } else {
        scales = data.weight_scales(real);
    }
    for (const double scale : scales) {
        positive(fields, name, scale);
    }
    return scales;
}

std::string shown(const Quantisation& quantisation) {
    return fmt::format("scale {} and zero point {}", quantisation.scale, quantisation.zero_point);
}

}  // namespace

QuantisedNetwork::QuantisedNetwork(const RealNetwork& network) : data_(&network), graph_(read_network_graph(network)) {
    read_scales();
    quantise_tensors();
}

void QuantisedNetwork::read_scales() {
    const json& layers = data_->document()["layers"];
    bool below_zero = false;
    for (std::size_t n = 0; n < layers.size(); ++n) {
        const RealLayer& real = data_->layers()[n];
        const NetworkFields fields = layer_fields(layers, n, data_->document_name());
        LayerScales scales;
        scales.input = {read_scale(fields, "xscale"), read_zero_point(fields, "xzp")};
        scales.output = {read_scale(fields, "oscale"), read_zero_point(fields, "ozp")};
        const std::vector<double> weights = read_weight_scales(fields, layers[n], *data_, real);
        for (std::size_t k = 0; k < std::size_t(real.layer.K); ++k) {
            const double weight = weights[weights.size() == 1 ? 0 : k];
            scales.requantisation.push_back(between(n, scales.input.scale * weight, scales.output.scale));
        }
        const std::string activation = fields.text("fused_activation", "none");
        static const std::vector<std::string> activations = {"none", "relu", "relu6"};
        if (std::ranges::find(activations, activation) == activations.end()) {
            fields.fail("fused_activation", fmt::format("unknown activation {}{}", quoted_name(activation),
                                                        did_you_mean(activation, activations)));
        }
        scales.relu = activation != "none";
        if (activation == "relu6") {
            const double six = std::floor(6 / scales.output.scale + 0.5);
            scales.clamp_high = std::int32_t(std::min<double>(six, kMostZeroPoint)) + scales.output.zero_point;
        }
        below_zero = below_zero || scales.input.zero_point < 0 || scales.output.zero_point < 0;
        layers_.push_back(std::move(scales));
    }
    const NetworkFields root(data_->document(), data_->document_name());
    const std::string type = root.text("element_type", below_zero ? "int8" : "uint8");
    if (type != "int8" && type != "uint8") {
        root.fail("element_type", fmt::format("{} is not int8 or uint8", quoted_name(type)));
    }
    is_signed_ = type == "int8";
    for (std::size_t n = 0; n < layers_.size(); ++n) {
        for (const auto& [field, tensor] : {std::pair("xzp", layers_[n].input), std::pair("ozp", layers_[n].output)}) {
            if (tensor.zero_point < lowest() || tensor.zero_point > highest()) {
                layer_fields(layers, n, data_->document_name())
                    .fail(field, fmt::format("{} is no {}, which the other zero points or element_type say",
                                             tensor.zero_point, type));
            }
        }
    }
}

// Where nothing lies between a tensor and the layer that reads it, both must say the same of it.
void QuantisedNetwork::quantise_tensors() {
    tensors_ = {layers_.front().input};
    additions_.resize(layers_.size());
    for (const GraphStep& step : graph_.steps) {
        const LayerScales& layer = layers_[step.layer];
        const Quantisation& read = tensors_[step.of.front()];
        if (step.kind != GraphStep::Kind::add && !(read == layer.input)) {
            throw InputError(
                fmt::format("{}, layer {}: its input has {}, what it reads has {}; say with \"edges\" what it reads",
                            data_->document_name(), quoted_name(data_->layers()[step.layer].layer.name),
                            shown(layer.input), shown(read)));
        }
        if (step.kind == GraphStep::Kind::add) {
            Addition& addition = additions_[step.layer];
            addition.first = between(step.layer, read.scale, layer.input.scale);
            addition.second = between(step.layer, tensors_[step.of.back()].scale, layer.input.scale);
            addition.relu = step.relu;
            addition.output_zero_point = layer.input.zero_point;
            addition.clamp_low = lowest();
            addition.clamp_high = highest();
        }
        tensors_.push_back(step.kind == GraphStep::Kind::layer ? layer.output : layer.input);
    }
}

PostProcessing QuantisedNetwork::post_processing(std::size_t layer, std::vector<std::int64_t> bias,
                                                 int accumulator_bits, int operand_bits) const {
    const LayerScales& scales = layers_[layer];
    PostProcessing processing;
    processing.bias = std::move(bias);
    processing.requantisation = scales.requantisation;
    processing.accumulator_bits = accumulator_bits;
    processing.output_bits = std::min(operand_bits, 16);
    processing.relu = scales.relu;
    processing.output_zero_point = scales.output.zero_point;
    processing.clamp_low = lowest();
    processing.clamp_high = std::min(scales.clamp_high.value_or(highest()), highest());
    return processing;
}

// What a number at one scale is at another.
Requantisation QuantisedNetwork::between(std::size_t layer, double from, double to) const {
    try {
        return requantisation_of(from / to);
    } catch (const InputError& error) {
        throw InputError(fmt::format("{}, layer {}: {}", data_->document_name(),
                                     quoted_name(data_->layers()[layer].layer.name), error.what()));
    }
}

GraphArithmetic reference_arithmetic() {
    return {add, average_planes};
}

NetworkTensors::NetworkTensors(const QuantisedNetwork& network, Operands input, GraphArithmetic arithmetic)
    : network_(network),
      arithmetic_(std::move(arithmetic)),
      tensors_(network.graph().tensors()),
      last_use_(network.graph().tensors()) {
    tensors_.front() = std::move(input);
    const std::vector<GraphStep>& steps = network.graph().steps;
    for (std::size_t n = 0; n < steps.size(); ++n) {
        for (const std::size_t tensor : steps[n].of) {
            last_use_[tensor] = n;
        }
    }
    advance();
}

void NetworkTensors::put(Operands output) {
    tensors_[step_ + 1] = std::move(output);
    release();
    ++step_;
    ++layer_;
    advance();
}

void NetworkTensors::advance() {
    const std::vector<GraphStep>& steps = network_.graph().steps;
    for (; step_ < steps.size() && steps[step_].kind != GraphStep::Kind::layer; ++step_) {
        const GraphStep& step = steps[step_];
        const Operands& first = tensors_[step.of.front()];
        tensors_[step_ + 1] = step.kind == GraphStep::Kind::average
                                  ? arithmetic_.average(first)
                                  : arithmetic_.add(first, tensors_[step.of.back()], network_.addition(step));
        release();
    }
}

void NetworkTensors::release() {
    for (const std::size_t tensor : network_.graph().steps[step_].of) {
        if (last_use_[tensor] == step_) {
            tensors_[tensor] = {};
        }
    }
}

Operands walk_network(const QuantisedNetwork& network, const std::string& photo,
                      const std::function<void(std::size_t layer, const ReferenceLayer& values)>& each) {
    constexpr int kAccumulatorBits = 32;
    const std::vector<RealLayer>& layers = network.data().layers();
    std::optional<NetworkTensors> tensors;
    Operands output;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        const LayerTensors stored = network.data().load(layers[layer], photo);
        if (!tensors) {
            tensors.emplace(network, stored.input, reference_arithmetic());
        }
        const Psums sums = convolve(layers[layer].layer, tensors->input(), stored.weights);
        output = post_process(
            sums, network.post_processing(layer, stored.bias, kAccumulatorBits, QuantisedNetwork::kStoredBits));
        if (each) {
            each(layer, {tensors->input(), stored, sums, output});
        }
        tensors->put(output);
    }
    return output;
}

}  // namespace nonzero
