#include "models/sparten/compute_unit.h"

#include <stdexcept>
#include <string>

namespace nonzero::sparten {

ComputeUnit::ComputeUnit(sc_core::sc_module_name name, Statistics& statistics)
    : sc_module(name),
      control("control", [this](const ClusterCommand& message, sc_core::sc_time&) { command(message); }),
      filters("filters", [this](const UnitLoad& message, sc_core::sc_time&) { take(message); }),
      cells("cells", [this](UnitRun& message, sc_core::sc_time&) { work(message); }),
      busy_(statistics.counter(*this, "busy", CounterKind::cycles, "unit cycles: products")),
      start_(statistics.counter(*this, "start", CounterKind::cycles, "unit cycles in front of chunks")),
      empty_(statistics.counter(*this, "empty", CounterKind::cycles, "unit cycles: chunks without a match")),
      products_(statistics.counter(*this, "products", CounterKind::count, "products of two non-zeros")) {}

void ComputeUnit::command(const ClusterCommand& command) {
    plan_ = command.kind == ClusterCommand::Kind::begin ? command.plan : nullptr;
    load_ = {};
    result_ = {};
}

void ComputeUnit::take(const UnitLoad& load) {
    load_ = load;
}

void ComputeUnit::work(UnitRun& run) {
    if (plan_ == nullptr || !load_.block || !run.vectors || run.vectors->count % load_.block->groups.size() != 0) {
        throw std::logic_error(std::string(name()) + ": cells without filters");
    }
    load_.filters.block = load_.block.get();
    work_on_cells(load_.filters, *run.vectors, plan_->parameters.start, plan_->operand_bits, result_);
    run.times = result_.times;
    run.sums = result_.sums;
    run.products = result_.products;
    busy_.add(result_.products);
    products_.add(result_.products);
    start_.add(result_.chunks * std::uint64_t(plan_->parameters.start));
    empty_.add(result_.empty);
}

}  // namespace nonzero::sparten
