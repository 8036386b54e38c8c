#pragma once
// Tensors as large as those of a fully connected layer, in memory that is cheap to touch for the first time.

#include <cstddef>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "workloads/tensor.h"

namespace nonzero {

// Asks the system for large pages under memory that nobody has touched; it may give none.
void prefer_large_pages(void* memory, std::size_t bytes);

template <class T>
Tensor<T> zero_tensor(std::vector<std::size_t> shape) {
    Tensor<T> tensor;
    const std::size_t elements = std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>{});
    tensor.shape = std::move(shape);
    tensor.data.reserve(elements);
    prefer_large_pages(tensor.data.data(), elements * sizeof(T));
    tensor.data.resize(elements);
    return tensor;
}

}  // namespace nonzero
