#pragma once
// Hand-made .npz files, right and wrong ones.

#include <zip.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace nonzero {

inline std::string read_bytes(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

// A little-endian .npy file of numpy's format 1.0; every part of the header as given.
template <class T>
std::string npy(const std::string& type, const std::string& shape, const std::vector<T>& values,
                const std::string& fortran_order = "False") {
    std::string header = "{'descr': '" + type + "', 'fortran_order': " + fortran_order + ", 'shape': " + shape + ", }";
    header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
    header += '\n';
    std::string bytes = "\x93NUMPY";
    bytes += {'\1', '\0', static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
    bytes += header;
    for (const T value : values) {
        std::uint64_t bits = 0;
        if constexpr (std::is_floating_point_v<T>) {
            std::memcpy(&bits, &value, sizeof value);
        } else {
            bits = static_cast<std::uint64_t>(value);
        }
        for (std::size_t byte = 0; byte < sizeof(T); ++byte) {
            bytes += static_cast<char>(bits >> (8 * byte));
        }
    }
    return bytes;
}

// entries: name without ".npy", bytes.
inline void write_npz(const std::string& path, const std::vector<std::pair<std::string, std::string>>& entries) {
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [name, bytes] : entries) {
        zip_file_add(archive, (name + ".npy").c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
    }
    if (zip_close(archive) != 0) {
        throw std::runtime_error("the archive cannot be written");
    }
}

}  // namespace nonzero
