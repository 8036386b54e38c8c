#pragma once
// Dense tensor, C order (last index fastest). Activations are C x H x W, weights K x C/groups x KH x KW.
// Operands are stored as int16: real zero is stored 0 (a quantised value is stored as q - zero point).

#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

namespace nonzero {

template <class T>
struct Tensor {
    std::vector<std::size_t> shape;
    std::vector<T> data;

    Tensor() = default;
    explicit Tensor(std::vector<std::size_t> shape_in, T value = T{})
        : shape(std::move(shape_in)),
          data(std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>{}), value) {}

    std::size_t size() const { return data.size(); }
    T& at(std::size_t a, std::size_t b, std::size_t c) { return data[(a * shape[1] + b) * shape[2] + c]; }
    const T& at(std::size_t a, std::size_t b, std::size_t c) const { return data[(a * shape[1] + b) * shape[2] + c]; }
    T& at(std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
        return data[((a * shape[1] + b) * shape[2] + c) * shape[3] + d];
    }
    const T& at(std::size_t a, std::size_t b, std::size_t c, std::size_t d) const {
        return data[((a * shape[1] + b) * shape[2] + c) * shape[3] + d];
    }
    friend bool operator==(const Tensor& a, const Tensor& b) { return a.shape == b.shape && a.data == b.data; }
    friend bool operator!=(const Tensor& a, const Tensor& b) { return !(a == b); }
};

using Operands = Tensor<std::int16_t>;
using Psums = Tensor<std::int64_t>;

}  // namespace nonzero
