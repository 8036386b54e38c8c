#include "study/layer_run.h"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#ifdef __GLIBC__
#include <malloc.h>
#include <nlohmann/json.hpp>
#endif

#include "study/idle_planes.h"
#include "study/stopwatch.h"
#include "study/workload_facts.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"
#include "workloads/sparsity.h"

namespace nonzero {

namespace {

nlohmann::ordered_json operand_facts(const Operands& tensor) {
    const std::uint64_t count = non_zeros(tensor);
    const double density = tensor.size() == 0 ? 0 : double(count) / double(tensor.size());
    return {{"elements", tensor.size()}, {"non_zeros", count}, {"density", density}};
}

nlohmann::ordered_json facts_of(const Layer& layer, const LayerData& data, const Expectation* expectation) {
    nlohmann::ordered_json facts;
    facts["kind"] = to_string(layer.kind);
    facts["sparsity"] = to_string(data.mask);
    if (data.pattern) {
        facts["pattern"] = to_string(*data.pattern);
    }
    facts["shape"] = {{"C", layer.C},
                      {"H", layer.H},
                      {"W", layer.W},
                      {"K", layer.K},
                      {"P", layer.P()},
                      {"Q", layer.Q()},
                      {"KH", layer.KH},
                      {"KW", layer.KW},
                      {"stride", {layer.stride_y, layer.stride_x}},
                      {"dilation", {layer.dilation_y, layer.dilation_x}},
                      {"pad", {layer.pad.top, layer.pad.left, layer.pad.bottom, layer.pad.right}},
                      {"groups", layer.groups},
                      {"batch", layer.batch}};
    facts["dense_macs"] = layer.dense_macs();
    facts["weights"] = operand_facts(data.tensors->weights);
    facts["activations"] = operand_facts(data.tensors->input);
    if (expectation == nullptr) {
        facts["output"] = {{"format", "none"}};
    } else if (!expectation->post_processing) {
        facts["output"] = {{"format", "raw64"}};
    } else {
        const PostProcessing& post = *expectation->post_processing;
        nlohmann::ordered_json& output = facts["output"] = {{"format", "compressed"}, {"bits", post.output_bits}};
        if (expectation->of_network) {
            output["zero_point"] = post.output_zero_point;
        } else {
            output["right_shift"] = shifted_bits(post);
        }
        output["relu"] = post.relu;
        output["bias"] = !data.tensors->bias.empty();
        output["non_zeros"] = non_zeros(expectation->output);
        if (expectation->pooling) {
            output["pooling"] = pooling_facts(layer, *expectation->pooling, expectation->pooled_by);
        }
    }
    return facts;
}

nlohmann::ordered_json layout_facts(const ProductLayout& layout) {
    return {{"over_pes", layout.over == ProductLayout::Over::positions ? "positions" : "neurons"},
            {"plane", {layout.rows, layout.columns}},
            {"runs", layout.runs}};
}

// What a refusal of the machine means to who gave the layer; empty for one that no input can cause.
std::string refusal_text(nz_error error) {
    switch (error) {
        case NZ_ERROR_SHAPE:
            return "a dimension is too large for it";
        case NZ_ERROR_STRIDE:
            return "its stride or dilation is too large for it";
        case NZ_ERROR_PADDING:
            return "its padding is larger than its kernel";
        case NZ_ERROR_CAPACITY:
            return "it does not fit its buffers; change the parameters that size them";
        case NZ_ERROR_TYPE:
            return "a data type is wider than it computes; raise operand.bits or accumulator.bits";
        case NZ_ERROR_TIMEOUT:
            return "memory does not answer within dma.timeout; raise it";
        default:
            return {};
    }
}

// What the units' buffers of a large layer leave free between others goes back to the system, before its outputs are
// held once more.
void trim_heap([[maybe_unused]] std::size_t output_bytes) {
#ifdef __GLIBC__
    constexpr std::size_t kLarge = std::size_t{4} << 20;
    if (output_bytes >= kLarge) {
        ::malloc_trim(0);
    }
#endif
}

void check_outcome(const HostOutcome& outcome, const Standalone& machine, const Layer& layer) {
    if (outcome.done) {
        return;
    }
    const std::string refusal = refusal_text(outcome.error);
    if (!refusal.empty()) {
        throw InputError(
            fmt::format("layer '{}': the machine refuses it (error {}): {}", layer.name, int(outcome.error), refusal));
    }
    throw std::logic_error(fmt::format("layer '{}': {} stops with error {} at {:#x}", layer.name,
                                       machine.platform.name(), int(outcome.error), outcome.fault_address));
}

template <class T>
Check compare(const std::string& layer, const Tensor<T>& found, const Tensor<T>& expected) {
    Check check{"values"};
    if (found.data == expected.data) {
        return check;
    }
    std::size_t differing = 0;
    std::size_t first = 0;
    for (std::size_t index = expected.size(); index-- > 0;) {
        if (found.data[index] != expected.data[index]) {
            ++differing;
            first = index;
        }
    }
    if (differing > 0) {
        const std::size_t columns = expected.shape[2];
        const std::size_t plane = expected.shape[1] * columns;
        check.passed = false;
        check.problem = fmt::format(
            "layer '{}': {} of {} outputs differ from the reference, the first at k={} p={} "
            "q={}: {} instead of {}",
            layer, differing, expected.size(), first / plane, first % plane / columns, first % columns,
            found.data[first], expected.data[first]);
    }
    return check;
}

Check equal(const std::string& layer, const std::string& name, const std::string& what, std::uint64_t found,
            std::uint64_t expected) {
    Check check{name};
    if (found != expected) {
        check.passed = false;
        check.problem = fmt::format("layer '{}': {} {}, expected {}", layer, found, what, expected);
    }
    return check;
}

// What the data set says is of its own input.
constexpr const char* kOtherInput = "the layers before made another input than the stored one";

// The data set's own hash is over exact sums: what the machine wrote where it wrote these, else the reference's.
void check_data_set(const LayerData& data, const Expectation& expectation, const Psums& sums, LayerResult& result) {
    if (data.published == nullptr || data.published->sha256_without_bias.empty()) {
        return;
    }
    const std::string& expected = data.published->sha256_without_bias;
    Check check{"data_set_sha256"};
    if (data.other_input) {
        check.skipped = kOtherInput;
        result.checks.push_back(std::move(check));
        return;
    }
    if (expectation.sums.overflows > 0 && !expectation.post_processing) {
        check.skipped = fmt::format("{} sums overflow", expectation.sums.overflows);
        result.checks.push_back(std::move(check));
        return;
    }
    const std::string found = sha256_of(expectation.post_processing ? data.exact : sums);
    check.passed = found == expected;
    if (!check.passed) {
        check.problem = fmt::format("layer '{}': the sums have SHA-256 {}, the data set says {}", result.name, found,
                                    shown_name(expected));
    }
    result.checks.push_back(std::move(check));
}

void check_values(const LayerData& data, const Expectation& expectation, const LayerJob& job, const Lowering& lowering,
                  const std::vector<std::uint8_t>& output, LayerResult& result) {
    result.values = true;
    Psums& sums = result.sums;
    Check check{"values"};
    try {
        if (expectation.post_processing) {
            result.output = lowering.decode_output(job, output);
            check = compare(result.name, result.output, expectation.output);
        } else {
            sums = lowering.decode_sums(job, output);
            check = compare(result.name, sums, expectation.sums.values);
        }
    } catch (const InputError& error) {  // the machine wrote something that is no output
        check = {"values", false, error.what(), {}};
    }
    const bool decoded = check.passed;
    result.checks.push_back(std::move(check));
    result.checks.push_back(
        equal(result.name, "overflows", "outputs overflow", result.overflows, expectation.sums.overflows));
    if (decoded) {
        check_data_set(data, expectation, sums, result);
    }
}

}  // namespace

LayerResult run_layer(Standalone& machine, const PlannedMachine& planned_machine, const EnergyTable& energy,
                      const Layer& layer, const LayerData& data, const Expectation* expectation) {
    const Lowering& lowering = *machine.lowering;
    LayerJob job = make_job(data, layer, expectation);
    job.tensors_owner = data.tensors;  // the image goes to the machine's memory, which reads them where they are
    job.layout = lowering.layout(job);
    MemoryImage image = lowering.lower(job, Standalone::kBase);

    const Stopwatch simulation;
    machine.host.reset_platform();
    machine.platform.clear_statistics();
    const HostOutcome outcome = machine.host.run(std::move(image));
    check_outcome(outcome, machine, layer);
    trim_heap(outcome.output.size());

    LayerResult result;
    result.name = layer.name;
    result.host.simulation_seconds = simulation.wall();
    result.facts = facts_of(layer, data, expectation);
    result.dense_macs = layer.dense_macs();
    if (job.layout) {
        (*result.facts)["layout"] = layout_facts(*job.layout);
    }
    if (const int idle = plane_idle_units(planned_machine, layer)) {
        (*result.facts)["idle_pes"] = idle;
    }
    result.cycles = machine.host.read_counter(NZ_REG_TOTAL_CYCLES_LO);
    result.first_cycle = std::uint64_t(machine.platform.layer_start() / machine.platform.clock_period());
    result.output_bytes = outcome.output.size();
    result.setup_cycles.reset();
    if (expectation != nullptr || planned_machine.report.times_counted_set_up) {
        result.setup_cycles = machine.platform.statistic_sum("setup_cycles");
    }
    result.products = machine.host.read_counter(NZ_REG_PRODUCTS_LO);
    result.useful_products = machine.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO);
    result.overflows = machine.host.read_counter(NZ_REG_OVERFLOWS_LO);
    collect_statistics(machine.platform, planned_machine.report, energy, result);

    result.checks.push_back(
        equal(layer.name, "useful_products", "useful products", result.useful_products, data.useful_products));
    if (data.published != nullptr && data.published->nz_macs != 0) {
        result.checks.push_back(data.other_input ? Check{"data_set_products", true, {}, kOtherInput}
                                                 : equal(layer.name, "data_set_products", "useful products",
                                                         result.useful_products, data.published->nz_macs));
    }
    if (expectation != nullptr) {
        check_values(data, *expectation, job, lowering, outcome.output, result);
    }
    return result;
}

LayerResult run_layer(Standalone& machine, const PlannedMachine& planned_machine, const EnergyTable& energy,
                      const GivenLayer& given, bool values) {
    const LayerData data = make_layer_data(given, values);
    std::optional<Expectation> expectation;
    if (values) {
        expectation = expect(data, given, *machine.lowering);
    }
    return run_layer(machine, planned_machine, energy, given.layer, data, expectation ? &*expectation : nullptr);
}

}  // namespace nonzero
