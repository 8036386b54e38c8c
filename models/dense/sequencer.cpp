#include "models/dense/sequencer.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/dense/block_products.h"

namespace nonzero::dense {

Sequencer::Sequencer(sc_core::sc_module_name name, const DenseParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : gemm::GemmEngine(name, parameters.widths(), clock, statistics, trace),
      weights("weights"),
      operand_tiles("operand_tiles"),
      jobs("jobs"),
      parameters_(parameters),
      computing_signal_(declare_signal(trace, *this, "computing", 1)) {}

std::uint64_t Sequencer::largest_weights(const gemm::GemmPlan& plan) const {
    return std::uint64_t(plan.rows_of_A()) * std::uint64_t(plan.shape.K) * sizeof(std::int16_t);
}

std::optional<std::uint64_t> Sequencer::take_weights(std::span<const std::uint8_t> bytes) {
    const std::uint64_t whole = largest_weights(plan());
    if (bytes.size() != (plan().count_only ? 0 : whole)) {
        return std::nullopt;
    }
    WeightLoad load;
    load.plan = &plan();
    load.bytes = bytes;
    sc_core::sc_time delay;
    weights.send(load, delay);
    return load.bits > parameters_.operand_bits ? std::nullopt : std::optional(whole);
}

Cycles Sequencer::run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) {
    const GemmShape& shape = plan().shape;
    const ConvolutionShape convolution = shape_of(descriptor);
    schedule_ = Schedule(parameters_, mapping_of(convolution), convolution, shape.K, shape.P);
    const int filters_of_set = schedule_.filters_of_set();
    const bool groups_together = filters_of_set != shape.Mo;
    for (int set = 0; set < schedule_.filter_sets(); ++set) {
        const int end = (set + 1) * filters_of_set;
        for (int p = 0; p < shape.P; p += schedule_.positions_of_job()) {
            const Range positions{p, std::min(shape.P, p + schedule_.positions_of_job())};
            if (!groups_together) {
                send_tile({set, set + 1}, positions);
            }
            for (int filter = set * filters_of_set; filter < end; filter += schedule_.filters_of_job()) {
                const Range filters{filter, std::min(end, filter + schedule_.filters_of_job())};
                if (groups_together) {
                    send_tile({filters.begin / shape.Mo, (filters.end - 1) / shape.Mo + 1}, positions);
                }
                const bool last = filters.end == plan().rows_of_A() && positions.end == shape.P;
                run_job(filters, positions, last, context, completion);
            }
        }
    }
    return now();
}

void Sequencer::send_tile(const Range& groups, const Range& p) {
    const auto length = std::size_t(plan().shape.K);
    OperandTile operands;
    operands.first_group = groups.begin;
    operands.groups = groups.size();
    operands.p = p;
    operands.activation_bits = activation_width();
    operands.row_stride = tile_stride(std::size_t(p.size()));
    words_.assign(plan().count_only ? 0 : std::size_t(groups.size()) * length * operands.row_stride, 0);
    for (int group = groups.begin; group < groups.end; ++group) {
        gemm::ActivationTile tile;
        tile.convolution_group = group;
        tile.k = {0, plan().shape.K};
        tile.p = p;
        tile.out = plan().count_only ? nullptr
                                     : words_.data() + std::size_t(group - groups.begin) * length * operands.row_stride;
        tile.row_stride = operands.row_stride;
        sc_core::sc_time free_of_time;
        tiles.send(tile, free_of_time);
    }
    operands.words = words_;
    sc_core::sc_time free_of_time;
    operand_tiles.send(operands, free_of_time);
}

void Sequencer::run_job(const Range& filters, const Range& p, bool last, WorkContext& context, Completion& completion) {
    FilterJob job;
    job.filters = filters;
    job.cost = schedule_.next({filters.size(), p.size()}, last);
    sc_core::sc_time delay;
    jobs.send(job, delay);
    completion.products += job.products;
    completion.useful_products += job.useful_products;
    if (const Cycles cycles = clock().cycles(delay); cycles != 0) {
        show(computing_signal_, "computing", fmt::format("filters {} to {}", filters.begin, filters.end - 1), now(),
             cycles);
        advance_to(now() + cycles, context);
    }
}

}  // namespace nonzero::dense
