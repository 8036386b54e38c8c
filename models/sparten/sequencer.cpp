#include "models/sparten/sequencer.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/masked/descriptor_limits.h"
#include "models/masked/packed_operands.h"
#include "models/post/read_post_processor.h"

namespace nonzero::sparten {

namespace {

// Positions of the vectors that a cluster is sent at once, so that they stay in a cache.
constexpr std::size_t kRunPositions = std::size_t{1} << 16;
constexpr std::size_t kMostCells = 256;

}  // namespace

Sequencer::Sequencer(sc_core::sc_module_name name, const SpartenParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : LayerEngine(name, clock, statistics, trace),
      controls("controls", std::size_t(parameters.clusters)),
      filters("filters", std::size_t(parameters.clusters)),
      cells("cells", std::size_t(parameters.clusters)),
      outputs("outputs"),
      parameters_(parameters),
      blocks_(statistics.counter(*this, "blocks", CounterKind::count, "blocks of filters sent to a cluster")),
      memory_(*this, statistics) {
    for (int cluster = 0; cluster < parameters.clusters; ++cluster) {
        signals_.push_back(declare_signal(trace, *this, fmt::format("cluster_{}", cluster), 1));
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
    const masked::MaskedTensor input = memory_.read_input(descriptor, *plan_, context);
    input_ = InputMap(*plan_, input);
    filters_ = memory_.read_filters(descriptor, *plan_, context);
    ClusterCommand begin;
    begin.plan = plan_.get();
    send_to_all(controls, begin);
    masked::MemorySide::begin(outputs, *plan_);
    times_.assign(controls.size(), 0);
}

Cycles Sequencer::run(const nz_descriptor& /*descriptor*/, WorkContext& context, Completion& completion) {
    const std::vector<Range> blocks = plan_->blocks();
    const std::size_t sharing = std::min(blocks.size(), times_.size());  // clusters of a layer of one cell
    for (std::size_t n = 0; n < blocks.size(); ++n) {
        const auto block = std::make_shared<const FilterBlock>(filter_block(*plan_, filters_, blocks[n]));
        if (plan_->positions() > 1) {
            run_block(block, context, completion);
            continue;
        }
        send_block(n % times_.size(), block);
        run_cells(n % times_.size(), plan_->cells_of(0), *block, completion);
        advance_to(*std::min_element(times_.begin(), times_.begin() + std::ptrdiff_t(sharing)), context);
    }
    ClusterCommand settle;
    settle.kind = ClusterCommand::Kind::settle;
    settle.cycles = *std::ranges::max_element(times_);
    send_to_all(controls, settle);
    return settle.cycles;
}

void Sequencer::run_block(const std::shared_ptr<const FilterBlock>& block, WorkContext& context,
                          Completion& completion) {
    const std::size_t size =
        std::clamp<std::size_t>(kRunPositions / (plan_->vectors.positions * block->groups.size()), 1, kMostCells);
    std::size_t working = 0;
    while (working < times_.size() && plan_->cells_of(working).size() > 0) {
        send_block(working++, block);
    }
    for (std::size_t first = 0; first < plan_->cells_of(0).size(); first += size) {
        for (std::size_t cluster = 0; cluster < working; ++cluster) {
            const Range own = plan_->cells_of(cluster);
            if (own.begin + first < own.end) {
                run_cells(cluster, {own.begin + first, std::min(own.begin + first + size, own.end)}, *block,
                          completion);
            }
        }
        advance_to(*std::min_element(times_.begin(), times_.begin() + std::ptrdiff_t(working)), context);
    }
}

void Sequencer::send_block(std::size_t cluster, const std::shared_ptr<const FilterBlock>& block) {
    BlockLoad load;
    load.block = block;
    load.bits = plan_->wire_bits(block->filters.size() * plan_->vectors.positions, block->vectors.non_zeros());
    sc_core::sc_time delay;
    filters[cluster].send(load, delay);
    blocks_.add();
}

void Sequencer::run_cells(std::size_t cluster, const Range& run, const FilterBlock& block, Completion& completion) {
    CellRun message;
    message.cells = run;
    message.vectors = std::make_shared<const Vectors>(input_.cells(*plan_, run, block.groups));
    message.bits = plan_->wire_bits(message.vectors->count * plan_->vectors.positions, message.vectors->non_zeros());
    sc_core::sc_time delay;
    cells[cluster].send(message, delay);
    const Cycles cycles = clock().cycles(delay);
    if (cycles > 0) {
        show(signals_[cluster], fmt::format("cluster {}", cluster),
             fmt::format("cells {} to {}", run.begin, run.end - 1), times_[cluster], cycles,
             {{"products", message.products}});
    }
    times_[cluster] += cycles;
    completion.products += message.products;
    completion.useful_products += message.products;
}

std::span<const std::uint8_t> Sequencer::output(Completion& completion) {
    return memory_.finish(outputs, *plan_, completion);
}

}  // namespace nonzero::sparten
