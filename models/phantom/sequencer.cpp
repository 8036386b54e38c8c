#include "models/phantom/sequencer.h"

#include <algorithm>
#include <utility>

#include "models/masked/packed_operands.h"
#include "models/phantom/descriptor_limits.h"
#include "models/phantom/weight_fetch.h"
#include "models/post/read_post_processor.h"

namespace nonzero::phantom {

Sequencer::Sequencer(sc_core::sc_module_name name, const PhantomParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : BarrierEngine(name, std::size_t(parameters.pes()), {"job", "jobs of the mesh, those without entries too"}, clock,
                    statistics, trace),
      weights("weights", std::size_t(parameters.mesh_columns)),
      activations("activations", std::size_t(parameters.mesh_rows)),
      cores("cores", std::size_t(parameters.cores())),
      outputs("outputs"),
      parameters_(parameters),
      memory_(*this, statistics) {
    check_switches(parameters);
}

std::uint32_t Sequencer::capabilities() const {
    return 1U << NZ_OP_CONV | 1U << NZ_OP_DEPTHWISE | 1U << NZ_OP_FULLY_CONNECTED;
}

void Sequencer::reset() {
    CoreCommand discard;
    discard.kind = CoreCommand::Kind::discard;
    send_to_all(cores, discard);
    BarrierEngine::reset();
}

nz_error Sequencer::check(const nz_descriptor& descriptor) const {
    return check_for_phantom(descriptor, parameters_);
}

void Sequencer::set_up(const nz_descriptor& descriptor, WorkContext& context, Completion& /*completion*/) {
    CoreCommand begin;
    plan_ = std::make_unique<LayerPlan>(descriptor, parameters_);
    plan_->post_processor =
        read_post_processor(descriptor, context, plan_->accumulator_bits, 8 * int(sizeof(std::int16_t)));
    input_ = memory_.read_input(descriptor, *plan_, context);
    filters_ = memory_.read_filter_masks(descriptor, *plan_, context);
    auto fetch = std::make_unique<WeightFetch>(context, masked::values_region(descriptor, *plan_, filters_));
    for (std::size_t job = 0; job < plan_->geometry.jobs(); ++job) {
        const Range places = plan_->geometry.places_of(job);
        fetch->add(plan_->count_only ? 0 : filters_.values[places.begin],
                   plan_->count_only ? 0 : filters_.values[places.end]);
    }
    fetch_jobs(std::move(fetch), true);
    begin.plan = plan_.get();
    send_to_all(cores, begin);
    masked::MemorySide::begin(outputs, *plan_);
    sent_ = {};
    inputs_.clear();
}

std::optional<Cycles> Sequencer::compute(int job, const JobFetch& fetched, Completion& completion) {
    const Range places = plan_->geometry.places_of(std::size_t(job));
    const bool again = places.begin == sent_.begin && places.end == sent_.end;
    if (!again && !plan_->count_only &&
        !filters_.take_values(places, fetched.of(std::size_t(job)), plan_->operand_bits)) {
        return std::nullopt;
    }
    tasks_ = tasks_of_job(plan_->geometry, filters_.order, std::size_t(job));
    if (plan_->geometry.mapping() == Mapping::fully_connected) {
        send_neurons(tasks_);
    } else {
        if (!again) {
            send_filters(places);
        }
        send_inputs(tasks_);
    }
    sent_ = places;
    Cycles slowest = 0;
    std::uint64_t entries = 0;
    for (const CoreTask& task : tasks_) {
        CoreCommand work;
        work.kind = CoreCommand::Kind::work;
        work.task = &task;
        sc_core::sc_time delay;
        cores[std::size_t(task.core)].send(work, delay);
        slowest = std::max(slowest, clock().cycles(delay));
        entries += work.entries;
        completion.products += work.products;
        completion.useful_products += work.useful;
    }
    fill_ = entries == 0 ? 0 : plan_->rules.fill;
    return slowest + fill_;
}

// A filter stays with all cores of its lane that have work in any row tile.
void Sequencer::send_filters(const Range& places) {
    const Geometry& geometry = plan_->geometry;
    std::size_t rows = 0;
    while (rows < activations.size() && geometry.part(0, int(rows)).size() > 0) {
        ++rows;
    }
    for (std::size_t place = places.begin; place < places.end; ++place) {
        OperandBlock block;
        block.cores = {0, rows};
        block.stationary = std::make_shared<const StationaryOperand>(arrange_filter(geometry, filters_.tensors[place]));
        block.bits = plan_->wire_bits(filters_.tensors[place].elements(), filters_.tensors[place].non_zeros());
        sc_core::sc_time delay;
        weights[place - places.begin].send(block, delay);
    }
}

void Sequencer::send_inputs(const std::vector<CoreTask>& tasks) {
    const Geometry& geometry = plan_->geometry;
    const auto columns = std::size_t(geometry.columns());
    const auto channels = std::size_t(geometry.channels_per_group());
    const auto channel_of = [&](const CoreTask& task) {
        return task.filter / std::size_t(geometry.filters_per_group()) * channels;
    };
    // The tasks of a row lane, filter lane by filter lane.
    std::vector<std::vector<const CoreTask*>> of_row(activations.size());
    for (const CoreTask& task : tasks) {
        of_row[std::size_t(task.core) / columns].push_back(&task);
    }
    // They have the same inputs; only the filters of a depthwise layer have channels of their own.
    for (std::size_t row = 0; row < of_row.size(); ++row) {
        const std::vector<const CoreTask*>& lane = of_row[row];
        for (std::size_t begin = 0, end = 0; begin < lane.size(); begin = end) {
            const std::size_t channel = channel_of(*lane[begin]);
            while (end < lane.size() && channel_of(*lane[end]) == channel) {
                ++end;
            }
            OperandBlock block = inputs_of(channel, lane[begin]->part);
            block.cores = {begin, end};
            sc_core::sc_time delay;
            activations[row].send(block, delay);
        }
    }
}

OperandBlock Sequencer::inputs_of(std::size_t channel, const Range& part) {
    const auto found = inputs_.find({channel, part.begin});
    if (found != inputs_.end()) {
        return found->second;
    }
    const Geometry& geometry = plan_->geometry;
    const InputElements read = inputs_read(geometry, input_, channel, part);
    OperandBlock block;
    block.moving = std::make_shared<const MovingOperand>(arrange_inputs(geometry, input_, channel, part));
    block.bits = plan_->wire_bits(read.all, read.non_zeros);
    if (keeps_inputs(geometry)) {
        inputs_.emplace(std::pair(channel, part.begin), block);
    }
    return block;
}

void Sequencer::send_neurons(const std::vector<CoreTask>& tasks) {
    const Geometry& geometry = plan_->geometry;
    const auto columns = std::size_t(geometry.columns());
    const auto input = std::make_shared<const StationaryOperand>(arrange_input_vector(geometry, input_));
    for (std::size_t row = 0; row * columns < tasks.size(); ++row) {
        OperandBlock block;
        block.cores = {0, std::min(columns, tasks.size() - row * columns)};
        block.stationary = input;
        block.bits = plan_->wire_bits(input_.elements(), input_.non_zeros());
        sc_core::sc_time delay;
        activations[row].send(block, delay);
    }
    for (const CoreTask& task : tasks) {
        // The neurons of a core stand in the order of work, one in every so many.
        std::vector<const MaskedTensor*> neurons;
        OperandBlock block;
        for (std::size_t place = std::size_t(task.core); place < filters_.tensors.size(); place += cores.size()) {
            neurons.push_back(&filters_.tensors[place]);
            block.bits += plan_->wire_bits(filters_.tensors[place].elements(), filters_.tensors[place].non_zeros());
        }
        const std::size_t row = std::size_t(task.core) / columns;
        block.cores = {row, row + 1};
        block.moving = std::make_shared<const MovingOperand>(arrange_neurons(geometry, neurons));
        sc_core::sc_time delay;
        weights[std::size_t(task.core) % columns].send(block, delay);
    }
}

void Sequencer::settle(int /*job*/, Cycles cycles) {
    CoreCommand settle;
    settle.kind = CoreCommand::Kind::settle;
    settle.slowest = cycles - fill_;
    settle.fill = fill_;
    send_to_all(cores, settle);
}

std::span<const std::uint8_t> Sequencer::output(Completion& completion) {
    return memory_.finish(outputs, *plan_, completion);
}

}  // namespace nonzero::phantom
