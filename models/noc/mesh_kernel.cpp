#include "models/noc/mesh_kernel.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <stdexcept>

namespace nonzero {

namespace {

// A link serves one packet per cycle in the order of the events that asked for it, so it is a first-in first-out queue
// and time can advance cycle by cycle: every link that holds packets passes its first one on. Packets are numbered by
// (source id, packet number). A link takes at most three packets in one cycle (y links: the turn from either x
// direction and the straight way; x links: the straight way), which enter it in the order of their numbers; the order
// in which links are visited does not matter.
using PacketId = std::uint32_t;
using LinkId = std::uint32_t;

constexpr PacketId kNoPacket = std::numeric_limits<PacketId>::max();
constexpr LinkId kArrived = std::numeric_limits<LinkId>::max();

enum Direction : LinkId { east, west, south, north };
constexpr LinkId kDirections = 4;

struct Link {
    PacketId head = kNoPacket;
    PacketId tail = kNoPacket;
    std::uint32_t load = 0;  // packets that ever took it
    std::uint32_t arrivals = 0;
    std::array<PacketId, 3> arriving{};  // this cycle's
};

class Mesh {
  public:
    Mesh(const MeshShape& shape, std::size_t packets) : shape_(shape), destination_(packets), behind_(packets) {
        const auto nodes = static_cast<std::size_t>(shape.nodes());
        links_.resize(nodes * kDirections);
        row_.resize(nodes);
        column_.resize(nodes);
        for (int node = 0; node < shape.nodes(); ++node) {
            row_[static_cast<std::size_t>(node)] = node / shape.columns;
            column_[static_cast<std::size_t>(node)] = node % shape.columns;
        }
    }

    // Packets are injected in the order of their numbers.
    void inject(PacketId packet, std::size_t source, std::uint16_t destination) {
        destination_[packet] = destination;
        const LinkId link = next_link(source, destination);
        if (link != kArrived) {
            push(link, packet);
        }
    }

    bool empty() const { return busy_.empty(); }

    // One cycle: the first packet of every link moves on.
    void step() {
        moved_.clear();
        std::size_t still_busy = 0;
        for (const LinkId id : busy_) {
            Link& link = links_[id];
            const PacketId packet = link.head;
            link.head = behind_[packet];
            if (link.head != kNoPacket) {
                busy_[still_busy++] = id;
            }
            const LinkId next = next_link(end_of(id), destination_[packet]);
            if (next != kArrived) {
                Link& target = links_[next];
                if (target.arrivals == 0) {
                    moved_.push_back(next);
                }
                target.arriving[target.arrivals++] = packet;
            }
        }
        busy_.resize(still_busy);
        for (const LinkId id : moved_) {
            Link& link = links_[id];
            std::sort(link.arriving.begin(), link.arriving.begin() + link.arrivals);
            for (std::uint32_t i = 0; i < link.arrivals; ++i) {
                push(id, link.arriving[i]);
            }
            link.arrivals = 0;
        }
    }

    const std::vector<Link>& links() const { return links_; }

  private:
    LinkId next_link(std::size_t node, std::size_t destination) const {
        const auto first = static_cast<LinkId>(node) * kDirections;
        if (column_[node] != column_[destination]) {
            return first + (column_[node] < column_[destination] ? east : west);
        }
        if (row_[node] != row_[destination]) {
            return first + (row_[node] < row_[destination] ? south : north);
        }
        return kArrived;
    }

    std::size_t end_of(LinkId link) const {
        const std::size_t node = link / kDirections;
        const auto columns = static_cast<std::size_t>(shape_.columns);
        switch (link % kDirections) {
            case east:
                return node + 1;
            case west:
                return node - 1;
            case south:
                return node + columns;
            default:
                return node - columns;
        }
    }

    void push(LinkId id, PacketId packet) {
        Link& link = links_[id];
        behind_[packet] = kNoPacket;
        if (link.head == kNoPacket) {
            link.head = packet;
            busy_.push_back(id);
        } else {
            behind_[link.tail] = packet;
        }
        link.tail = packet;
        ++link.load;
    }

    MeshShape shape_;
    std::vector<int> row_;  // of a node
    std::vector<int> column_;
    std::vector<Link> links_;                 // four per node, named by where they leave
    std::vector<std::uint16_t> destination_;  // of a packet
    std::vector<PacketId> behind_;            // the packet behind one in its link's queue
    std::vector<LinkId> busy_;
    std::vector<LinkId> moved_;
};

}  // namespace

MeshResult resolve_mesh(const MeshShape& shape, std::span<const std::vector<std::uint16_t>> destinations) {
    const auto nodes = static_cast<std::size_t>(shape.nodes());
    if (shape.rows < 1 || shape.columns < 1 || destinations.size() != nodes) {
        throw std::invalid_argument("a mesh needs one list of destinations per node");
    }
    MeshResult result;
    for (const auto& list : destinations) {
        result.packets += list.size();
        if (std::any_of(list.begin(), list.end(), [&](std::uint16_t destination) { return destination >= nodes; })) {
            throw std::invalid_argument("a packet's destination is outside the mesh");
        }
    }
    if (result.packets >= kNoPacket) {
        throw std::invalid_argument("too many packets in one exchange");
    }

    Mesh mesh(shape, result.packets);
    PacketId packet = 0;
    for (std::size_t source = 0; source < nodes; ++source) {
        for (const std::uint16_t destination : destinations[source]) {
            mesh.inject(packet++, source, destination);
        }
    }
    while (!mesh.empty()) {
        mesh.step();
        ++result.cycles;
    }
    for (const Link& link : mesh.links()) {
        result.hops += link.load;
        result.busiest_link = std::max<std::uint64_t>(result.busiest_link, link.load);
    }
    return result;
}

}  // namespace nonzero
