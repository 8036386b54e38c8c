#include "models/eyeriss_v2/sequencer.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/masked/descriptor_limits.h"
#include "models/post/read_post_processor.h"

namespace nonzero::eyeriss_v2 {

Sequencer::Sequencer(sc_core::sc_module_name name, const EyerissV2Parameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : LayerEngine(name, clock, statistics, trace),
      controls("controls", std::size_t(parameters.clusters())),
      weights("weights", std::size_t(parameters.clusters())),
      passes("passes", std::size_t(parameters.clusters())),
      psums("psums"),
      outputs("outputs"),
      parameters_(parameters),
      passes_(statistics.counter(*this, "passes", CounterKind::count, "passes of all PEs")),
      memory_(*this, statistics) {
    for (int row = 0; row < parameters.cluster_rows; ++row) {
        for (int column = 0; column < parameters.cluster_columns; ++column) {
            signals_.push_back(declare_signal(trace, *this, fmt::format("cluster_{}_{}", row, column), 1));
        }
    }
}

std::uint32_t Sequencer::capabilities() const {
    return 1U << NZ_OP_CONV | 1U << NZ_OP_DEPTHWISE | 1U << NZ_OP_FULLY_CONNECTED;
}

void Sequencer::reset() {
    ClusterCommand discard;
    discard.kind = ClusterCommand::Kind::discard;
    send_to_all(controls, discard);
    LayerEngine::reset();
}

nz_error Sequencer::check(const nz_descriptor& descriptor) const {
    return masked::check_masked(descriptor, parameters_.operand_bits, parameters_.accumulator_bits);
}

void Sequencer::set_up(const nz_descriptor& descriptor, WorkContext& context, Completion& /*completion*/) {
    plan_ = std::make_unique<LayerPlan>(descriptor, parameters_);
    plan_->post_processor =
        read_post_processor(descriptor, context, plan_->accumulator_bits, 8 * int(sizeof(std::int16_t)));
    input_ = std::make_shared<const InputRows>(*plan_, memory_.read_input(descriptor, *plan_, context));
    filters_ = memory_.read_filters(descriptor, *plan_, context);
    plan_->order = filters_.order;
    ClusterCommand begin;
    begin.plan = plan_.get();
    send_to_all(controls, begin);
    masked::MemorySide::begin(outputs, *plan_);
}

Cycles Sequencer::run(const nz_descriptor& /*descriptor*/, WorkContext& context, Completion& completion) {
    const std::vector<Pass> blocks = plan_->weight_blocks();
    const std::vector<Range> output_rows = plan_->output_rows();
    Cycles time = 0;
    for (std::size_t n = 0; n < blocks.size(); ++n) {
        Pass pass = blocks[n];
        if (n == 0 || blocks[n - 1].filters.begin != pass.filters.begin) {
            command_psums(PsumCommand::Kind::begin, pass.filters);
        }
        pass.output_rows = output_rows.front();
        send_weights(pass);
        for (const Range& rows : output_rows) {
            pass.output_rows = rows;
            advance_to(time, context);
            time += run_pass(pass, time, completion);
        }
        if (n + 1 == blocks.size() || blocks[n + 1].filters.begin != pass.filters.begin) {
            command_psums(PsumCommand::Kind::finish, pass.filters);
        }
    }
    return time;
}

PePlace Sequencer::place_of(std::size_t cluster, std::size_t row, std::size_t column) const {
    const auto columns = std::size_t(parameters_.cluster_columns);
    return {cluster / columns, cluster % columns, row, column};
}

void Sequencer::command_psums(PsumCommand::Kind kind, const Range& filters) {
    PsumCommand command;
    command.kind = kind;
    command.plan = plan_.get();
    command.filters = filters;
    sc_core::sc_time delay;
    psums.send(command, delay);
}

void Sequencer::send_weights(const Pass& block) {
    for (std::size_t cluster = 0; cluster < weights.size(); ++cluster) {
        send_weights(cluster, block);
    }
}

void Sequencer::send_weights(std::size_t cluster, const Pass& block) {
    // PEs of a row share weights, but those of neurons, of which each PE has its own.
    const bool shared = plan_->mapping != Mapping::fully_connected;
    const auto columns = std::size_t(parameters_.pe_columns);
    for (std::size_t row = 0; row < std::size_t(parameters_.pe_rows); ++row) {
        for (std::size_t column = 0; column < (shared ? 1 : columns); ++column) {
            const auto share = plan_->share_of(block, place_of(cluster, row, column));
            if (!share) {
                continue;
            }
            WeightLoad load;
            load.row = row;
            load.column = column;
            load.columns = shared ? columns : 1;
            load.filters = share->filters.size();
            load.weights = std::make_shared<const CompressedColumns>(weight_columns(*plan_, filters_, *share));
            load.bits = wire_bits(*load.weights, plan_->operand_bits);
            sc_core::sc_time delay;
            weights[cluster].send(load, delay);
        }
    }
}

std::uint64_t Sequencer::input_bits(std::size_t cluster, const Pass& pass) const {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < std::size_t(parameters_.pe_rows); ++row) {
        for (std::size_t column = 0; column < std::size_t(parameters_.pe_columns); ++column) {
            const auto share = plan_->share_of(pass, place_of(cluster, row, column));
            const auto input_row = share ? plan_->input_row(*share) : std::nullopt;
            for (std::size_t channel = 0; input_row && channel < share->channels.size(); ++channel) {
                rows.push_back((plan_->first_channel(*share) + channel) * std::size_t(plan_->shape.H) + *input_row);
            }
        }
    }
    // A row goes to all PEs that have it at once.
    std::ranges::sort(rows);
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::uint64_t bits = 0;
    for (const std::size_t row : rows) {
        bits += input_->wire_bits(row, plan_->operand_bits);
    }
    return bits;
}

Cycles Sequencer::run_pass(const Pass& pass, Cycles begin, Completion& completion) {
    Cycles longest = 0;
    for (std::size_t cluster = 0; cluster < passes.size(); ++cluster) {
        PassRun run;
        run.pass = pass;
        run.input = input_;
        run.bits = input_bits(cluster, pass);
        sc_core::sc_time delay;
        passes[cluster].send(run, delay);
        const Cycles cycles = clock().cycles(delay);
        if (cycles > 0) {
            show(signals_[cluster], fmt::format("cluster {}", cluster),
                 fmt::format("filters from {}, rows from {}", pass.filters.begin, pass.output_rows.begin), begin,
                 cycles, {{"products", run.products}});
        }
        longest = std::max(longest, cycles);
        completion.products += run.products;
        completion.useful_products += run.useful_products;
    }
    ClusterCommand settle;
    settle.kind = ClusterCommand::Kind::settle;
    settle.cycles = longest;
    send_to_all(controls, settle);
    passes_.add();
    return longest + Cycles(parameters_.fill);
}

std::span<const std::uint8_t> Sequencer::output(Completion& completion) {
    return memory_.finish(outputs, *plan_, completion);
}

}  // namespace nonzero::eyeriss_v2
