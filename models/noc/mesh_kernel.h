#pragma once
// Cycle-accurate resolution of one barrier exchange on a mesh (plain C++; scnn_facts.md 10.9 rule 12).
//
// Nodes have id = row * columns + column. All packets are ready at time 0; injection and ejection are unlimited, links
// are not: directed, one packet per cycle, x first then y, one cycle per hop. Events are taken in the order (time at
// router, source id, packet number): link start = max(time, link free); link free = start + 1; arrival = start + 1. The
// exchange takes as long as its latest arrival, 0 without packets. A packet to its own source arrives at 0.

#include <cstdint>
#include <span>
#include <vector>

#include "models/base/cycles.h"

namespace nonzero {

struct MeshShape {
    int rows = 1;
    int columns = 1;
    int nodes() const { return rows * columns; }
    friend bool operator==(const MeshShape&, const MeshShape&) = default;
};

struct MeshResult {
    Cycles cycles = 0;
    std::uint64_t packets = 0;
    std::uint64_t hops = 0;
    std::uint64_t busiest_link = 0;  // packets over the most loaded link
};

// destinations[source] lists the destination of each packet of that source, in packet order.
MeshResult resolve_mesh(const MeshShape& shape, std::span<const std::vector<std::uint16_t>> destinations);

}  // namespace nonzero
