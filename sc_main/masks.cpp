#include "sc_main/masks.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

std::vector<Mask> read_matrices(const Options& options) {
    if (!options.has("matrix")) {
        return {Mask::same};
    }
    const bool structured = std::holds_alternative<NmPattern>(parse_places(options.text("nm")));
    std::vector<Mask> masks;
    for (const std::string& name : split_list(options.text("matrix"))) {
        if (name == to_string(Mask::natural) && !structured) {
            throw InputError(
                fmt::format("--matrix: no machine has a natural matrix for {}, which is no N:M pattern; "
                            "leave natural out",
                            quoted_name(options.text("nm"))));
        }
        if (name != to_string(Mask::same) && name != to_string(Mask::natural)) {
            throw InputError(fmt::format("--matrix: unknown matrix {}{}", quoted_name(name),
                                         did_you_mean(name, {to_string(Mask::same), to_string(Mask::natural)})));
        }
        masks.push_back(name == to_string(Mask::same) ? Mask::same : Mask::natural);
        if (std::count(masks.begin(), masks.end(), masks.back()) > 1) {
            throw InputError(fmt::format("--matrix: '{}' is named twice", name));
        }
    }
    return masks;
}

Mask mask_of(const std::string& name, bool has_tensors) {
    const std::vector<Mask> all{Mask::real, Mask::uniform, Mask::correlated};
    std::vector<std::string> names;
    for (const Mask mask : all) {
        names.emplace_back(to_string(mask));
        if (name == names.back() && (mask != Mask::real || has_tensors)) {
            return mask;
        }
    }
    if (name == to_string(Mask::real)) {
        throw InputError("--sparsity: real masks come with --tensors DIR only");
    }
    throw InputError(fmt::format("--sparsity: unknown pattern {}{}", quoted_name(name), did_you_mean(name, names)));
}

}  // namespace

WeightPlaces parse_places(const std::string& text) {
    if (text.starts_with('u')) {
        const auto percent = to_natural(text.substr(1));
        if (!percent || *percent == 0 || *percent > 100) {
            throw InputError(
                fmt::format("--nm: {} is not u1 .. u100, the percentage of places kept", quoted_name(text)));
        }
        return UniformDensity{int(*percent)};
    }
    return parse_nm_pattern(text);
}

std::vector<Mask> read_masks(const Options& options) {
    if (options.has("nm")) {
        return read_matrices(options);
    }
    const bool has_tensors = options.has("tensors");
    std::vector<Mask> masks;
    if (!options.has("sparsity")) {
        options.excludes("seed", "tensors", "the data of the directory are used as they are");
        return {has_tensors ? Mask::real : Mask::uniform};
    }
    for (const std::string& name : split_list(options.text("sparsity"))) {
        masks.push_back(mask_of(name, has_tensors));
        if (std::count(masks.begin(), masks.end(), masks.back()) > 1) {
            throw InputError(fmt::format("--sparsity: '{}' is named twice", name));
        }
    }
    return masks;
}

std::optional<NmPattern> job_pattern(const std::optional<WeightPlaces>& places) {
    const NmPattern* const pattern = places ? std::get_if<NmPattern>(&*places) : nullptr;
    return pattern == nullptr ? std::nullopt : std::optional(*pattern);
}

std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (true) {
        const std::size_t comma = text.find(',', begin);
        parts.push_back(text.substr(begin, comma - begin));
        if (parts.back().empty()) {
            throw InputError(fmt::format("{}: a name is missing beside a comma", quoted_name(text)));
        }
        if (comma == std::string::npos) {
            return parts;
        }
        begin = comma + 1;
    }
}

const char* to_string(Mask mask) {
    switch (mask) {
        case Mask::real:
            return "real";
        case Mask::uniform:
            return "uniform";
        case Mask::correlated:
            return "correlated";
        case Mask::same:
            return "same";
        case Mask::natural:
            break;
    }
    return "natural";
}

}  // namespace nonzero
