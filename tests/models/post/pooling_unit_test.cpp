// A pooling unit between stubs: what it sends, what it puts out, and that nothing may get lost.

#include "models/post/pooling_unit.h"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "tests/models/common/pooling_stub.h"
#include "tests/models/common/script.h"

using namespace nonzero;

namespace {

struct Bench : sc_core::sc_module {
    explicit Bench(sc_core::sc_module_name module_name)
        : sc_module(module_name),
          unit("unit", 16, statistics, [this](std::span<const std::int16_t> values, int channels) {
              outputs.emplace_back(values.begin(), values.end());
              output_channels.push_back(channels);
          }) {
        stub.bind(unit);
    }
    void begin(const PoolingPlan& plan, int number, int channels) {
        stub.send({PoolCommand::Kind::begin_layer, &plan, number, channels});
    }
    void pool(int channels) { stub.send({PoolCommand::Kind::pool_group, nullptr, 0, channels}); }

    Statistics statistics;
    PoolingUnit unit;
    PoolingUnitStub stub;
    std::vector<std::vector<std::int16_t>> outputs;
    std::vector<int> output_channels;
};

// A line of 8 outputs over two units, four each; windows of 3 with stride 2, padding 2 before: -2..0, 0..2, 2..4, 4..6.
// Unit 0 sees 0..2, unit 1 sees 2..6.
const Pooling kPooling{PoolKind::max, 3, 2, 2, 0};

}  // namespace

TEST_CASE("a pooling unit keeps what it sees, sends what others see and pools group after group") {
    Bench bench("bench");
    Script::simulate([&] {
        const PoolingPlan plan(kPooling, 1, 8, 1, 2);
        bench.begin(plan, 1, 2);
        for (int group = 0; group < 3; ++group) {
            // Two channels, one in the last group. Unit 1 owns 4..7 and lacks 2 and 3.
            const int channels = group == 2 ? 1 : 2;
            const int base = 100 * group;
            std::vector<std::int16_t> own{4, 9, 6, 50, -4, -9, -6, 50};
            for (std::int16_t& value : own) {
                value = std::int16_t(value + base);
            }
            own.resize(std::size_t(4 * channels));
            bench.unit.take(own);
            CHECK(bench.stub.packets.empty());
            std::vector<Packet> lacking{{1, 0, base + 7}, {1, 1, base + 3}, {1, 5, base - 8}, {1, 6, base - 1}};
            lacking.resize(std::size_t(2 * channels));
            bench.stub.deliver(lacking);
            bench.pool(channels);
            std::vector<std::int16_t> expected{std::int16_t(base + 7), std::int16_t(base + 9), std::int16_t(base - 1),
                                               std::int16_t(base - 4)};
            expected.resize(std::size_t(2 * channels));
            CHECK(bench.outputs.back() == expected);
            CHECK(bench.output_channels.back() == channels);
        }
        CHECK(bench.outputs.size() == 3);
        CHECK(bench.statistics.value("bench.unit.values_received") == 10);
        CHECK(bench.statistics.value("bench.unit.values_sent") == 0);

        // The same line for unit 0, which owns what unit 1 lacks.
        bench.begin(plan, 0, 2);
        bench.unit.take(std::vector<std::int16_t>{1, 2, 3, 40, 5, 6, 7, 80});
        REQUIRE(bench.stub.packets.size() == 4);
        const std::int64_t values[] = {3, 40, 7, 80};
        const std::uint32_t addresses[] = {0, 1, 5, 6};
        for (std::size_t n = 0; n < 4; ++n) {
            CHECK(bench.stub.packets[n].destination == 1);
            CHECK(bench.stub.packets[n].address == addresses[n]);
            CHECK(bench.stub.packets[n].value == values[n]);
        }
        bench.pool(2);
        CHECK(bench.outputs.back() == std::vector<std::int16_t>{1, 3, 5, 7});
        CHECK(bench.statistics.value("bench.unit.values_sent") == 4);
    });
}

TEST_CASE("outputs that get lost, or come twice, on their way to a window stop the simulation") {
    Bench bench("bench");
    Script::simulate([&] {
        const PoolingPlan plan(kPooling, 1, 8, 1, 2);
        const auto begin = [&] {
            bench.begin(plan, 1, 1);
            bench.unit.take(std::vector<std::int16_t>{1, 2, 3, 4});
        };
        begin();
        bench.stub.deliver({{1, 0, 7}});
        CHECK_THROWS_AS(bench.pool(1), std::logic_error);
        begin();
        bench.stub.deliver({{1, 0, 7}, {1, 1, 6}, {1, 1, 6}});
        CHECK_THROWS_AS(bench.pool(1), std::logic_error);
        begin();
        CHECK_THROWS_AS(bench.stub.deliver({{1, 5, 7}}), std::out_of_range);
        CHECK(bench.outputs.empty());
        begin();
        bench.stub.deliver({{1, 0, 7}, {1, 1, 6}});
        bench.pool(1);
        CHECK(bench.outputs.back() == std::vector<std::int16_t>{7, 3});
    });
}
