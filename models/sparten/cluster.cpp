#include "models/sparten/cluster.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

namespace nonzero::sparten {

Cluster::Cluster(sc_core::sc_module_name name, std::size_t units, const Clocking& clock, Statistics& statistics)
    : sc_module(name),
      control("control", [this](const ClusterCommand& message, sc_core::sc_time&) { command(message); }),
      filters("filters", [this](const BlockLoad& message, sc_core::sc_time&) { take(message); }),
      cells("cells", [this](CellRun& message, sc_core::sc_time& delay) { work(message, delay); }),
      unit_controls("unit_controls", units),
      unit_filters("unit_filters", units),
      unit_cells("unit_cells", units),
      sums("sums"),
      clock_(clock),
      barrier_(statistics.counter(*this, "barrier", CounterKind::cycles, "unit cycles: other units still work")),
      idle_unit_(statistics.counter(*this, "idle_unit", CounterKind::cycles, "unit cycles: no filter of the block")),
      idle_cluster_(statistics.counter(*this, "idle_cluster", CounterKind::cycles,
                                       "unit cycles: the slowest cluster still works")),
      cycles_(statistics.counter(*this, "cycles", CounterKind::cycles, "cycles of this cluster")),
      weight_bytes_(statistics.counter(*this, "weight_bytes", CounterKind::bytes,
                                       "masks and values of filters that reached the cluster")),
      activation_bytes_(statistics.counter(*this, "activation_bytes", CounterKind::bytes,
                                           "masks and values of inputs that reached the cluster")),
      outputs_(statistics.counter(*this, "outputs", CounterKind::count, "outputs finished")) {}

void Cluster::command(const ClusterCommand& command) {
    if (command.kind == ClusterCommand::Kind::settle) {
        if (command.cycles < layer_cycles_) {
            throw std::logic_error(std::string(name()) + ": a layer that ends before its clusters");
        }
        idle_cluster_.add(unit_cells.size() * (command.cycles - layer_cycles_));
    }
    plan_ = command.kind == ClusterCommand::Kind::begin ? command.plan : nullptr;
    block_.reset();
    unit_work_.clear();
    layer_cycles_ = 0;
    send_to_all(unit_controls, command);
}

std::size_t Cluster::used_units() const {
    return std::min(block_->filters.size(), unit_cells.size());
}

UnitFilters Cluster::filters_of(std::size_t unit) const {
    const std::size_t filters_of_block = block_->filters.size();
    const std::size_t mirrored = 2 * unit_cells.size() - 1 - unit;
    UnitFilters own;
    own.block = block_.get();
    own.slots = filters_of_block > unit_cells.size() ? 2 : 1;
    for (std::size_t chunk = 0; chunk < block_->vectors.shape.chunks(); ++chunk) {
        const std::uint32_t* const places = block_->places.data() + chunk * filters_of_block;
        own.members.push_back(places[unit]);
        if (own.slots == 2) {
            own.members.push_back(mirrored < filters_of_block ? places[mirrored] : kNobody);
        }
    }
    return own;
}

void Cluster::take(const BlockLoad& load) {
    if (plan_ == nullptr || !load.block) {
        throw std::logic_error(std::string(name()) + ": filters without a layer");
    }
    block_ = load.block;
    weight_bytes_.add(load.payload_bytes());
    unit_work_.clear();
    for (std::size_t unit = 0; unit < used_units(); ++unit) {
        unit_work_.push_back(filters_of(unit));
        UnitLoad own;
        own.block = block_;
        own.filters = unit_work_.back();
        own.bits = load.bits / used_units();
        sc_core::sc_time delay;
        unit_filters[unit].send(own, delay);
    }
}

void Cluster::work(CellRun& run, sc_core::sc_time& delay) {
    if (!block_) {
        throw std::logic_error(std::string(name()) + ": cells without filters");
    }
    activation_bytes_.add(run.payload_bytes());
    const std::size_t chunks = block_->vectors.shape.chunks();
    const std::size_t count = run.cells.size();
    const bool by_chunk = plan_->parameters.barrier == Barrier::chunk;
    longest_.assign(by_chunk ? chunks * count : count, 0);
    sums_.assign(plan_->count_only ? 0 : block_->filters.size() * count, 0);
    Cycles worked = 0;
    for (std::size_t unit = 0; unit < used_units(); ++unit) {
        UnitRun own;
        own.vectors = run.vectors;
        own.bits = run.bits;
        sc_core::sc_time unit_delay;
        unit_cells[unit].send(own, unit_delay);
        if (own.times.size() != chunks * count) {
            throw std::logic_error(std::string(name()) + ": a unit that worked on other cells");
        }
        unit_time_.assign(longest_.size(), 0);
        for (std::size_t n = 0; n < own.times.size(); ++n) {
            unit_time_[by_chunk ? n : n % count] += own.times[n];
        }
        for (std::size_t n = 0; n < longest_.size(); ++n) {
            worked += unit_time_[n];
            longest_[n] = std::max(longest_[n], unit_time_[n]);
        }
        run.products += own.products;
        collect(unit, own, count);
    }
    const Cycles time = std::accumulate(longest_.begin(), longest_.end(), Cycles{0});
    barrier_.add(used_units() * time - worked);
    idle_unit_.add((unit_cells.size() - used_units()) * time);
    cycles_.add(time);
    layer_cycles_ += time;
    delay += clock_(time);
    send_sums(run.cells);
}

void Cluster::collect(std::size_t unit, const UnitRun& answer, std::size_t count) {
    const std::vector<std::uint32_t>& members = unit_work_[unit].members;
    for (std::size_t n = 0; n < members.size() && !answer.sums.empty(); ++n) {
        if (members[n] == kNobody) {
            continue;
        }
        const std::int64_t* const partial = answer.sums.data() + n * count;
        std::int64_t* const sum = sums_.data() + members[n] * count;
        for (std::size_t cell = 0; cell < count; ++cell) {
            sum[cell] += partial[cell];
        }
    }
}

void Cluster::send_sums(const Range& run) {
    masked::OutputSums message;
    message.outputs = block_->filters.size() * run.size();
    message.bits = plan_->accumulator_bits;
    places_.clear();
    for (std::size_t n = 0; n < (plan_->count_only ? 0 : block_->filters.size()); ++n) {
        for (std::size_t cell = run.begin; cell < run.end; ++cell) {
            places_.push_back(block_->filters[n] * plan_->positions() + cell);
        }
    }
    message.places = places_;
    message.sums = sums_;
    outputs_.add(message.outputs);
    sc_core::sc_time delay;
    sums.send(message, delay);
}

}  // namespace nonzero::sparten
