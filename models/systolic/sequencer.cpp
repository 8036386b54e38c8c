#include "models/systolic/sequencer.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/systolic/slot_products.h"
#include "workloads/operand_scan.h"

namespace nonzero::systolic {

namespace {

// Operands and sums that a block of a job may have, so that the model stays within the host's memory.
constexpr std::uint32_t kBlockElements = 1U << 22;

LayerSize layer_size(const gemm::GemmPlan& plan) {
    return {std::size_t(plan.shape.groups), std::size_t(plan.shape.Mo), std::size_t(plan.shape.K)};
}

}  // namespace

Sequencer::Sequencer(sc_core::sc_module_name name, const ArrayParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : gemm::GemmEngine(name, parameters.widths(), clock, statistics, trace),
      weights("weights"),
      slots("slots"),
      operands("operands"),
      parameters_(parameters),
      loading_signal_(declare_signal(trace, *this, "loading", 1)),
      streaming_signal_(declare_signal(trace, *this, "streaming", 1)),
      draining_signal_(declare_signal(trace, *this, "draining", 1)),
      operand_load_(statistics.counter(*this, "operand_load", CounterKind::cycles,
                                       "multiplier cycles: stationary operands move in, nothing streams")),
      fill_drain_(statistics.counter(*this, "fill_drain", CounterKind::cycles,
                                     "multiplier cycles: the wavefront fills or empties the array")) {
    for (const auto& [timing_name, timing] : timings_of(parameters.kind)) {
        Counter& cycles = statistics.counter(*this, std::string("cycles_") + timing_name, CounterKind::cycles,
                                             std::string("layers with array.timing = ") + timing_name);
        rules_.push_back({timing, PassRecurrence(timing), cycles});
    }
    own_ = std::size_t(std::ranges::find(rules_, parameters.timing, &Rule::timing) - rules_.begin());
    if (is_dense(parameters.kind)) {
        report_ = &statistics.counter(*this, "cycles_report", CounterKind::cycles,
                                      "layers as the public simulator counts them: serial, less one");
    }
}

nz_error Sequencer::check_product(const gemm::GemmPlan& plan) const {
    if (plan.pattern && !is_own_pattern(make_geometry(parameters_, plan.shape.Mo), *plan.pattern)) {
        return NZ_ERROR_SPARSITY;
    }
    return plan.shape.K < kMostColumns ? NZ_ERROR_NONE : NZ_ERROR_CAPACITY;
}

std::uint64_t Sequencer::count_bytes(const gemm::GemmPlan& plan) const {
    return counts_bytes(make_geometry(parameters_, plan.shape.Mo), layer_size(plan));
}

std::uint64_t Sequencer::largest_weights(const gemm::GemmPlan& plan) const {
    return largest_packed_bytes(make_geometry(parameters_, plan.shape.Mo), layer_size(plan));
}

std::optional<std::uint64_t> Sequencer::take_weights(std::span<const std::uint8_t> bytes) {
    geometry_ = make_geometry(parameters_, plan().shape.Mo);
    WeightLoad message;
    message.geometry = &geometry_;
    message.size = layer_size(plan());
    if (plan().pattern) {
        message.uniform_n = plan().pattern->n;
    }
    message.counted = plan().count_only;
    message.bytes = bytes;
    sc_core::sc_time delay;
    weights.send(message, delay);
    panels_ = message.panels;
    return message.malformed ? std::nullopt : std::optional(message.packed_bytes);
}

Cycles Sequencer::run(const nz_descriptor& /*descriptor*/, WorkContext& context, Completion& completion) {
    const GemmShape& shape = plan().shape;
    for (Rule& rule : rules_) {
        rule.recurrence = PassRecurrence(rule.timing);
    }
    held_ = {};
    for (int convolution_group = 0; convolution_group < shape.groups; ++convolution_group) {
        const std::vector<Panel>& panels = (*panels_)[std::size_t(convolution_group)];
        for_each_job(geometry_, panels, std::uint32_t(shape.K), std::uint32_t(shape.P), [&](const PassJob& job) {
            run_job(convolution_group, panels[job.panel], job, context, completion);
        });
    }
    const PassRecurrence& own = rules_[own_].recurrence;
    const Cycles last_begun = own.now();
    for (Rule& rule : rules_) {
        rule.recurrence.finish();
    }
    show(draining_signal_, "draining", "last pass", last_begun, own.now() - last_begun);
    advance_to(own.now(), context);
    for (const Rule& rule : rules_) {
        rule.cycles.add(rule.recurrence.now());
        if (report_ != nullptr && rule.timing == PassTiming::serial) {
            report_->add(rule.recurrence.now() - 1);
        }
    }
    operand_load_.add(own.load() * std::uint64_t(geometry_.multipliers));
    fill_drain_.add(own.fill_drain() * std::uint64_t(geometry_.multipliers));
    return own.now();
}

void Sequencer::run_job(int convolution_group, const Panel& panel, const PassJob& job, WorkContext& context,
                        Completion& completion) {
    const JobSize size = size_of(panel, job);
    const JobPasses passes = passes_of(geometry_, parameters_.timing, size);
    PassTimes times;
    for (std::size_t n = 0; n < rules_.size(); ++n) {
        const PassTimes by_rule =
            rules_[n].recurrence.add(passes.count, passes_of(geometry_, rules_[n].timing, size).each);
        if (n == own_) {
            times = by_rule;
        }
    }
    SlotRequest request;
    request.convolution_group = convolution_group;
    request.job = &job;
    request.passes = passes;
    sc_core::sc_time delay;
    slots.send(request, delay);
    send_operands(convolution_group, job, passes, times, delay, completion);
    if (delay != clock()(passes.count * (passes.each.load + passes.each.stream))) {
        throw std::logic_error(fmt::format("{}: the array took another time than planned", name()));
    }
    show_passes(convolution_group, panel, job, passes, times);
    advance_to(times.end, context);
}

void Sequencer::send_operands(int convolution_group, const PassJob& job, const JobPasses& passes,
                              const PassTimes& times, sc_core::sc_time& delay, Completion& completion) {
    const auto across =
        std::max<std::size_t>(job.columns(), (*panels_)[std::size_t(convolution_group)][job.panel].rows.size());
    const int step = int(std::max<std::size_t>(1, kBlockElements / across));
    for (int pixel = int(job.pixel_begin); pixel < int(job.pixel_end); pixel += step) {
        OperandBlock block;
        block.convolution_group = convolution_group;
        block.pixels = {pixel, std::min(int(job.pixel_end), pixel + step)};
        block.columns = job.columns();
        fetch(convolution_group, job, block.pixels);
        if (!plan().count_only) {
            block.data = operands_.data();
            block.row_stride = std::size_t(block.pixels.size());
            block.non_zeros = non_zeros_;
        }
        block.bits = activation_width();
        block.last = block.pixels.end == int(job.pixel_end);
        block.passes = passes;
        // For waves; the job begins now.
        block.times = {0, times.stream_begin - times.begin, times.period, times.end - times.begin};
        operands.send(block, delay);
        completion.products += block.products;
        completion.useful_products += block.useful_products;
    }
}

void Sequencer::fetch(int convolution_group, const PassJob& job, Range pixels) {
    gemm::ActivationTile tile;
    tile.convolution_group = convolution_group;
    tile.k = {int(job.column_begin), int(job.column_end)};
    tile.p = pixels;
    const Held wanted{convolution_group, tile.k, tile.p};
    const bool read = !plan().count_only && !(held_ == wanted);
    if (read) {
        const std::size_t columns = job.columns();
        tile.row_stride = std::size_t(pixels.size());
        operands_.resize(columns * tile.row_stride);
        tile.out = operands_.data();
    }
    sc_core::sc_time delay;
    tiles.send(tile, delay);
    if (read) {
        held_ = wanted;
        non_zeros_.resize(job.columns());
        for (std::size_t k = 0; k < non_zeros_.size(); ++k) {
            non_zeros_[k] = std::uint32_t(count_non_zeros({operands_.data() + k * tile.row_stride, tile.row_stride}));
        }
    }
}

void Sequencer::show_passes(int convolution_group, const Panel& panel, const PassJob& job, const JobPasses& passes,
                            const PassTimes& times) const {
    if (player() == nullptr) {
        return;
    }
    const std::string label = fmt::format("rows {} to {}", panel.rows.front(), panel.rows.back());
    const bool double_buffered = parameters_.timing == PassTiming::double_buffered;
    for (std::uint64_t pass = 0; pass < passes.count; ++pass) {
        const Cycles begin = times.stream_begin + pass * times.period;
        const Cycles end = begin + passes.each.stream;
        const Cycles before = double_buffered && pass != 0 ? 0 : times.stream_begin - times.begin;
        show(loading_signal_, "loading", label, begin - before, before);
        show(streaming_signal_, "streaming", label, begin, passes.each.stream,
             {{"group", std::uint64_t(convolution_group)},
              {"first_slot", job.slot_begin},
              {"first_pixel", job.pixel_begin},
              {"pass_of_job", pass}});
        if (!double_buffered) {
            show(draining_signal_, "draining", label, end, passes.each.skew);
        } else {
            const bool moves_in = geometry_.stationary != Stationary::outputs;
            show(moves_in ? loading_signal_ : draining_signal_, moves_in ? "loading" : "draining", label, end,
                 times.period - passes.each.stream);
        }
    }
}

}  // namespace nonzero::systolic
