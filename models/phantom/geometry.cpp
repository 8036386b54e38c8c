#include "models/phantom/geometry.h"

#include <algorithm>

namespace nonzero::phantom {

namespace {

template <class T>
T ceil_div(T a, T b) {
    return (a + b - 1) / b;
}

}  // namespace

Geometry::Geometry(const DilatedShape& shape, int rows, int columns)
    : shape_(shape), sets_(shape), mapping_(mapping_of(shape)), rows_(rows), columns_(columns) {}

std::size_t Geometry::lanes_of_set() const {
    return mapping_ == Mapping::fully_connected ? 1 : ceil_div(filters_of(0).size(), std::size_t(columns_));
}

std::size_t Geometry::row_tiles() const {
    return mapping_ == Mapping::convolution ? std::size_t(ceil_div(shape_.P, rows_)) : 1;
}

Range Geometry::places_of(std::size_t job) const {
    if (mapping_ == Mapping::fully_connected) {
        return {0, std::size_t(shape_.K)};
    }
    const std::size_t lanes = job / row_tiles();
    const Range set = filters_of(lanes / lanes_of_set());
    const std::size_t first = set.begin + lanes % lanes_of_set() * std::size_t(columns_);
    return {first, std::min(first + std::size_t(columns_), set.end)};
}

Range Geometry::part(std::size_t tile, int lane) const {
    const auto place = std::size_t(lane);
    if (mapping_ == Mapping::convolution) {
        const std::size_t row = tile * std::size_t(rows_) + place;
        return row < std::size_t(shape_.P) ? Range{row, row + 1} : Range{};
    }
    const std::size_t all = std::size_t(shape_.P) * (mapping_ == Mapping::pointwise ? std::size_t(shape_.Q) : 1);
    const std::size_t size = ceil_div(all, std::size_t(rows_));
    return {std::min(place * size, all), std::min((place + 1) * size, all)};
}

std::size_t Geometry::neurons_of(int core) const {
    const auto first = std::size_t(core);
    const auto K = std::size_t(shape_.K);
    return first < K ? ceil_div(K - first, std::size_t(cores())) : 0;
}

std::size_t Geometry::tiles_of_kernel() const {
    return std::size_t(ceil_div(shape_.KH, kTaps)) * std::size_t(ceil_div(shape_.KW, kColumns));
}

std::size_t Geometry::planes(const Range& part) const {
    switch (mapping_) {
        case Mapping::convolution:
            return std::size_t(channels_per_group()) * tiles_of_kernel();
        case Mapping::depthwise:
            return part.size() * tiles_of_kernel();
        case Mapping::pointwise:
        case Mapping::fully_connected:
            break;
    }
    return std::size_t(ceil_div(channels_per_group(), kPlaneTaps));
}

std::size_t Geometry::windows(const Range& part) const {
    return mapping_ == Mapping::pointwise ? part.size() : std::size_t(shape_.Q);
}

Tap Geometry::tap(std::size_t plane, int tap) const {
    Tap found;
    if (mapping_ == Mapping::pointwise || mapping_ == Mapping::fully_connected) {
        found.channel = int(plane) * kPlaneTaps + tap;
        found.inside = found.channel < channels_per_group();
        return found;
    }
    const std::size_t tile = plane % tiles_of_kernel();
    const auto tile_columns = std::size_t(ceil_div(shape_.KW, kColumns));
    const int outer = int(plane / tiles_of_kernel());
    (mapping_ == Mapping::convolution ? found.channel : found.row) = outer;
    found.r = int(tile / tile_columns) * kTaps + tap % kTaps;
    found.s = int(tile % tile_columns) * kColumns + tap / kTaps;
    found.inside = found.r < shape_.KH && found.s < shape_.KW;
    return found;
}

}  // namespace nonzero::phantom
