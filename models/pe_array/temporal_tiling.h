#pragma once
// Layers whose activations do not fit on chip, tiled through DRAM. Plain C++.
//
// The paper says that such layers are tiled and what that costs in energy, not how (scnn_facts.md 2.6). Here the
// machine works as many temporal tiles as its activation memory has fillings. Every activation is read from DRAM once.
// A convolution's tiles are pieces of the plane, so each needs all weights, and these are read and broadcast once per
// tile. A tile of a fully connected layer is a stretch of inputs with the weights of its own, which are read once; but
// every group of neurons needs all inputs, so these are read once per group. Tiles do not change what is computed or
// when: with ideal memory they cost no cycle (scnn_facts.md 10.9.15), and where a tile's cut would change a partial
// vector or the halo, that is not modelled.

#include <cstdint>

#include "models/host/host_interface.h"

namespace nonzero {

struct TemporalTiling {
    std::uint64_t tiles = 1;
    std::uint64_t weight_reads = 1;      // of every weight from DRAM
    std::uint64_t activation_reads = 0;  // of every activation from DRAM; 0: they are on chip

    bool on_chip() const { return tiles == 1; }
};

// stored: what the memory of `capacity` would have to hold, of the fullest PE where each has its own.
inline TemporalTiling temporal_tiling(std::uint64_t stored, std::uint64_t capacity, bool fully_connected,
                                      std::uint64_t groups) {
    TemporalTiling tiling;
    if (stored > capacity) {
        tiling.tiles = (stored + capacity - 1) / capacity;
        tiling.weight_reads = fully_connected ? 1 : tiling.tiles;
        tiling.activation_reads = fully_connected ? groups : 1;
    }
    return tiling;
}

// What group `group` of `groups` reads of the layer's activations: its share, one after the other, or with a read per
// group all of them.
inline nz_region activation_share(const nz_region& input, const TemporalTiling& tiling, std::uint64_t group,
                                  std::uint64_t groups) {
    if (tiling.activation_reads != 1) {
        return {input.address, tiling.on_chip() ? 0 : input.size};
    }
    const std::uint64_t begin = input.size * group / groups;
    return {input.address + begin, input.size * (group + 1) / groups - begin};
}

}  // namespace nonzero
