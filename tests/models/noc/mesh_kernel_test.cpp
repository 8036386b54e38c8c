#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <queue>
#include <random>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "models/noc/mesh_kernel.h"

using nonzero::Cycles;
using nonzero::MeshResult;
using nonzero::MeshShape;
using nonzero::resolve_mesh;

namespace {

using Destinations = std::vector<std::vector<std::uint16_t>>;

// The rule of scnn_facts.md 10.9.12 word for word: one event per packet and router, taken in order, a reservation per
// link.
MeshResult naive_mesh(const MeshShape& shape, const Destinations& destinations) {
    using Event = std::tuple<Cycles, std::size_t, std::size_t, int>;  // time, source, packet number, router
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
    std::map<std::pair<int, int>, Cycles> link_free;
    std::map<std::pair<int, int>, std::uint64_t> load;
    MeshResult result;
    for (std::size_t source = 0; source < destinations.size(); ++source) {
        for (std::size_t number = 0; number < destinations[source].size(); ++number) {
            events.emplace(0, source, number, static_cast<int>(source));
            ++result.packets;
        }
    }
    while (!events.empty()) {
        const auto [time, source, number, router] = events.top();
        events.pop();
        const int goal = destinations[source][number];
        if (goal == router) {
            result.cycles = std::max(result.cycles, time);
            continue;
        }
        const int dx = goal % shape.columns - router % shape.columns;
        const int dy = goal / shape.columns - router / shape.columns;
        const int next = dx != 0 ? router + (dx > 0 ? 1 : -1) : router + (dy > 0 ? shape.columns : -shape.columns);
        Cycles& free = link_free[{router, next}];
        const Cycles start = std::max(time, free);
        free = start + 1;
        ++load[{router, next}];
        ++result.hops;
        events.emplace(start + 1, source, number, next);
    }
    for (const auto& entry : load) {
        result.busiest_link = std::max(result.busiest_link, entry.second);
    }
    return result;
}

void check_equal(const MeshResult& result, const MeshResult& expected) {
    RC_ASSERT(result.cycles == expected.cycles);
    RC_ASSERT(result.packets == expected.packets);
    RC_ASSERT(result.hops == expected.hops);
    RC_ASSERT(result.busiest_link == expected.busiest_link);
}

// Convolution as the packets of an exchange see it (scnn_facts.md 10.9 rules 1, 2 and 11), on 8 x 8 PEs with 1024
// accumulators.
struct Convolution {
    int height, width, outputs_of_convolution_group, kernel_rows, kernel_columns, stride, pad;

    int p() const { return (height + 2 * pad - kernel_rows) / stride + 1; }
    int q() const { return (width + 2 * pad - kernel_columns) / stride + 1; }

    static int ceil_div(int a, int b) { return (a + b - 1) / b; }

    int largest_group() const {
        const int columns = std::min(q(), ceil_div(ceil_div(width, 8) + kernel_columns - 1, stride));
        const int rows = std::min(p(), ceil_div(ceil_div(height, 8) + kernel_rows - 1, stride));
        return std::min({8, 1024 / (rows * columns), outputs_of_convolution_group});
    }

    static int owner(int position, int size) {
        int part = 0;
        while (!(part * size / 8 <= position && position < (part + 1) * size / 8)) {
            ++part;
        }
        return part;
    }

    // Outputs [first, second) of one line that part `part` reaches.
    std::pair<int, int> reach(int part, int size, int kernel, int outputs) const {
        const int begin = part * size / 8;
        const int end = (part + 1) * size / 8;
        if (begin == end) {
            return {0, 0};
        }
        int first = 0;
        while (first * stride < begin + pad - kernel + 1) {
            ++first;
        }
        int last = outputs - 1;
        while (last * stride > end - 1 + pad) {
            --last;
        }
        return {first, std::max(first, last + 1)};
    }

