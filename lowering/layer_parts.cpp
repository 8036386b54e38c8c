#include "lowering/layer_parts.h"

#include "workloads/gemm.h"

namespace nonzero {

namespace {

// The part's share of a value per output channel.
template <class T>
std::vector<T> share(const std::vector<T>& of_channels, const LayerPart& part) {
    if (of_channels.empty()) {
        return {};
    }
    const auto first = of_channels.begin() + std::ptrdiff_t(part.group) * part.layer.K;
    return {first, first + part.layer.K};
}

}  // namespace

bool is_single(const Layer& layer) {
    return layer.batch == 1 && layer.kind != LayerKind::matmul;
}

std::vector<LayerPart> images_of(const Layer& layer) {
    if (layer.is_product()) {
        return {{product_as_convolution(layer)}};
    }
    std::vector<LayerPart> images(std::size_t(layer.batch), {layer});
    for (std::size_t n = 0; n < images.size(); ++n) {
        images[n].layer.batch = 1;
        images[n].index = int(n);
    }
    return images;
}

std::vector<LayerPart> inputs_of(const Layer& layer) {
    if (layer.kind != LayerKind::fully_connected || layer.batch == 1) {
        return images_of(layer);
    }
    Layer part = layer;
    part.batch = 1;
    std::vector<LayerPart> parts;
    for (int input = 0; input < layer.batch; ++input) {
        parts.push_back({part, input});
    }
    return parts;
}

PartJob::PartJob(const LayerJob& whole, const LayerPart& part) : job_(whole) {
    job_.layer = &part.layer;
    if (is_single(*whole.layer)) {
        return;
    }
    job_.tensors_owner = nullptr;  // parts are copies
    input_ = cut_part(*whole.input, part, part.layer.input_shape());
    job_.input = &input_;
    if (part.layer.K != whole.layer->K) {
        weights_ = Operands(part.layer.weight_shape());
        std::copy_n(whole.weights->data.begin() + std::ptrdiff_t(part.group) * std::ptrdiff_t(weights_.size()),
                    weights_.size(), weights_.data.begin());
        job_.weights = &weights_;
        if (job_.post_processing) {
            job_.post_processing->bias = share(job_.post_processing->bias, part);
            job_.post_processing->requantisation = share(job_.post_processing->requantisation, part);
        }
    }
}

}  // namespace nonzero
