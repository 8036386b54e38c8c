#pragma once
// Reading of arrays of numbers from an .npz file (a zip archive of .npy files, numpy format version 1.0).

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "workloads/tensor.h"

struct zip;

namespace nonzero {

class NpzFile {
  public:
    // InputError when the file cannot be opened, is no zip archive, or holds two entries of one name.
    explicit NpzFile(const std::string& path);

    bool has(const std::string& array) const;

    // The array of exactly this shape, stored in C order as signed little-endian integers no wider than T (int16 or
    // int64), or, for double, as floating-point numbers of 32 or 64 bits. InputError, naming file and array, when it is
    // missing, damaged, truncated or anything else than that. Memory use is bounded by the expected shape, whatever the
    // file says of itself.
    template <class T>
    Tensor<T> read(const std::string& array, const std::vector<std::size_t>& shape) const;

  private:
    struct Close {
        void operator()(zip* archive) const;
    };

    std::string path_;
    std::unique_ptr<zip, Close> archive_;
};

}  // namespace nonzero