    Destinations packets(int group) const {
        Destinations destinations(64);
        for (int pe = 0; pe < 64; ++pe) {
            const auto rows = reach(pe / 8, height, kernel_rows, p());
            const auto columns = reach(pe % 8, width, kernel_columns, q());
            for (int k = 0; k < group; ++k) {
                for (int y = rows.first; y < rows.second; ++y) {
                    for (int x = columns.first; x < columns.second; ++x) {
                        const int to = 8 * owner(y, p()) + owner(x, q());
                        if (to != pe) {
                            destinations[static_cast<std::size_t>(pe)].push_back(static_cast<std::uint16_t>(to));
                        }
                    }
                }
            }
        }
        return destinations;
    }

    Cycles exchange(int group) const { return resolve_mesh({8, 8}, packets(group)).cycles; }
};

}  // namespace

TEST_CASE("random exchanges take exactly as long as in an event simulation") {
    CHECK(nonzero::test::property_holds("random destinations", [] {
        const MeshShape shape{*rc::gen::inRange(1, 9), *rc::gen::inRange(1, 9)};
        const auto count = static_cast<std::size_t>(*rc::gen::inRange(0, 60));
        Destinations destinations(static_cast<std::size_t>(shape.nodes()));
        for (auto& list : destinations) {
            const auto length = *rc::gen::inRange<std::size_t>(0, count + 1);
            list = *rc::gen::container<std::vector<std::uint16_t>>(
                length, rc::gen::inRange<std::uint16_t>(0, static_cast<std::uint16_t>(shape.nodes())));
        }
        check_equal(resolve_mesh(shape, destinations), naive_mesh(shape, destinations));
    }));
    // A few hot spots make long queues, where the order of packets on a shared link decides.
    CHECK(nonzero::test::property_holds("hot spots", [] {
        const MeshShape shape{*rc::gen::inRange(2, 7), *rc::gen::inRange(2, 7)};
        const auto any_node = rc::gen::inRange<std::uint16_t>(0, static_cast<std::uint16_t>(shape.nodes()));
        const auto spots = *rc::gen::container<std::vector<std::uint16_t>>(3, any_node);
        Destinations destinations(static_cast<std::size_t>(shape.nodes()));
        for (auto& list : destinations) {
            list = *rc::gen::container<std::vector<std::uint16_t>>(*rc::gen::inRange<std::size_t>(0, 40),
                                                                   rc::gen::elementOf(spots));
        }
        check_equal(resolve_mesh(shape, destinations), naive_mesh(shape, destinations));
    }));
    // Few packets over long columns: a single wrong turn at a tie delays the farthest packet.
    CHECK(nonzero::test::property_holds("tall meshes", [] {
        const MeshShape shape{*rc::gen::inRange(3, 13), *rc::gen::inRange(1, 4)};
        Destinations destinations(static_cast<std::size_t>(shape.nodes()));
        for (auto& list : destinations) {
            list = *rc::gen::container<std::vector<std::uint16_t>>(
                *rc::gen::inRange<std::size_t>(0, 3),
                rc::gen::inRange<std::uint16_t>(0, static_cast<std::uint16_t>(shape.nodes())));
        }
        check_equal(resolve_mesh(shape, destinations), naive_mesh(shape, destinations));
    }));
}

TEST_CASE("the order of packets on a shared link is source first, then packet number") {
    // 0 1 2 : both 0 and 1 send to 2; node 1's second packet and node 0's first meet at link 1 -> 2 at time 1.
    const MeshShape line{1, 3};
    CHECK(resolve_mesh(line, Destinations{{2, 1}, {2}, {}}).cycles == 2);
    CHECK(resolve_mesh(line, Destinations{{2}, {2, 2}, {}}).cycles == 3);
    CHECK(resolve_mesh(line, Destinations{{1, 2}, {2}, {}}).cycles == 3);
    // Node 0's packet to 5 turns at node 2 in cycle 2, where packets of node 2 to 5 wait already.
    const MeshShape two_rows{2, 3};
    const MeshResult turn = resolve_mesh(two_rows, Destinations{{5}, {}, {5, 5, 5, 5}, {}, {}, {}});
    CHECK(turn.cycles == 5);
    CHECK(turn.hops == 7);
    CHECK(turn.busiest_link == 5);
    // At node 5 (row 2, column 1) in cycle 2 node 1's far packet meets node 4's second near one and goes first.
    Destinations meeting(12);
    meeting[4] = {7, 7};
    meeting[1] = {11};
    CHECK(resolve_mesh({6, 2}, meeting).cycles == 5);
    // Northwards the straight packet has the higher source and goes second.
    Destinations northwards(12);
    northwards[6] = {5, 5};
    northwards[11] = {1};
    CHECK(resolve_mesh({6, 2}, northwards).cycles == 6);
}

