#include "study/simulation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <new>
#include <string_view>

#include "models/base/host_failure.h"
#include "models/base/simulated_time.h"
#include "study/layer_run.h"
#include "study/stopwatch.h"
#include "study/weight_places.h"
#include "workloads/error.h"
#include "workloads/host_error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

Simulation::Simulation(const Workload& workload, const std::vector<PlannedMachine>& machines, const PlannedRun& run)
    : workload_(workload),
      planned_(machines),
      run_(run),
      threads_(std::make_shared<ThreadPool>(run.threads)),
      script_("script", [this] { script(); }) {
    for (std::size_t n = 0; n < machines.size(); ++n) {
        const PlannedMachine& machine = machines[n];
        // A single machine has its kind's plain name.
        const std::string name =
            machines.size() == 1 ? machine.kind->name : fmt::format("{}_{}", machine.kind->name, n);
        machines_.push_back(std::make_unique<Standalone>(name, *machine.kind, machine.parameters,
                                                         n == 0 ? run.traces : TraceFiles(), run.dram, threads_));
    }
}

bool Simulation::run(LayerTasks& tasks) {
    tasks_ = &tasks;
    layer_ = tasks.next();
    start();
    script_.check();
    machines_.front()->platform.finish_traces();
    return !layer_;
}

// What was at work when the host failed is known here; the reports of the kernel name processes.
void Simulation::start() const {
    try {
        sc_core::sc_start();
    } catch (const sc_core::sc_report& report) {
        if (std::string_view(report.get_msg_type()) == kEndOfTime) {
            throw InputError(report.get_msg());
        }
        if (!is_host_failure(report)) {
            throw;
        }
        throw HostError(memory_failure());
    }
}

std::string Simulation::memory_failure() const {
    return out_of_memory(layer_ ? "layer " + quoted_name(workload_.layers[*layer_].layer.name) : "the simulation");
}

std::string Simulation::trace_remark() const {
    const std::string remark = machines_.front()->platform.trace_remark();
    return remark.empty() || layer_starts_.empty()
               ? remark
               : fmt::format("{}; layers start: {}", remark, fmt::join(layer_starts_, ", "));
}

LayerData& Simulation::data_for(std::size_t machine) {
    const PlannedLayer& planned = workload_.layers[*layer_];
    const PlannedMachine& own = planned_[machine];
    if (planned.mask == Mask::natural && own.kind->natural_places) {
        if (const auto pattern = job_pattern(planned.places)) {
            if (const auto places = own.kind->natural_places(*own.parameters, gemm_shape(planned.layer), *pattern)) {
                own_data_ = make_layer_data(workload_, planned, run_.values, places, *threads_);
                return own_data_;
            }
        }
    }
    if (!data_) {
        data_ = take_data();
        make_data_ahead();
    }
    return *data_;
}

LayerData Simulation::take_data() {
    const std::unique_ptr<Ahead> ahead = std::move(ahead_);
    if (ahead && ahead->layer == *layer_) {
        ahead->made.wait();
        return std::move(ahead->data);
    }
    return make_layer_data(workload_, workload_.layers[*layer_], run_.values, std::nullopt, *threads_);
}

void Simulation::make_data_ahead() {
    const std::optional<std::size_t> next = threads_->threads() > 1 ? tasks_->ahead() : std::nullopt;
    if (!next || workload_.layers[*next].mask == Mask::natural) {  // machines may have matrices of their own
        return;
    }
    ahead_ = std::make_unique<Ahead>();
    ahead_->layer = *next;
    ahead_->made = threads_->start([this, &ahead = *ahead_] {
        ahead.data = make_layer_data(workload_, workload_.layers[ahead.layer], run_.values, std::nullopt, *threads_);
    });
}

Expectation Simulation::expect_of(std::size_t machine, LayerData& data) {
    Expectation expectation = expect(data, workload_, workload_.layers[*layer_], *machines_[machine]->lowering);
    // No other machine asks for the sums any more; what a data set says of them is compared when the layer has run.
    const bool last = &data == &own_data_ || machine + 1 == machines_.size();
    if (last && data.published == nullptr) {
        data.exact = {};
    }
    return expectation;
}

void Simulation::script() {
    while (layer_) {
        try {
            for (std::size_t machine = 0; machine < machines_.size(); ++machine) {
                run_layer_of(machine);
            }
        } catch (const std::bad_alloc&) {
            throw HostError(memory_failure());
        }
        tasks_->deliver(*layer_, std::move(results_));
        results_.clear();
        data_.reset();
        layer_ = tasks_->next();
    }
}

void Simulation::run_layer_of(std::size_t machine) {
    const PlannedLayer& planned = workload_.layers[*layer_];
    Standalone& standalone = *machines_[machine];
    const Stopwatch stopwatch;
    if (workload_.whole && machine == 0 && *layer_ == 0) {
        network_.emplace(workload_, planned_, *threads_);
    }
    const LayerData* data = nullptr;
    std::optional<Expectation> expectation;
    if (network_) {
        data = &network_->data(machine);
        expectation = network_->expect(machine);
    } else {
        LayerData& own = data_for(machine);
        if (run_.values) {
            expectation = expect_of(machine, own);
        }
        data = &own;
    }
    LayerResult result = run_layer(standalone, planned_[machine], run_.energy, planned.layer, *data,
                                   expectation ? &*expectation : nullptr);
    if (network_) {
        network_->put(machine, result.output.shape.empty() ? std::nullopt : std::optional(result.output), result);
    }
    if (!run_.outputs) {
        result.sums = {};
        result.output = {};
    }
    result.host.wall_seconds = stopwatch.wall();
    result.host.cpu_seconds = stopwatch.cpu();
    if (machine == 0 && run_.traces.any()) {
        layer_starts_.push_back(fmt::format("{} at cycle {}", result.name, result.first_cycle));
    }
    results_.push_back(std::move(result));
}

}  // namespace nonzero
