#include "platforms/platform.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platforms/registry.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/thread_pool.h"

namespace nonzero {

struct Platform::Implementation {
    std::shared_ptr<const PlatformParameters> parameters;
    std::unique_ptr<Lowering> lowering;
    std::shared_ptr<ThreadPool> threads;
    std::unique_ptr<System> system;
    // Stand in for ports that were left unbound.
    std::unique_ptr<sc_core::sc_signal<bool>> unused_irq;
    std::unique_ptr<sc_core::sc_signal<bool>> unused_reset;
};

namespace {

TraceOptions trace_options(const TraceFiles& options, const std::string& platform) {
    TraceOptions trace;
    trace.vcd_file = options.vcd_file;
    trace.timeline_file = options.timeline_file;
    // Names are given relative to the platform, or whole, as messages and wave viewers show them.
    const bool whole = options.trace_scope.empty() || options.trace_scope.starts_with(platform + ".");
    trace.scope = whole ? options.trace_scope : platform + "." + options.trace_scope;
    trace.window_begin = options.trace_begin_cycle;
    trace.window_end = options.trace_end_cycle;
    return trace;
}

std::shared_ptr<ThreadPool> make_threads(std::size_t threads) {
    if (threads < 1 || threads > PlatformOptions::kMostThreads) {
        throw InputError(
            fmt::format("{}: {} is outside 1 .. {}", field_name("threads"), threads, PlatformOptions::kMostThreads));
    }
    return std::make_shared<ThreadPool>(threads);
}

template <class Series, class Copies, class ValueOf>
void copy_series(const Series& all, Copies& copies, const ValueOf& value_of) {
    for (const auto& series : all) {
        auto& copy = copies.emplace_back();
        copy.name = series.name;
        copy.kind = to_string(series.kind);
        copy.meaning = series.meaning;
        copy.instances.reserve(series.instances.size());
        for (const auto& instance : series.instances) {
            copy.instances.push_back({instance.path, instance.index, value_of(instance.value)});
        }
    }
}

}  // namespace

Platform::Platform(sc_core::sc_module_name name, const std::string& kind, const PlatformOptions& options)
    : Platform(name, find_platform(kind), make_parameters(find_platform(kind), options.config_file, options.parameters),
               options, make_threads(options.threads)) {}

Platform::Platform(sc_core::sc_module_name name, const PlatformKind& kind,
                   std::shared_ptr<const PlatformParameters> parameters, const TraceFiles& traces,
                   std::shared_ptr<ThreadPool> threads)
    : sc_module(name),
      csr("csr"),
      dma("dma"),
      irq("irq"),
      reset("reset"),
      implementation_(std::make_unique<Implementation>()) {
    implementation_->parameters = std::move(parameters);
    implementation_->lowering = kind.make_lowering(*implementation_->parameters);
    implementation_->system = kind.make_system(*implementation_->parameters, trace_options(traces, this->name()));
    System& system = *implementation_->system;
    if (threads) {
        implementation_->threads = std::move(threads);
        system.run_on(*implementation_->threads);
    }
    csr.bind(system.command_processor().csr);
    system.memory().bind(dma);
    system.command_processor().irq.bind(irq);
    system.command_processor().reset.bind(reset);
}

Platform::~Platform() = default;

void Platform::before_end_of_elaboration() {
    if (irq.bind_count() == 0) {
        implementation_->unused_irq = std::make_unique<sc_core::sc_signal<bool>>("unused_irq");
        irq.bind(*implementation_->unused_irq);
    }
    if (reset.bind_count() == 0) {
        implementation_->unused_reset = std::make_unique<sc_core::sc_signal<bool>>("unused_reset");
        reset.bind(*implementation_->unused_reset);
    }
}

const Lowering& Platform::lowering() const {
    return *implementation_->lowering;
}

const PlatformParameters& Platform::parameters() const {
    return *implementation_->parameters;
}

std::string Platform::parameters_json() const {
    return implementation_->parameters->table.to_json().dump();
}

std::vector<BlockStatistics> Platform::statistics() const {
    std::vector<BlockStatistics> blocks;
    for (const Statistics::Block& block : implementation_->system->statistics().blocks()) {
        BlockStatistics& copy = blocks.emplace_back();
        copy.name = block.name;
        copy_series(block.counters, copy.counters, [](const Counter& counter) { return counter.value(); });
        copy_series(block.histograms, copy.histograms, [](const Histogram& histogram) { return histogram.bins(); });
    }
    return blocks;
}

std::string Platform::statistics_json() const {
    nlohmann::json json;  // sorted: an ordered object of all counters of many PEs takes quadratic time
    const std::string own = std::string(name()) + ".";
    for (const BlockStatistics& block : statistics()) {
        for (const auto& counter : block.counters) {
            for (const auto& instance : counter.instances) {
                json["counters"][own + instance.path + "." + counter.name] = {{"kind", counter.kind},
                                                                              {"value", instance.value}};
            }
        }
        for (const auto& histogram : block.histograms) {
            for (const auto& instance : histogram.instances) {
                auto& bins = json["histograms"][own + instance.path + "." + histogram.name];
                for (const auto& [value, times] : instance.value) {
                    bins.push_back({value, times});
                }
            }
        }
    }
    // Counters go by the names of their modules, which whoever built the platform chose.
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::uint64_t Platform::statistic(const std::string& counter) const {
    return implementation_->system->statistics().value(std::string(name()) + "." + counter);
}

std::uint64_t Platform::statistic_sum(const std::string& counter) const {
    return implementation_->system->statistics().sum(counter);
}

void Platform::clear_statistics() {
    implementation_->system->statistics().clear();
}

void Platform::finish_traces() {
    if (TracePlayer* trace = implementation_->system->trace(); trace != nullptr) {
        trace->finish();
    }
}

std::string Platform::trace_remark() const {
    const TracePlayer* trace = implementation_->system->trace();
    return trace == nullptr ? std::string() : trace->remark();
}

sc_core::sc_time Platform::layer_start() const {
    return implementation_->system->command_processor().layer_start();
}

sc_core::sc_time Platform::clock_period() const {
    return implementation_->system->clock().period();
}

std::vector<std::pair<std::string, std::string>> platform_kinds() {
    std::vector<std::pair<std::string, std::string>> kinds;
    for (const PlatformKind& kind : platform_registry()) {
        kinds.emplace_back(kind.name, kind.title);
    }
    return kinds;
}

}  // namespace nonzero
