#include "models/pe_array/sequencer.h"

#include "models/host/descriptor_check.h"
#include "models/post/read_post_processor.h"

namespace nonzero::pe_array {

PeArraySequencer::PeArraySequencer(sc_core::sc_module_name name, const PeArrayParameters& parameters,
                                   const Clocking& clock, Statistics& statistics, TracePlayer* trace)
    : BarrierEngine(name, std::size_t(parameters.pes()), {"group", "output-channel groups computed"}, clock, statistics,
                    trace),
      read_out("read_out", std::size_t(parameters.pes())),
      pooling(std::size_t(parameters.pes())),
      parameters_(parameters),
      weight_bytes_(statistics.counter(*this, "weight_broadcast_bytes", CounterKind::bytes,
                                       "weights broadcast to the PEs, or sent to one each")),
      dram_weight_bytes_(statistics.counter(*this, "dram_weight_bytes", CounterKind::bytes,
                                            "weights that a running machine reads from DRAM")),
      dram_activation_read_bytes_(statistics.counter(*this, "dram_activation_read_bytes", CounterKind::bytes,
                                                     "activations that do not fit on chip, read from DRAM")),
      dram_activation_write_bytes_(statistics.counter(*this, "dram_activation_write_bytes", CounterKind::bytes,
                                                      "outputs that do not fit on chip")),
      temporal_tiles_(statistics.counter(*this, "temporal_tiles", CounterKind::maximum,
                                         "fillings of the activation RAM, the fullest one's")) {
    check_widths(parameters);
}

std::uint32_t PeArraySequencer::capabilities() const {
    return 1U << NZ_OP_CONV | 1U << NZ_OP_DEPTHWISE | 1U << NZ_OP_FULLY_CONNECTED | 1U << NZ_OP_LOAD;
}

void PeArraySequencer::reset() {
    BarrierEngine::reset();
    plan_.reset();
    output_ = {};
}

void PeArraySequencer::load_input(const nz_descriptor& descriptor, WorkContext& context) {
    loaded_bytes_ = send_inputs(descriptor, context);
}

void PeArraySequencer::set_up(const nz_descriptor& descriptor, WorkContext& context, Completion&) {
    plan_ = make_plan(descriptor);
    plan_->count_only = (descriptor.flags & NZ_FLAG_COUNT_ONLY) != 0;
    plan_->raw64 = descriptor.output_type == NZ_TYPE_RAW64;
    plan_->post_processor =
        read_post_processor(descriptor, context, parameters_.accumulator_bits, parameters_.operand_bits);
    if (const auto asked = pooling_of(descriptor)) {
        const PeArrayGeometry& array = plan_->array();
        plan_->pooling.emplace(*asked, array.shape.P, array.shape.Q, array.pe_rows, array.pe_columns);
        pooling.begin_layer(*plan_->pooling, array.channel_groups.front().k_count);
    }
    const std::optional<TemporalTiling> tiling = configure();
    if (!tiling) {
        throw Fault{NZ_ERROR_DATA, loaded().input.address};
    }
    tiling_ = *tiling;
    temporal_tiles_.raise_to(tiling_.tiles);
    OutputReadOut clear;
    clear.begin = true;
    send_to_all(read_out, clear);
    fetch_jobs(make_fetch(descriptor, context), parameters_.memory_timing == MemoryTiming::ideal);
}

Cycles PeArraySequencer::run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) {
    const Cycles cycles = BarrierEngine::run(descriptor, context, completion);
    dram_activation_read_bytes_.add(loaded_bytes_.size * tiling_.activation_reads);
    return cycles;
}

void PeArraySequencer::end_drain(int group, Cycles) {
    if (plan_->pooling) {
        pooling.pool_group(plan_->array().channel_groups[std::size_t(group)].k_count);
    }
}

std::span<const std::uint8_t> PeArraySequencer::output(Completion& completion) {
    std::vector<std::vector<std::uint8_t>> parts(read_out.size());
    bool fits = true;
    for (std::size_t pe = 0; pe < parts.size(); ++pe) {
        OutputReadOut request;
        request.bytes = &parts[pe];
        sc_core::sc_time delay;
        read_out[pe].send(request, delay);
        completion.overflows += request.overflows;
        fits = fits && request.fits;
    }
    output_ = store_output(parts, fits);
    dram_activation_write_bytes_.add(output_.dram_bytes);
    return output_.bytes;
}

void PeArraySequencer::count_weights(std::uint64_t bytes) {
    weight_bytes_.add(bytes * tiling_.weight_reads);
    dram_weight_bytes_.add(bytes * tiling_.weight_reads);
}

}  // namespace nonzero::pe_array
