#include "models/phantom/core.h"

#include <stdexcept>
#include <string>

namespace nonzero::phantom {

Core::Core(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics, TracePlayer* trace)
    : sc_module(name),
      weights("weights", [this](OperandBlock& block, sc_core::sc_time&) { take(block); }),
      activations("activations", [this](OperandBlock& block, sc_core::sc_time&) { take(block); }),
      control("control", [this](CoreCommand& message, sc_core::sc_time& delay) { command(message, delay); }),
      sums("sums"),
      clock_(clock),
      trace_(trace),
      busy_signal_(declare_signal(trace, *this, "busy", 1)),
      busy_(statistics.counter(*this, "busy", CounterKind::cycles,
                               "PE cycles: entries taken, or a look-ahead window of zeros passed")),
      stall_(statistics.counter(*this, "stall", CounterKind::cycles, "PE cycles: output buffer full")),
      core_barrier_(
          statistics.counter(*this, "core_barrier", CounterKind::cycles, "PE cycles: wait for the core's slowest PE")),
      mesh_barrier_(
          statistics.counter(*this, "mesh_barrier", CounterKind::cycles, "PE cycles: wait for the slowest core")),
      idle_(statistics.counter(*this, "idle", CounterKind::cycles, "PE cycles: the job has no task for the core")),
      fill_(statistics.counter(*this, "fill", CounterKind::cycles, "PE cycles: the pipelines of a job fill")),
      products_(statistics.counter(*this, "products", CounterKind::count, "products made")),
      useful_(statistics.counter(*this, "products_useful", CounterKind::count, "products of two non-zeros")),
      entries_(statistics.counter(*this, "entries", CounterKind::count, "entries of the PEs' streams")),
      zero_batches_(statistics.counter(*this, "zero_batches", CounterKind::count, "look-ahead windows of zeros alone")),
      outputs_(statistics.counter(*this, "sums", CounterKind::count, "sums sent to the output encoder")) {}

void Core::take(const OperandBlock& block) {
    const auto refuse_unless = [this](bool sound) {
        if (!sound) {
            throw std::logic_error(std::string(name()) + ": values do not fit their mask");
        }
    };
    if (block.stationary) {
        stationary_ = block.stationary;
        refuse_unless(plan_->count_only || stationary_->count() == stationary_->values.size());
    }
    if (block.moving) {
        moving_ = block.moving;
        refuse_unless(plan_->count_only || moving_->count() == moving_->values.size());
    }
}

void Core::command(CoreCommand& command, sc_core::sc_time& delay) {
    switch (command.kind) {
        case CoreCommand::Kind::begin:
            discard();
            plan_ = command.plan;
            break;
        case CoreCommand::Kind::work:
            work(command, delay);
            break;
        case CoreCommand::Kind::settle:
            settle(command);
            break;
        case CoreCommand::Kind::discard:
            discard();
            break;
    }
}

CoreTime Core::schedule(std::size_t planes, std::size_t windows) {
    const bool by_moving = plan_->geometry.mapping() == Mapping::fully_connected;
    const auto columns_of = [&](const PlaneBits& stationary, const BitRows& moving) {
        return by_moving ? plan_columns(plan_->rules, stationary, planes, moving)
                         : plan_columns(plan_->rules, stationary, planes);
    };
    if (plan_->dense) {
        const BitRows moving = dense_windows(plan_->geometry, planes, windows);
        schedule_.load(columns_of(dense_planes(plan_->geometry, planes), moving), moving, windows);
    } else if (by_moving) {
        schedule_.load(columns_of(stationary_->masks, moving_->masks), moving_->masks, windows);
    } else {
        // Of a depthwise layer the last row lane may have fewer planes.
        const auto planned = [&] { return columns_of(stationary_->masks, moving_->masks); };
        const PlannedColumns& kept = stationary_->columns.get(planned);
        schedule_.load(kept.planes == planes ? kept : planned(), moving_->masks, windows);
    }
    return schedule_.time(plan_->rules.core);
}

void Core::work(CoreCommand& command, sc_core::sc_time& delay) {
    const Geometry& geometry = plan_->geometry;
    task_ = command.task;
    const std::size_t planes = geometry.planes(task_->part);
    const std::size_t windows = windows_of(geometry, *task_);
    if (!stationary_ || !moving_ || moving_->first.size() != planes * kPlaneTaps ||
        moving_->masks.words() != words_of(windows) || planes % stationary_->masks.size() != 0) {
        throw std::logic_error(std::string(name()) + ": a task without its operands");
    }
    time_ = schedule(planes, windows);
    sums_.assign(plan_->count_only ? 0 : outputs_of(geometry, *task_), 0);
    command.time = time_;
    command.entries = schedule_.entries();
    command.products = schedule_.products();
    command.useful = multiply(geometry, *stationary_, *moving_, planes, windows, sums_);
    if (!plan_->dense && command.useful != command.products) {
        throw std::logic_error(std::string(name()) + ": products are not conserved");
    }
    products_.add(command.products);
    useful_.add(command.useful);
    entries_.add(command.entries);
    zero_batches_.add(time_.zero_windows);
    delay += clock_(time_.cycles);
    if (trace_ != nullptr && time_.cycles > 0) {
        show_activity(trace_, *this, clock_, {busy_signal_, "busy", "task"}, sc_core::sc_time_stamp(), time_.cycles,
                      {{"products", command.products}});
    }
}

void Core::settle(const CoreCommand& command) {
    const auto pes = std::uint64_t(plan_->rules.pes());
    fill_.add(pes * command.fill);
    if (task_ == nullptr) {
        idle_.add(pes * command.slowest);
        return;
    }
    busy_.add(time_.busy);
    stall_.add(time_.stall);
    core_barrier_.add(pes * time_.cycles - time_.busy - time_.stall);
    mesh_barrier_.add(pes * (command.slowest - time_.cycles));
    const Geometry& geometry = plan_->geometry;
    // A part counts outputs of a pointwise layer, rows of others.
    const std::size_t unit = geometry.mapping() == Mapping::pointwise ? 1 : std::size_t(geometry.shape().Q);
    masked::OutputSums message;
    message.outputs = outputs_of(geometry, *task_);
    message.first = task_->filter * plan_->positions() + task_->part.begin * unit;
    message.places = task_->neurons;
    message.sums = sums_;
    message.bits = plan_->accumulator_bits;
    outputs_.add(message.outputs);
    sc_core::sc_time delay;
    sums.send(message, delay);
    task_ = nullptr;
}

void Core::discard() {
    plan_ = nullptr;
    task_ = nullptr;
    stationary_.reset();
    moving_.reset();
}

}  // namespace nonzero::phantom
