#include "workloads/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <numeric>
#include <regex>
#include <sstream>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <xtensor/xnpy.hpp>

#include "workloads/error.h"
#include "workloads/file_descriptor.h"
#include "workloads/host_error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

// Why an array cannot be read; read() adds file and array.
struct Unreadable {
    std::string reason;
};

constexpr std::size_t length_offset = 8;    // after magic string and version
constexpr std::size_t preamble_bytes = 10;  // with the header's length
// Longest header text, without the padding, that xtensor's reader takes (it reads larger length bytes as negative). An
// array of four dimensions needs half of it.
constexpr std::size_t longest_header = 127;

std::string zip_error_text(int code) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return text;
}

// What libzip could not do for want of memory or files is nobody's fault but the host's.
void refuse_host_failure(const std::string& path, int code) {
    const bool files = code == ZIP_ER_OPEN || code == ZIP_ER_READ || code == ZIP_ER_SEEK;
    if (code == ZIP_ER_MEMORY || (files && is_host_failure(errno))) {
        throw HostError(fmt::format("{} cannot be read: {}", quoted_name(path),
                                    code == ZIP_ER_MEMORY ? "out of memory" : std::strerror(errno)));
    }
}

// Of two entries of one name libzip finds the first, numpy the last, which is the newer one where a file was added to.
void refuse_repeated_names(zip_t* archive, const std::string& path) {
    std::unordered_set<std::string_view> names;
    const auto entries = static_cast<zip_uint64_t>(zip_get_num_entries(archive, 0));
    for (zip_uint64_t entry = 0; entry < entries; ++entry) {
        const char* const name = zip_get_name(archive, entry, ZIP_FL_ENC_RAW);
        if (name != nullptr && !names.insert(name).second) {
            throw InputError(fmt::format("{}: holds {} twice, and readers differ in which one they take; save it anew",
                                         shown_text(path), quoted_name(name)));
        }
    }
}

// The entry's bytes, up to one more than limit. Reading to the end makes libzip compare the checksum.
std::string read_entry(zip_t* archive, const std::string& path, const std::string& name, std::size_t limit) {
    errno = 0;
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> entry(zip_fopen(archive, name.c_str(), 0), zip_fclose);
    if (!entry) {
        refuse_host_failure(path, zip_error_code_zip(zip_get_error(archive)));
        throw Unreadable{fmt::format("cannot be opened in the archive ({})", zip_strerror(archive))};
    }
    std::string bytes;
    while (bytes.size() <= limit) {
        constexpr std::size_t chunk = std::size_t{1} << 18;
        const std::size_t before = bytes.size();
        bytes.resize(before + std::min(chunk, limit + 1 - before));
        const zip_int64_t got = zip_fread(entry.get(), bytes.data() + before, bytes.size() - before);
        if (got < 0) {
            refuse_host_failure(path, zip_error_code_zip(zip_file_get_error(entry.get())));
            throw Unreadable{fmt::format("is damaged in the archive ({})", zip_file_strerror(entry.get()))};
        }
        bytes.resize(before + static_cast<std::size_t>(got));
        if (got == 0) {
            break;
        }
    }
    return bytes;
}

struct Npy {
    std::string header;  // the dictionary alone: no padding, no line break
    std::size_t item_bytes = 0;
    std::size_t data_offset = 0;
};

struct ItemType {
    std::string name;
    std::size_t bytes;
};

// The types that can be read as T.
template <class T>
std::vector<ItemType> item_types() {
    if constexpr (std::is_floating_point_v<T>) {
        return {{"<f4", 4}, {"<f8", 8}};
    }
    std::vector<ItemType> types = {{"|i1", 1}, {"<i2", 2}, {"<i4", 4}, {"<i8", 8}};
    std::erase_if(types, [](const ItemType& type) { return type.bytes > sizeof(T); });
    return types;
}

template <class T>
std::string needed_type() {
    return std::is_floating_point_v<T>
               ? std::string("a little-endian floating-point number of 32 or 64 bits")
               : fmt::format("a little-endian signed integer of at most {} bits", 8 * sizeof(T));
}

