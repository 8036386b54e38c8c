#include "models/demm/sequencer.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "models/demm/geometry.h"
#include "models/demm/slot_rule.h"

namespace nonzero::demm {

Sequencer::Sequencer(sc_core::sc_module_name name, const DemmParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : gemm::GemmEngine(name, parameters.widths(), clock, statistics, trace),
      weights("weights"),
      jobs("jobs"),
      preload("preload"),
      parameters_(parameters),
      recurrence_(parameters.preload, Cycles(parameters.pipeline_depth)),
      tile_of_b_(std::size_t(parameters.m) * std::size_t(parameters.c)),
      preloading_signal_(declare_signal(trace, *this, "preloading", 1)),
      computing_signal_(declare_signal(trace, *this, "computing", 1)),
      draining_signal_(declare_signal(trace, *this, "draining", 1)),
      tiles_(statistics.counter(*this, "tiles", CounterKind::count, "tiles of B preloaded and computed")),
      preload_(statistics.counter(*this, "preload", CounterKind::cycles,
                                  "MAC-cycles: nothing but a tile of B is on its way")),
      drain_(statistics.counter(*this, "drain", CounterKind::cycles, "MAC-cycles: the pipeline empties")) {}

void Sequencer::reset() {
    RowWriteBurst discard;
    discard.discard = true;
    sc_core::sc_time delay;
    preload.send(discard, delay);
    gemm::GemmEngine::reset();
}

std::optional<int> Sequencer::uniform_slots(const gemm::GemmPlan& plan) const {
    if (parameters_.rho == SlotsPerRow::per_row || !plan.pattern) {
        return std::nullopt;
    }
    return slots_of_pattern(*plan.pattern, parameters_.n, parameters_.m);
}

nz_error Sequencer::check_product(const gemm::GemmPlan& plan) const {
    const bool by_pattern = parameters_.rho == SlotsPerRow::pattern && plan.pattern.has_value();
    return by_pattern && !uniform_slots(plan) ? NZ_ERROR_SPARSITY : NZ_ERROR_NONE;
}

std::uint64_t Sequencer::count_bytes(const gemm::GemmPlan& plan) const {
    return std::uint64_t(plan.rows_of_A()) * std::uint64_t(tiles_of(plan.shape.K, parameters_.m)) *
           sizeof(std::uint16_t);
}

std::uint64_t Sequencer::largest_weights(const gemm::GemmPlan& plan) const {
    const auto uniform = std::size_t(uniform_slots(plan).value_or(0));
    std::uint64_t bytes = 0;
    for (int tile = 0; tile < tiles_of(plan.shape.K, parameters_.m); ++tile) {
        const auto columns = std::size_t(tile_range(plan.shape.K, parameters_.m, tile).size());
        const auto rows = std::size_t(plan.shape.Mo);
        const std::size_t slots = std::max(nm_slots(columns, parameters_.n), uniform);
        bytes += nm_tile_bytes(rows, rows * slots, {parameters_.n, parameters_.m});
    }
    return bytes * std::uint64_t(plan.shape.groups);
}

std::optional<std::uint64_t> Sequencer::take_weights(std::span<const std::uint8_t> bytes) {
    WeightLoad message;
    message.plan = &plan();
    message.uniform = uniform_slots(plan());
    message.bytes = bytes;
    sc_core::sc_time delay;
    weights.send(message, delay);
    tile_slots_ = std::move(message.slots);
    return message.malformed ? std::nullopt : std::optional(message.packed_bytes);
}

Cycles Sequencer::run(const nz_descriptor& /*descriptor*/, WorkContext& context, Completion& completion) {
    const GemmShape& shape = plan().shape;
    recurrence_ = TileRecurrence(parameters_.preload, Cycles(parameters_.pipeline_depth));
    Tile tile;
    for (tile.convolution_group = 0; tile.convolution_group < shape.groups; ++tile.convolution_group) {
        for (int p_tile = 0; p_tile < tiles_of(shape.P, parameters_.c); ++p_tile) {
            tile.p = tile_range(shape.P, parameters_.c, p_tile);
            for (tile.k_tile = 0; tile.k_tile < tiles_of(shape.K, parameters_.m); ++tile.k_tile) {
                tile.k = tile_range(shape.K, parameters_.m, tile.k_tile);
                run_tile(tile, context, completion);
                ++tile.number;
            }
        }
    }
    const Cycles end = recurrence_.finish();
    const auto depth = Cycles(parameters_.pipeline_depth);
    show(draining_signal_, "draining", "last tile", end - depth, depth);
    advance_to(end, context);
    const auto multipliers = std::uint64_t(parameters_.multipliers());
    preload_.add(recurrence_.exposed_preload() * multipliers);
    drain_.add(recurrence_.drain() * multipliers);
    return end;
}

void Sequencer::run_tile(const Tile& tile, WorkContext& context, Completion& completion) {
    const std::size_t row_of_tiles =
        std::size_t(tile.convolution_group) * std::size_t(tiles_of(plan().shape.K, parameters_.m));
    const TileTimes before = recurrence_.last();
    const TileTimes times =
        recurrence_.next(Cycles(tile.k.size()), tile_slots_[row_of_tiles + std::size_t(tile.k_tile)]);
    if (parameters_.preload == Preload::naive && tile.number > 0) {
        show(draining_signal_, "draining", fmt::format("tile {}", tile.number - 1), before.compute_end,
             times.preload_begin - before.compute_end);
    }
    advance_to(times.preload_begin, context);
    preload_tile(tile, times);
    advance_to(times.compute_begin, context);
    compute_tile(tile, times, completion);
    tiles_.add();
}

void Sequencer::preload_tile(const Tile& tile, const TileTimes& times) {
    gemm::ActivationTile request;
    request.convolution_group = tile.convolution_group;
    request.k = tile.k;
    request.p = tile.p;
    request.out = plan().count_only ? nullptr : tile_of_b_.data();
    request.row_stride = std::size_t(parameters_.c);
    sc_core::sc_time no_delay;
    tiles.send(request, no_delay);
    RowWriteBurst burst;
    burst.bank = tile.number % parameters_.banks();
    burst.rows = tile.k.size();
    burst.words = tile.p.size();
    burst.data = request.out;
    burst.row_stride = request.row_stride;
    sc_core::sc_time delay;
    preload.send(burst, delay);
    expect(delay, times.preload_end - times.preload_begin);
    show(preloading_signal_, "preloading", fmt::format("tile {}", tile.number), times.preload_begin,
         times.preload_end - times.preload_begin);
}

void Sequencer::compute_tile(const Tile& tile, const TileTimes& times, Completion& completion) {
    TileJob job;
    job.convolution_group = tile.convolution_group;
    job.k_tile = tile.k_tile;
    job.p = tile.p;
    job.bank = tile.number % parameters_.banks();
    job.activation_bits = activation_width();
    sc_core::sc_time delay;
    jobs.send(job, delay);
    const Cycles cycles = times.compute_end - times.compute_begin;
    expect(delay, cycles);
    completion.products += job.products;
    completion.useful_products += job.useful_products;
    show(computing_signal_, "computing", fmt::format("tile {}", tile.number), times.compute_begin, cycles,
         {{"group", std::uint64_t(tile.convolution_group)},
          {"first_k", std::uint64_t(tile.k.begin)},
          {"first_column", std::uint64_t(tile.p.begin)}});
}

void Sequencer::expect(const sc_core::sc_time& delay, Cycles cycles) const {
    if (delay != clock()(cycles)) {
        throw std::logic_error(fmt::format("{}: a block took {} instead of {} cycles", name(),
                                           delay.value() / clock().period().value(), cycles));
    }
}

}  // namespace nonzero::demm
