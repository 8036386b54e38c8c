// The array between stubs: partial sums, multiplier cycles and time of random slots and operands.

#include "models/systolic/systolic_array.h"

#include <catch2/catch.hpp>
#include <map>
#include "tests/common/property.h"

#include "tests/common/in_range.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/systolic/random_array.h"

using namespace nonzero;
using namespace nonzero::systolic;

namespace {

struct Bench : ModuleBench {
    Bench(sc_core::sc_module_name module_name, const ArrayParameters& machine)
        : ModuleBench(module_name, "array"),
          parameters(machine),
          array("array", machine, clock, statistics, nullptr),
          slots("slots"),
          operands("operands"),
          psums("psums", [this](gemm::PsumBlock& block, sc_core::sc_time&) { take(block); }) {
        slots.bind(array.slots);
        operands.bind(array.operands);
        array.psums.bind(psums);
    }
    void take(const gemm::PsumBlock& block) {
        ++blocks;
        has_sums = std::visit([](const auto& sums) { return !sums.empty(); }, block.sums);
        for (std::size_t row = 0; has_sums && row < block.count; ++row) {
            for (int p = block.p.begin; p < block.p.end; ++p) {
                const std::size_t at = row * block.row_stride + std::size_t(p - block.p.begin);
                found[{int(block.rows[row]), p}] +=
                    std::visit([at](const auto& sums) { return std::int64_t(sums[at]); }, block.sums);
            }
        }
        RC_ASSERT(block.bits == 32);
    }

    ArrayParameters parameters;
    SystolicArray array;
    StreamInitiator<SlotBlock> slots;
    StreamInitiator<OperandBlock> operands;
    StreamTarget<gemm::PsumBlock> psums;
    std::map<std::pair<int, int>, std::int64_t> found;
    int blocks = 0;
    bool has_sums = false;
};

std::int16_t random_value(int limit) {
    return in_range(0, 2) == 0 ? std::int16_t{0} : std::int16_t(in_range(-limit, limit));
}

// A panel of one job with its slots filled at random.
struct Work {
    explicit Work(const ArrayGeometry& array_geometry) : geometry(array_geometry) {
        const auto block = std::uint32_t(geometry.block);
        const int rows = geometry.panel_rows == 0 ? in_range(1, 9) : in_range(1, geometry.panel_rows);
        for (int row = 0; row < rows; ++row) {
            panel.rows.push_back(std::uint32_t(3 * row + 1));
        }
        panel.n = geometry.allowed[std::size_t(in_range(0, int(geometry.allowed.size()) - 1))];
        columns = std::uint32_t(in_range(1, 40));
        panel.slots = blocks_of(geometry, columns) * std::uint32_t(panel.n);
        if (geometry.rule == PanelRule::shared_columns) {
            for (std::uint32_t column = 0; column < columns; ++column) {
                if (column + 1 == columns || in_range(0, 1) == 0) {
                    panel.columns.push_back(column);
                }
            }
            panel.slots = std::uint32_t(panel.columns.size());
        }
        std::vector<PassJob> jobs;
        for_each_job(geometry, std::span(&panel, 1), columns, std::uint32_t(in_range(1, 300)),
                     [&](const PassJob& each) { jobs.push_back(each); });
        job = jobs[std::size_t(in_range(0, int(jobs.size()) - 1))];
        const int limit = *rc::gen::element(1, 127, 32767);
        for (std::size_t row = 0; row < panel.rows.size(); ++row) {
            for (std::uint32_t slot = job.slot_begin; slot < job.slot_end; ++slot) {
                std::int16_t value = random_value(limit);
                std::uint8_t place = 0;
                if (block > 1) {
                    // The entries of a block side by side at its front, missing ones at the end.
                    const std::uint32_t entry = slot % std::uint32_t(panel.n);
                    const std::uint32_t first = slot / std::uint32_t(panel.n) * block;
                    if (first + entry >= columns) {
                        value = 0;
                    }
                    place = value == 0 ? std::uint8_t{0} : std::uint8_t(entry);
                    places.push_back(place);
                }
                values.push_back(value);
                weights += value != 0 ? 1 : 0;
            }
        }
        stride = job.pixels() + std::size_t(in_range(0, 3));
        operand_values.resize(job.columns() * stride);
        const int operand_limit = *rc::gen::element(1, 255, 32767);
        bits = operand_limit == 1 ? 2 : operand_limit == 255 ? 9 : 16;
        for (std::int16_t& value : operand_values) {
            value = random_value(operand_limit);
        }
        for (std::size_t k = 0; k < job.columns(); ++k) {
            std::uint32_t count = 0;
            for (std::size_t p = 0; p < job.pixels(); ++p) {
                count += operand_values[k * stride + p] != 0 ? 1 : 0;
            }
            non_zeros.push_back(count);
        }
    }
    std::uint32_t column(std::size_t slot, std::size_t index) const {
        return !panel.columns.empty() ? panel.columns[slot]
               : places.empty()
                   ? std::uint32_t(slot)
                   : std::uint32_t(slot) / std::uint32_t(panel.n) * std::uint32_t(geometry.block) + places[index];
    }
    void multiply(std::map<std::pair<int, int>, std::int64_t>& sums, std::uint64_t& useful) const {
        for (std::size_t index = 0; index < values.size(); ++index) {
            const std::size_t slot = job.slot_begin + index % job.slots();
            for (std::uint32_t p = 0; p < job.pixels(); ++p) {
                std::int64_t& sum = sums[{int(panel.rows[index / job.slots()]), int(job.pixel_begin + p)}];
                if (values[index] != 0) {
                    const std::int16_t operand = operand_values[(column(slot, index) - job.column_begin) * stride + p];
                    sum += std::int64_t{values[index]} * operand;
                    useful += operand != 0 ? 1 : 0;
                }
            }
        }
    }