// Everything that the header says is compared with what is expected here; its numbers are never computed with.
template <class T>
Npy parse_npy(const std::string& bytes, const std::vector<std::size_t>& shape) {
    if (bytes.size() < preamble_bytes || bytes.compare(0, 6, "\x93NUMPY") != 0) {
        throw Unreadable{"is not in .npy format"};
    }
    if (bytes[6] != 1 || bytes[7] != 0) {
        throw Unreadable{fmt::format("has .npy format version {}.{}, only 1.0 is read",
                                     static_cast<unsigned char>(bytes[6]), static_cast<unsigned char>(bytes[7]))};
    }
    Npy npy;
    const std::size_t header_bytes =
        static_cast<unsigned char>(bytes[8]) + std::size_t{256} * static_cast<unsigned char>(bytes[9]);
    npy.data_offset = preamble_bytes + header_bytes;
    if (bytes.size() < npy.data_offset) {
        throw Unreadable{"is truncated inside its header"};
    }
    const std::size_t end = bytes.find_last_not_of(" \n", npy.data_offset - 1);
    npy.header = bytes.substr(preamble_bytes, std::max(end + 1, preamble_bytes) - preamble_bytes);

    static const std::regex dictionary(
        R"(\{ *'descr' *: *'([^']*)' *, *'fortran_order' *: *(True|False) *, *'shape' *: *\(([^)]*)\) *,? *\})");
    std::smatch parts;
    if (npy.header.size() >= longest_header || !std::regex_match(npy.header, parts, dictionary)) {
        throw Unreadable{fmt::format("has an unknown header {}", quoted_name(npy.header))};
    }
    const std::string type_name = parts[1];
    const std::vector<ItemType> types = item_types<T>();
    const auto type = std::ranges::find(types, type_name, &ItemType::name);
    if (type == types.end()) {
        throw Unreadable{fmt::format("has data type {}; {} is needed", quoted_name(type_name), needed_type<T>())};
    }
    npy.item_bytes = type->bytes;
    if (parts[2] == "True") {
        throw Unreadable{"is stored in Fortran order; store it in C order (numpy.ascontiguousarray)"};
    }
    std::string dimensions = parts[3];
    std::erase(dimensions, ' ');
    if (dimensions.ends_with(',')) {
        dimensions.pop_back();
    }
    if (dimensions != fmt::format("{}", fmt::join(shape, ","))) {
        throw Unreadable{fmt::format("has shape {}, expected ({})", quoted_name(fmt::format("({})", dimensions)),
                                     fmt::join(shape, ","))};
    }
    return npy;
}

template <class Stored, class T>
Tensor<T> load(std::istream& npy, const std::vector<std::size_t>& shape) {
    Tensor<T> tensor(shape);
    const auto array = xt::load_npy<Stored, xt::layout_type::row_major>(npy);
    std::transform(array.data(), array.data() + array.size(), tensor.data.begin(),
                   [](Stored value) { return static_cast<T>(value); });
    return tensor;
}

}  // namespace

void NpzFile::Close::operator()(zip* archive) const {
    zip_discard(archive);
}

NpzFile::NpzFile(const std::string& path) : path_(path) {
    FileDescriptor file = open_input(path, "data set's file " + quoted_name(path), "name a directory of a data set");
    int error = 0;
    errno = 0;
    archive_.reset(zip_fdopen(file.number(), 0, &error));
    if (!archive_) {
        refuse_host_failure(path, error);
        throw InputError(
            fmt::format("{}: cannot be read as an .npz file ({})", shown_text(path), zip_error_text(error)));
    }
    file.release();  // the archive closes it
    refuse_repeated_names(archive_.get(), path);
}

bool NpzFile::has(const std::string& array) const {
    return zip_name_locate(archive_.get(), (array + ".npy").c_str(), 0) >= 0;
}

template <class T>
Tensor<T> NpzFile::read(const std::string& array, const std::vector<std::size_t>& shape) const {
    try {
        if (!has(array)) {
            throw Unreadable{"is missing"};
        }
        const std::size_t elements = std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>{});
        const std::size_t limit = preamble_bytes + UINT16_MAX + elements * sizeof(T);
        std::string bytes = read_entry(archive_.get(), path_, array + ".npy", limit);
        const Npy npy = parse_npy<T>(bytes, shape);
        if (bytes.size() - npy.data_offset != elements * npy.item_bytes) {
            throw Unreadable{fmt::format("has {} data bytes where its shape needs {}", bytes.size() - npy.data_offset,
                                         elements * npy.item_bytes)};
        }
        // Without padding, for the reader's limit on the header's length.
        const std::string header = npy.header + '\n';
        bytes.replace(length_offset, npy.data_offset - length_offset,
                      std::string{static_cast<char>(header.size()), '\0'} + header);
        std::istringstream stream(std::move(bytes));
        if constexpr (std::is_floating_point_v<T>) {
            return npy.item_bytes == sizeof(float) ? load<float, T>(stream, shape) : load<double, T>(stream, shape);
        }
        switch (npy.item_bytes) {
            case 1:
                return load<std::int8_t, T>(stream, shape);
            case 2:
                return load<std::int16_t, T>(stream, shape);
            case 4:
                return load<std::int32_t, T>(stream, shape);
            default:
                return load<std::int64_t, T>(stream, shape);
        }
    } catch (const Unreadable& error) {
        throw InputError(fmt::format("{}: array {} {}", shown_text(path_), quoted_name(array), error.reason));
    }
}

template Tensor<std::int16_t> NpzFile::read(const std::string&, const std::vector<std::size_t>&) const;
template Tensor<std::int64_t> NpzFile::read(const std::string&, const std::vector<std::size_t>&) const;
template Tensor<double> NpzFile::read(const std::string&, const std::vector<std::size_t>&) const;

}  // namespace nonzero
