// The multiply-add array between stubs: what it reads, multiplies, hands on and counts.

#include "models/demm/multiply_add_array.h"

#include <catch2/catch.hpp>

#include <deque>
#include <map>

#include "models/demm/row_products.h"
#include "tests/common/property.h"
#include "tests/models/common/module_bench.h"
#include "tests/models/demm/random_rows.h"

using namespace nonzero;
using namespace nonzero::demm;

namespace {

constexpr int kDepth = 20;

struct Bench : ModuleBench {
    Bench(sc_core::sc_module_name module_name, const DemmParameters& machine)
        : ModuleBench(module_name, "array"),
          parameters(machine),
          array("array", machine, statistics, nullptr),
          rows("rows"),
          output("output", [this](gemm::PsumBlock& block, sc_core::sc_time&) { take(block); }) {
        rows.bind(array.rows);
        array.psums.bind(output);
        for (int port = 0; port < machine.n; ++port) {
            memory.emplace_back(
                ("memory_" + std::to_string(port)).c_str(),
                [this, port](RowReadBurst& burst, sc_core::sc_time& delay) { answer(port, burst, delay); });
            array.read[std::size_t(port)].bind(memory.back());
        }
    }
    void answer(int port, RowReadBurst& burst, sc_core::sc_time& delay) {
        RC_ASSERT(burst.bank == 1);
        RC_ASSERT(burst.words == words);
        std::uint64_t found = 0;
        for (std::size_t n = 0; n < burst.rows.size(); ++n) {
            const bool reads_row = burst.rows[n] != RowReadBurst::kNoRead;
            burst.data[n] = reads_row ? contents.data() + burst.rows[n] * pitch : nullptr;
            found += reads_row ? 1 : 0;
        }
        RC_ASSERT(burst.rows.empty() || found == burst.reads);
        reads += burst.reads;
        burst.non_zeros = 1000 + std::uint64_t(port);
        delay += clock(burst.cycles + (port == late_port ? 1 : 0));
    }
    void take(const gemm::PsumBlock& block) {
        RC_ASSERT(block.p == columns);
        RC_ASSERT(block.convolution_group == 2);
        RC_ASSERT(block.bits == 32);
        sum_rows += block.count;
        std::visit(
            [&](const auto& sums) {
                for (std::size_t n = 0; n < block.count && !sums.empty(); ++n) {
                    auto& row = totals[block.rows[n]];
                    row.resize(std::size_t(words));
                    for (std::size_t p = 0; p < row.size(); ++p) {
                        row[p] += std::int64_t(sums[n * block.row_stride + p]);
                    }
                }
            },
            block.sums);
    }
    void forget() {
        statistics.clear();
        totals.clear();
        sum_rows = reads = 0;
    }

    DemmParameters parameters;
    MultiplyAddArray array;
    StreamInitiator<RowBlock> rows;
    StreamTarget<gemm::PsumBlock> output;
    std::deque<StreamTarget<RowReadBurst>> memory;