    const ArrayGeometry& geometry;
    Panel panel;
    std::uint32_t columns = 1;
    PassJob job;
    std::vector<std::int16_t> values;
    std::vector<std::uint8_t> places;
    std::uint64_t weights = 0;
    std::size_t stride = 0;
    std::vector<std::int16_t> operand_values;
    std::vector<std::uint32_t> non_zeros;
    int bits = 16;
};

OperandBlock operand_block(const Work& work, Range pixels, const JobPasses& passes) {
    OperandBlock block;
    block.pixels = pixels;
    block.data = work.operand_values.data() + (pixels.begin - int(work.job.pixel_begin));
    block.row_stride = work.stride;
    block.non_zeros = work.non_zeros;
    block.bits = work.bits;
    block.last = pixels.end == int(work.job.pixel_end);
    block.passes = passes;
    block.columns = work.job.columns();
    return block;
}

void check_work(Bench& bench, bool counted) {
    ArrayParameters parameters = bench.parameters;
    const ArrayGeometry geometry = make_geometry(parameters, in_range(1, 60));
    const Work work(geometry);
    const JobSize size = size_of(work.panel, work.job);
    const JobPasses passes = passes_of(geometry, parameters.timing, size);
    bench.statistics.clear();
    bench.found.clear();
    bench.blocks = 0;

    SlotBlock slots;
    slots.geometry = &geometry;
    slots.panel = &work.panel;
    slots.job = &work.job;
    slots.passes = passes;
    slots.weights = work.weights;
    if (!counted) {
        slots.values = work.values;
        slots.places = work.places;
    }
    sc_core::sc_time delay;
    bench.slots.send(slots, delay);
    const Cycles loads = passes.count * passes.each.load;
    RC_ASSERT(delay == bench.clock(geometry.stationary == Stationary::weights ? loads : 0));

    // All pixels at once, or in two blocks.
    const int begin = int(work.job.pixel_begin);
    const int end = int(work.job.pixel_end);
    const int cut = in_range(0, 1) == 0 ? end : in_range(begin + 1, end);
    OperandBlock block = operand_block(work, {begin, cut}, passes);
    if (counted) {
        block.data = nullptr;
        block.non_zeros = {};
    }
    bench.operands.send(block, delay);
    std::uint64_t useful = block.useful_products;
    if (cut < end) {
        RC_ASSERT(block.products == 0);
        RC_ASSERT(delay == bench.clock(geometry.stationary == Stationary::weights ? loads : 0));
        block = operand_block(work, {cut, end}, passes);
        block.non_zeros = {};
        std::vector<std::uint32_t> rest;
        for (std::size_t k = 0; k < work.job.columns(); ++k) {
            std::uint32_t count = 0;
            for (int p = cut; p < end; ++p) {
                count += work.operand_values[k * work.stride + std::size_t(p - begin)] != 0 ? 1 : 0;
            }
            rest.push_back(count);
        }
        if (counted) {
            block.data = nullptr;
        } else {
            block.non_zeros = rest;
        }
        bench.operands.send(block, delay);
        // The first block's count was that of the whole job.
        useful = 0;
    }
    RC_ASSERT(delay == bench.clock(passes.count * (passes.each.load + passes.each.stream)));

    RC_ASSERT(bench.blocks == (cut < end ? 2 : 1));
    RC_ASSERT(bench.has_sums == !counted);
    if (!counted) {
        std::map<std::pair<int, int>, std::int64_t> expected;
        std::uint64_t expected_useful = 0;
        work.multiply(expected, expected_useful);
        RC_ASSERT(bench.found == expected);
        RC_ASSERT(cut < end || useful == expected_useful);
    }
    const std::uint64_t multiplied = work.panel.rows.size() * work.job.slots() * work.job.pixels();
    RC_ASSERT(block.products == multiplied);
    RC_ASSERT(bench.counter("products") == multiplied);
    RC_ASSERT(bench.counter("busy") == work.weights * work.job.pixels());
    RC_ASSERT(bench.counter("zero_weight") == multiplied - work.weights * work.job.pixels());
    RC_ASSERT(bench.counter("busy") + bench.counter("zero_weight") + bench.counter("edge") ==
              passes.count * passes.each.stream * std::uint64_t(parameters.multipliers()));
    RC_ASSERT(bench.counter("passes") == passes.count);
    std::uint64_t used = 0;
    for (std::uint64_t pass = 0; pass < passes.count; ++pass) {
        used += multipliers_used(geometry, size, pass) * passes.each.stream;
    }
    RC_ASSERT(used == multiplied);
}

}  // namespace

TEST_CASE("the array multiplies what stands on it") {
    std::vector<std::unique_ptr<Bench>> benches;
    std::uint32_t state = 11;
    const auto plain_pick = [&state](int low, int high) {
        state = state * 1664525 + 1013904223;
        return low + int((state >> 8) % std::uint32_t(high - low + 1));
    };
    for (int n = 0; n < 14; ++n) {
        const ArrayKind kind = kAllKinds[n % 7];
        benches.push_back(std::make_unique<Bench>((std::string(name_of(kind)) + std::to_string(n)).c_str(),
                                                  random_array(kind, plain_pick)));
    }
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (const auto& bench : benches) {
        CHECK(test::property_holds(std::string(bench->name()) + " with values", [&] { check_work(*bench, false); }));
        CHECK(test::property_holds(std::string(bench->name()) + " only counted", [&] { check_work(*bench, true); }));
    }
}

TEST_CASE("operands without slots are a programming error") {
    Bench bench("bench", default_parameters(ArrayKind::vegeta));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    OperandBlock block;
    sc_core::sc_time delay;
    CHECK_THROWS_AS(bench.operands.send(block, delay), std::logic_error);
}