TEST_CASE("edges of an exchange") {
    CHECK(resolve_mesh({1, 1}, Destinations{{}}).cycles == 0);
    const MeshResult to_itself = resolve_mesh({2, 2}, Destinations{{0, 0}, {}, {}, {}});
    CHECK(to_itself.cycles == 0);
    CHECK(to_itself.packets == 2);
    CHECK(to_itself.hops == 0);
    CHECK(to_itself.busiest_link == 0);
    CHECK(resolve_mesh({4, 4}, Destinations(16)).cycles == 0);
    const MeshResult corner = [] {
        Destinations destinations(64 * 64);
        destinations[0] = {64 * 64 - 1};
        return resolve_mesh({64, 64}, destinations);
    }();
    CHECK(corner.cycles == 126);
    CHECK_THROWS_AS(resolve_mesh({2, 2}, Destinations{{4}, {}, {}, {}}), std::invalid_argument);
    CHECK_THROWS_AS(resolve_mesh({2, 2}, Destinations{{1}, {}, {}}), std::invalid_argument);
    CHECK_THROWS_AS(resolve_mesh({0, 2}, Destinations{}), std::invalid_argument);
}

TEST_CASE("exchanges of convolutions take the published cycles") {
    CHECK(Convolution{32, 32, 64, 3, 3, 1, 1}.exchange(8) == 50);
    CHECK(Convolution{16, 16, 64, 3, 3, 1, 1}.exchange(8) == 34);
    CHECK(Convolution{8, 8, 64, 3, 3, 1, 1}.exchange(8) == 26);
    CHECK(Convolution{13, 13, 64, 1, 1, 1, 1}.exchange(8) == 17);
    const Convolution alexnet_conv1{227, 227, 96, 11, 11, 4, 0};
    const Convolution alexnet_conv2{27, 27, 128, 5, 5, 1, 2};
    CHECK(alexnet_conv1.largest_group() == 8);
    CHECK(alexnet_conv2.largest_group() == 8);
    CHECK(alexnet_conv1.exchange(8) == 161);
    CHECK(alexnet_conv2.exchange(8) == 133);
    const Convolution lenet_conv1{28, 28, 20, 5, 5, 1, 0};
    const Convolution lenet_conv2{12, 12, 50, 5, 5, 1, 0};
    CHECK(lenet_conv1.exchange(lenet_conv1.largest_group()) == 193);
    CHECK(lenet_conv2.exchange(lenet_conv2.largest_group()) == 194);
    CHECK(lenet_conv2.exchange(2) == 50);
    for (const Convolution& layer : {alexnet_conv1, lenet_conv2}) {
        CHECK(layer.exchange(8) == naive_mesh({8, 8}, layer.packets(8)).cycles);
    }
}

TEST_CASE("an exchange of tens of thousands of packets agrees with the event simulation") {
    std::mt19937 engine(7);
    Destinations destinations(64);
    for (auto& list : destinations) {
        for (int i = 0; i < 500; ++i) {
            list.push_back(static_cast<std::uint16_t>(engine() % 64));
        }
    }
    const MeshResult result = resolve_mesh({8, 8}, destinations);
    const MeshResult expected = naive_mesh({8, 8}, destinations);
    CHECK(result.packets == 32000);
    CHECK(result.cycles == expected.cycles);
    CHECK(result.hops == expected.hops);
    CHECK(result.busiest_link == expected.busiest_link);
}
