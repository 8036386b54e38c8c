#include "models/gemm/gemm_engine.h"

#include <vector>

#include "models/engine/descriptor_tables.h"
#include "models/post/read_post_processor.h"

namespace nonzero::gemm {

GemmEngine::GemmEngine(sc_core::sc_module_name name, const GemmWidths& widths, const Clocking& clock,
                       Statistics& statistics, TracePlayer* trace)
    : LayerEngine(name, clock, statistics, trace),
      activations("activations"),
      tiles("tiles"),
      outputs("outputs"),
      widths_(widths),
      activation_bytes_(statistics.counter(*this, "activation_bytes", CounterKind::bytes,
                                           "activations read from memory, 16 bits each")),
      weight_bytes_(
          statistics.counter(*this, "weight_bytes", CounterKind::bytes, "packed weights read from memory, once")),
      output_bytes_(statistics.counter(*this, "output_bytes", CounterKind::bytes,
                                       "outputs at 16 bits each, whatever format they are asked for in")) {}

std::uint32_t GemmEngine::capabilities() const {
    return 1U << NZ_OP_CONV | 1U << NZ_OP_DEPTHWISE | 1U << NZ_OP_FULLY_CONNECTED | 1U << NZ_OP_GEMM;
}

nz_error GemmEngine::check(const nz_descriptor& descriptor) const {
    const nz_error error = check_for_gemm(descriptor, widths_);
    return error == NZ_ERROR_NONE ? check_product(make_gemm_plan(descriptor, widths_)) : error;
}

void GemmEngine::set_up(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) {
    plan_ = make_gemm_plan(descriptor, widths_);
    plan_.post_processor =
        read_post_processor(descriptor, context, widths_.accumulator_bits, 8 * int(sizeof(std::int16_t)));
    if (plan_.count_only) {
        completion.useful_products = count_useful_products(descriptor, context);
    }
    read_input(descriptor, context);
    read_weights(descriptor, context);
    OutputCommand command;
    command.plan = &plan_;
    sc_core::sc_time delay;
    outputs.send(command, delay);
}

void GemmEngine::read_input(const nz_descriptor& descriptor, WorkContext& context) {
    const Layer& layer = plan_.layer;
    const std::uint64_t words = std::uint64_t(layer.C) * std::uint64_t(layer.H) * std::uint64_t(layer.W);
    ActivationLoad load;
    load.plan = &plan_;
    if (!plan_.count_only) {
        // The head is of no use here, but what a descriptor names has to be in memory from its first byte.
        const std::uint64_t head = gemm_head_bytes(plan_.shape);
        std::vector<std::uint8_t> counts(head);
        context.read(descriptor.input.address, counts.data(), head);
        load.activations.resize(words);
        context.read(descriptor.input.address + head, load.activations.data(), words * sizeof(std::int16_t));
    }
    sc_core::sc_time delay;
    activations.send(load, delay);
    activation_width_ = load.bits;
    if (load.bits > widths_.operand_bits) {
        throw Fault{NZ_ERROR_DATA, descriptor.input.address};
    }
    activation_bytes_.add(words * sizeof(std::int16_t));
}

void GemmEngine::read_weights(const nz_descriptor& descriptor, WorkContext& context) {
    const std::uint64_t counts = gemm_head_bytes(plan_.shape);
    const std::uint64_t packed = counts + count_bytes(plan_);
    const std::uint64_t end = plan_.count_only ? packed : descriptor.weights.size;
    if (descriptor.weights.size < packed || (!plan_.count_only && end - packed > largest_weights(plan_))) {
        throw Fault{NZ_ERROR_REGION, descriptor.weights.address};
    }
    // Whole, as the input; the head of a counted layer has been read already.
    const std::uint64_t begin = plan_.count_only ? counts : 0;
    std::vector<std::uint8_t> bytes(end - begin);
    context.read(descriptor.weights.address + begin, bytes.data(), bytes.size());
    const auto weight_bytes = take_weights(plan_.count_only ? std::span(bytes) : std::span(bytes).subspan(packed));
    if (!weight_bytes) {
        throw Fault{NZ_ERROR_DATA, descriptor.weights.address};
    }
    weight_bytes_.add(*weight_bytes);
}

std::uint64_t GemmEngine::count_useful_products(const nz_descriptor& descriptor, WorkContext& context) const {
    const auto rows = std::size_t(plan_.rows_of_B());
    const auto activations_of_row = read_table<std::uint32_t>(context, descriptor.input, rows);
    const auto weights_of_column = read_table<std::uint32_t>(context, descriptor.weights, rows);
    std::uint64_t products = 0;
    for (std::size_t k = 0; k < rows; ++k) {
        if (activations_of_row[k] > std::uint32_t(plan_.shape.P)) {
            throw Fault{NZ_ERROR_DATA, descriptor.input.address};
        }
        if (weights_of_column[k] > std::uint32_t(plan_.shape.Mo)) {
            throw Fault{NZ_ERROR_DATA, descriptor.weights.address};
        }
        products += std::uint64_t{activations_of_row[k]} * weights_of_column[k];
    }
    return products;
}

std::span<const std::uint8_t> GemmEngine::output(Completion& completion) {
    OutputCommand command;
    command.kind = OutputCommand::Kind::finish;
    sc_core::sc_time delay;
    outputs.send(command, delay);
    completion.overflows = command.overflows;
    output_bytes_.add(plan_.outputs() * sizeof(std::int16_t));
    return command.bytes;
}

}  // namespace nonzero::gemm