    std::size_t pitch = 64;
    AlignedVector<std::int16_t> contents;  // kDepth rows
    int words = 0;
    Range columns;
    int late_port = -1;
    std::map<std::uint32_t, std::vector<std::int64_t>> totals;
    std::uint64_t sum_rows = 0;
    std::uint64_t reads = 0;
};

DemmParameters small_machine(int k) {
    DemmParameters parameters;
    parameters.n = 3;
    parameters.m = kDepth;
    parameters.c = 50;
    parameters.k = k;
    parameters.operand_bits = 16;
    return parameters;
}

PackedRows rows_of(const GemmShape& shape, const std::vector<std::int16_t>& matrix, const DemmParameters& parameters,
                   bool count_only) {
    const WeightRegion region = pack(shape, matrix, parameters);
    const RowRule rule{parameters.n, shape.K, 16, std::nullopt};
    if (!count_only) {
        std::span<const std::uint8_t> bytes(region.packed);
        return arrange_rows(take_nm_tile(bytes, {parameters.n, parameters.m}).value(), rule).value();
    }
    std::vector<std::uint16_t> counts;
    for (std::size_t n = 0; n < region.counts.size(); n += 2) {
        counts.push_back(region.counts[n]);
    }
    return count_rows(counts, rule).value();
}

void check_blocks(Bench& bench, int magnitude) {
    bench.contents.assign(std::size_t(kDepth) * bench.pitch, 0);
    CHECK(test::property_holds("random blocks", [&] {
        const GemmShape shape{1, *rc::gen::inRange(1, 140), *rc::gen::inRange(1, kDepth + 1), 1};
        bench.words = *rc::gen::inRange(1, 51);
        bench.columns = {7, 7 + bench.words};
        const auto matrix = random_matrix(shape, *rc::gen::inRange(0, 11), magnitude);
        for (std::size_t row = 0; row < std::size_t(kDepth); ++row) {
            for (std::size_t p = 0; p < std::size_t(bench.words); ++p) {
                bench.contents[row * bench.pitch + p] = std::int16_t(*rc::gen::inRange(-magnitude, magnitude + 1));
            }
        }
        for (const bool count_only : {true, false}) {
            const PackedRows packed = rows_of(shape, matrix, bench.parameters, count_only);
            TileJob job;
            job.convolution_group = 2;
            job.p = bench.columns;
            job.bank = 1;
            job.activation_bits = magnitude > 255 ? 16 : 9;
            RowBlock block;
            block.rows = &packed;
            block.weight_bits = job.activation_bits;
            block.job = &job;
            block.ports = 3;
            bench.forget();
            sc_core::sc_time delay = bench.clock(4);
            bench.rows.send(block, delay);
            RC_ASSERT(delay == bench.clock(4 + packed.slots));

            std::uint64_t sums = 0;
            std::uint64_t beyond = 0;
            std::uint64_t weights = 0;
            for (std::size_t row = 0; row < std::size_t(shape.Mo); ++row) {
                const std::uint64_t updates = accumulations(packed.row_slots[row], bench.parameters.k);
                sums += updates;
                beyond += updates > 1 ? 1 : 0;
                if (!count_only) {
                    RC_ASSERT(bench.totals.count(std::uint32_t(row)) == 1);
                }
                for (std::size_t p = 0; p < std::size_t(bench.words); ++p) {
                    std::int64_t expected = 0;
                    for (std::size_t k = 0; k < std::size_t(shape.K); ++k) {
                        const std::int16_t weight = matrix[row * std::size_t(shape.K) + k];
                        expected += std::int64_t{weight} * bench.contents[k * bench.pitch + p];
                        weights += p == 0 && weight != 0 ? 1 : 0;
                    }
                    if (!count_only) {
                        RC_ASSERT(bench.totals[std::uint32_t(row)][p] == expected);
                    }
                }
            }
            const auto words = std::uint64_t(bench.words);
            RC_ASSERT(bench.sum_rows == sums);
            RC_ASSERT(bench.reads == weights);
            RC_ASSERT(bench.counter("beyond_k") == beyond);
            RC_ASSERT(bench.counter("row_jobs") == std::uint64_t(shape.Mo));
            RC_ASSERT(bench.counter("products") == weights * words);
            RC_ASSERT(bench.counter("busy") == weights * words);
            RC_ASSERT(bench.counter("column_fragment") == weights * (50 - words));
            RC_ASSERT(bench.counter("port_idle") == (3 * packed.slots - weights) * 50);
            RC_ASSERT(job.products == weights * words);
            RC_ASSERT(job.useful_products == 1000 + 1001 + 1002);
        }
    }));
}

}  // namespace

TEST_CASE("blocks of rows give their sums, narrow operands") {
    Bench bench("bench", small_machine(2));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    check_blocks(bench, 255);
}
TEST_CASE("blocks of rows give their sums, wide operands") {
    Bench bench("bench", small_machine(7));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    check_blocks(bench, 32767);
}

TEST_CASE("ports that do not read in step are a programming error") {
    Bench bench("bench", small_machine(2));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    bench.words = 1;
    bench.columns = {0, 1};
    const PackedRows packed = rows_of({1, 1, 4, 1}, {1, 2, 3, 4}, bench.parameters, true);
    TileJob job;
    job.bank = 1;
    job.convolution_group = 2;
    job.p = bench.columns;
    RowBlock block;
    block.rows = &packed;
    block.job = &job;
    sc_core::sc_time delay;
    bench.rows.send(block, delay);
    for (const int port : {0, 2}) {
        bench.late_port = port;
        CHECK_THROWS_AS(bench.rows.send(block, delay), std::logic_error);
    }
}
