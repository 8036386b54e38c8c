// The weight buffer between stubs: every job gets the slots of its rows, with values or only counted.

#include "models/systolic/weight_buffer.h"

#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include "tests/common/in_range.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/systolic/random_array.h"

using namespace nonzero;
using namespace nonzero::systolic;

namespace {

struct Bench : ModuleBench {
    Bench(sc_core::sc_module_name module_name, const ArrayParameters& machine)
        : ModuleBench(module_name, "buffer"),
          parameters(machine),
          buffer("buffer", machine, statistics),
          load("load"),
          requests("requests"),
          array("array", [this](SlotBlock& block, sc_core::sc_time& delay) {
              received = block;
              values.assign(block.values.begin(), block.values.end());
              places.assign(block.places.begin(), block.places.end());
              delay += sc_core::sc_time(7, sc_core::SC_NS);
          }) {
        load.bind(buffer.load);
        requests.bind(buffer.requests);
        buffer.slots.bind(array);
    }
    WeightLoad send(const ArrayGeometry& geometry, const LayerSize& size, std::span<const std::uint8_t> bytes,
                    bool counted, std::optional<int> uniform_n = {}) {
        WeightLoad message;
        message.geometry = &geometry;
        message.size = size;
        message.uniform_n = uniform_n;
        message.counted = counted;
        message.bytes = bytes;
        sc_core::sc_time delay;
        load.send(message, delay);
        return message;
    }

    ArrayParameters parameters;
    WeightBuffer buffer;
    StreamInitiator<WeightLoad> load;
    StreamInitiator<SlotRequest> requests;
    StreamTarget<SlotBlock> array;
    SlotBlock received;
    std::vector<std::int16_t> values;
    std::vector<std::uint8_t> places;
};

std::vector<std::int16_t> random_matrix(const LayerSize& size, int percent) {
    std::vector<std::int16_t> matrix(size.groups * size.rows * size.columns);
    for (std::int16_t& weight : matrix) {
        weight = in_range(0, 99) < percent ? std::int16_t(in_range(1, 255) * (in_range(0, 1) == 0 ? 1 : -1))
                                           : std::int16_t{0};
    }
    return matrix;
}

}  // namespace

TEST_CASE("the weight buffer hands out the slots of every job") {
    std::vector<std::unique_ptr<Bench>> benches;
    for (const ArrayKind kind : kAllKinds) {
        benches.push_back(std::make_unique<Bench>(name_of(kind), default_parameters(kind)));
    }
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (const auto& bench : benches) {
        CHECK(test::property_holds(bench->name(), [&] {
            ArrayParameters small = random_array(bench->parameters.kind, in_range);
            const LayerSize size{std::size_t(in_range(1, 2)), std::size_t(in_range(1, 20)),
                                 std::size_t(in_range(1, 40))};
            const ArrayGeometry geometry = make_geometry(small, int(size.rows));
            const auto matrix = random_matrix(size, *rc::gen::element(0, 10, 50, 100));
            const std::uint32_t pixels = std::uint32_t(in_range(1, 30));
            for (const bool counted : {false, true}) {
                std::vector<std::uint8_t> bytes;
                (counted ? append_counts : append_packed)(geometry, size, matrix, std::nullopt, bytes);
                const WeightLoad load = bench->send(geometry, size, bytes, counted);
                RC_ASSERT(!load.malformed);
                RC_ASSERT(load.panels->size() == size.groups);
                bench->statistics.clear();
                bench->buffer.slots.clear_traffic();
                std::uint64_t words = 0;
                // How often each weight was handed out, and with which value.
                std::vector<std::int16_t> found(matrix.size(), 0);
                std::uint64_t weights = 0;
                for (std::size_t convolution_group = 0; convolution_group < size.groups; ++convolution_group) {
                    const std::vector<Panel>& panels = (*load.panels)[convolution_group];
                    for_each_job(geometry, panels, std::uint32_t(size.columns), pixels, [&](const PassJob& job) {
                        SlotRequest request;
                        request.convolution_group = int(convolution_group);
                        request.job = &job;
                        request.passes = passes_of(geometry, small.timing, size_of(panels[job.panel], job));
                        sc_core::sc_time delay(3, sc_core::SC_NS);
                        bench->requests.send(request, delay);
                        RC_ASSERT(delay == sc_core::sc_time(10, sc_core::SC_NS));
                        const SlotBlock& block = bench->received;
                        RC_ASSERT(block.panel == &panels[job.panel]);
                        RC_ASSERT(block.job == &job);
                        RC_ASSERT(block.passes.count == request.passes.count);
                        const std::size_t slots = job.slots();
                        words += block.passes.count * block.panel->rows.size() * slots;
                        if (job.pixel_begin == 0) {
                            weights += block.weights;
                        }
                        if (counted || job.pixel_begin != 0) {
                            return;
                        }
                        RC_ASSERT(bench->values.size() == block.panel->rows.size() * slots);
                        RC_ASSERT(bench->places.size() == (geometry.block > 1 ? bench->values.size() : 0));
                        for (std::size_t n = 0; n < bench->values.size(); ++n) {
                            if (bench->values[n] == 0) {
                                continue;
                            }
                            const std::size_t slot = job.slot_begin + n % slots;
                            const std::size_t column = !block.panel->columns.empty() ? block.panel->columns[slot]
                                                       : geometry.block == 1         ? slot
                                                                             : slot / std::size_t(block.panel->n) *
                                                                                       std::size_t(geometry.block) +
                                                                                   bench->places[n];
                            found[(convolution_group * size.rows + block.panel->rows[n / slots]) * size.columns +
                                  column] = bench->values[n];
                        }
                    });
                }
                RC_ASSERT(counted || found == matrix);
                RC_ASSERT(weights == matrix.size() - std::size_t(std::ranges::count(matrix, 0)));
                RC_ASSERT(bench->counter("slot_words") == words);
                RC_ASSERT(bench->counter("slot_bytes") == bench->buffer.slots.traffic().bytes);
                const int bits = 9 + (geometry.block == 4 ? 2 : geometry.block == 8 ? 3 : 0);
                RC_ASSERT(bench->received.slot_bits == bits);
            }
        }));
    }
}

TEST_CASE("the weight buffer refuses weights that are too wide") {
    Bench bench("bench", default_parameters(ArrayKind::weight_stationary));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    const LayerSize size{1, 1, 2};
    const ArrayGeometry geometry = make_geometry(bench.parameters, 1);
    for (const auto& [weight, fits] : {std::pair{255, true}, {-256, true}, {256, false}, {-257, false}}) {
        std::vector<std::uint8_t> bytes;
        append_packed(geometry, size, std::vector<std::int16_t>{0, std::int16_t(weight)}, std::nullopt, bytes);
        CHECK(bench.send(geometry, size, bytes, false).malformed == !fits);
    }
}
