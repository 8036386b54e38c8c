// Archives of arrays: hostile archives, and right archives of hostile arrays. The input: a byte that chooses, the file.

#include <zip.h>

#include <algorithm>

#include "fuzz/support.h"
#include "workloads/npz.h"

using namespace nonzero;

namespace {

// Stored or deflated, as the bytes of a file.
void write_archive(const std::string& path, const std::string& array, bool deflated) {
    zip_t* const archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    fuzz::require(archive != nullptr, "an archive can be made");
    const zip_int64_t index =
        zip_file_add(archive, "a.npy", zip_source_buffer(archive, array.data(), array.size(), 0), 0);
    zip_set_file_compression(archive, zip_uint64_t(index), deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 1);
    fuzz::require(zip_close(archive) == 0, "an archive can be written");
}

template <class T>
void read(const std::string& path, const std::vector<std::size_t>& shape) {
    fuzz::accepts([&] {
        const NpzFile file(path);
        const Tensor<T> tensor = file.read<T>("a", shape);
        fuzz::require(tensor.shape == shape, "an array has the shape that was asked for");
        fuzz::require(tensor.data == Tensor<T>(file.read<T>("a", shape)).data, "an array reads twice alike");
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::ScratchDirectory directory;
    static const std::vector<std::vector<std::size_t>> shapes{{6}, {2, 3}, {1, 2, 3}, {4, 3, 3, 3}};
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const unsigned choice = input.empty() ? 0 : data[0];
    const std::string rest(input.substr(std::min<std::size_t>(1, size)));
    std::string file;
    if (choice % 4 == 0) {
        file = directory.write("raw.npz", rest);
    } else {
        file = directory.path() + "/made.npz";
        write_archive(file, rest, choice % 4 == 1);
    }
    const auto& shape = shapes[choice / 4 % 4];
    choice / 16 % 2 == 0 ? read<std::int16_t>(file, shape) : read<std::int64_t>(file, shape);
    return 0;
}
