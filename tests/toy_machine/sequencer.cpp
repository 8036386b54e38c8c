#include "tests/toy_machine/sequencer.h"

#include <string>

namespace nonzero::toy {

Sequencer::Sequencer(sc_core::sc_module_name name, const ToyParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : gemm::GemmEngine(name, parameters.widths(), clock, statistics, trace),
      weights("weights"),
      jobs("jobs"),
      parameters_(parameters),
      computing_signal_(declare_signal(trace, *this, "computing", 1)),
      drain_(statistics.counter(*this, "drain", CounterKind::cycles, "MAC-cycles: the pipeline empties")) {}

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
    return load.malformed ? std::nullopt : std::optional(whole);
}

Cycles Sequencer::run(const nz_descriptor& /*descriptor*/, WorkContext& context, Completion& completion) {
    const GemmShape& shape = plan().shape;
    for (int convolution_group = 0; convolution_group < shape.groups; ++convolution_group) {
        for (int p = 0; p < shape.P; ++p) {
            advance_to(now() + run_column(convolution_group, p, completion), context);
        }
    }
    const auto depth = Cycles(parameters_.pipeline_depth);
    drain_.add(depth * Cycles(parameters_.lanes));
    return now() + depth;
}

// Returns its cycles.
Cycles Sequencer::run_column(int convolution_group, int p, Completion& completion) {
    column_.resize(plan().count_only ? 0 : std::size_t(plan().shape.K));
    gemm::ActivationTile tile;
    tile.convolution_group = convolution_group;
    tile.k = {0, plan().shape.K};
    tile.p = {p, p + 1};
    tile.out = plan().count_only ? nullptr : column_.data();
    tile.row_stride = 1;
    sc_core::sc_time free_of_time;
    tiles.send(tile, free_of_time);

    ColumnJob job;
    job.convolution_group = convolution_group;
    job.p = p;
    job.words = column_;
    sc_core::sc_time delay;
    jobs.send(job, delay);
    completion.products += job.products;
    completion.useful_products += job.useful_products;
    const Cycles cycles = clock().cycles(delay);
    show(computing_signal_, "computing", "column " + std::to_string(p), now(), cycles);
    return cycles;
}

}  // namespace nonzero::toy
