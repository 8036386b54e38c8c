#pragma once
// A layer as those that a machine runs, one descriptor each: the images of a batch, or a matrix product laid over the
// machine. Plain C++.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "lowering/lowering.h"
#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero {

struct LayerPart {
    Layer layer;    // of one image, and no matmul
    int index = 0;  // its planes begin so many of them into the whole layer's
    int group = 0;  // its channels begin so many times its own into the whole layer's; a group has the same weights
};

// Whether the layer is its own and only part.
bool is_single(const Layer& layer);
// The images of a batch; of a matrix product the 1x1 convolution that it is.
std::vector<LayerPart> images_of(const Layer& layer);
// The same, but the inputs of a batch for a fully connected layer one by one, where each finds a mapping of its own.
std::vector<LayerPart> inputs_of(const Layer& layer);

// A part's tensor of channels x rows x columns out of the whole one. Positions behind the last one are `empty`.
template <class T>
Tensor<T> cut_part(const Tensor<T>& whole, const LayerPart& part, const std::vector<std::size_t>& shape,
                   const std::vector<T>& empty = {}) {
    Tensor<T> tensor(shape);
    const std::size_t plane = shape[1] * shape[2];
    const std::size_t whole_plane = whole.size() / whole.shape[0];
    const std::size_t first = std::size_t(part.index) * plane;
    const std::size_t count = std::min(plane, whole_plane - first);
    for (std::size_t c = 0; c < shape[0]; ++c) {
        const T* const from = whole.data.data() + (std::size_t(part.group) * shape[0] + c) * whole_plane + first;
        T* const to = std::copy_n(from, count, tensor.data.data() + c * plane);
        std::fill_n(to, plane - count, empty.empty() ? T{} : empty[c]);
    }
    return tensor;
}

// … and back, without what is empty.
template <class T>
void paste_part(const Tensor<T>& tensor, const LayerPart& part, Tensor<T>& whole) {
    const std::size_t plane = tensor.shape[1] * tensor.shape[2];
    const std::size_t whole_plane = whole.size() / whole.shape[0];
    const std::size_t first = std::size_t(part.index) * plane;
    const std::size_t count = std::min(plane, whole_plane - first);
    for (std::size_t c = 0; c < tensor.shape[0]; ++c) {
        std::copy_n(tensor.data.data() + c * plane, count,
                    whole.data.data() + (std::size_t(part.group) * tensor.shape[0] + c) * whole_plane + first);
    }
}

// The job of a part, with what it has of the whole job's tensors. Both must outlive it.
class PartJob {
  public:
    PartJob(const LayerJob& whole, const LayerPart& part);
    PartJob(const PartJob&) = delete;
    PartJob& operator=(const PartJob&) = delete;

    const LayerJob& job() const { return job_; }

  private:
    Operands input_;
    Operands weights_;
    LayerJob job_;
};

}  // namespace nonzero
