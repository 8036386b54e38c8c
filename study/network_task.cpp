#include "study/network_task.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "models/post/residual_adder.h"
#include "models/post/rounded_mean.h"
#include "workloads/tensor_source.h"

namespace nonzero {

namespace {

nz_requant entry_of(const Requantisation& scale) {
    return {scale.multiplier, scale.shift, {}};
}

Operands add_as_machines_do(const Operands& a, const Operands& b, const Addition& addition) {
    ResidualAdder adder;
    adder.first = entry_of(addition.first);
    adder.second = entry_of(addition.second);
    adder.relu = addition.relu;
    adder.output_zero_point = addition.output_zero_point;
    adder.clamp_low = addition.clamp_low;
    adder.clamp_high = addition.clamp_high;
    Operands sum(a.shape);
    adder.add(a.data, b.data, sum.data);
    return sum;
}

Operands average_as_machines_do(const Operands& input) {
    const std::size_t plane = input.shape[1] * input.shape[2];
    Operands means({input.shape[0], 1, 1});
    for (std::size_t c = 0; c < means.size(); ++c) {
        const auto first = input.data.begin() + std::ptrdiff_t(c * plane);
        const std::int64_t sum = std::accumulate(first, first + std::ptrdiff_t(plane), std::int64_t{0});
        means.data[c] = std::int16_t(rounded_mean(sum, std::int64_t(plane)));
    }
    return means;
}

}  // namespace

NetworkTask::NetworkTask(const Workload& workload, const std::vector<PlannedMachine>& machines, ThreadPool& threads)
    : workload_(workload), machines_(machines), threads_(threads) {
    load(0);
    for (std::size_t n = 0; n < machines.size(); ++n) {
        walks_.push_back({NetworkTensors(network(), stored_.input, {add_as_machines_do, average_as_machines_do}),
                          NetworkTensors(network(), stored_.input, reference_arithmetic())});
    }
}

void NetworkTask::load(std::size_t layer) {
    if (loaded_ != layer) {
        const PlannedLayer& at = planned(layer);
        stored_ = tensors_of(at.layer, StoredTensors{workload_.tensors.get(), at.real, at.photo->name});
        loaded_ = layer;
        data_.reset();
    }
}

const LayerData& NetworkTask::data(std::size_t machine) {
    const Walk& walk = walks_[machine];
    load(walk.layer);
    const Operands& input = walk.machine.input();
    if (!data_ || data_->tensors->input != input) {
        const PlannedLayer& at = planned(walk.layer);
        data_ = complete_data(at.layer, {stored_.weights, input, stored_.bias}, true, threads_);
        data_->mask = at.mask;
        data_->published = at.photo;
        data_->other_input = input != stored_.input;
    }
    return *data_;
}

Expectation NetworkTask::expect(std::size_t machine) {
    Walk& walk = walks_[machine];
    const LayerData& own = data(machine);
    const Lowering& lowering = *machines_[machine].lowering;
    Expectation expectation;
    expectation.sums.overflows = overflows(own.exact, lowering.accumulator_bits());
    expectation.post_processing =
        network().post_processing(walk.layer, stored_.bias, lowering.accumulator_bits(), lowering.operand_bits());
    const Operands& input = walk.reference.input();
    walk.expected = post_process(
        input == own.tensors->input ? own.exact : convolve(planned(walk.layer).layer, input, stored_.weights, threads_),
        *expectation.post_processing);
    expectation.output = walk.expected;
    expectation.of_network = true;
    return expectation;
}

void NetworkTask::put(std::size_t machine, std::optional<Operands> output, LayerResult& result) {
    Walk& walk = walks_[machine];
    const std::string found = output ? sha256_of(*output) : std::string();
    (*result.facts)["output"]["sha256"] = found;
    ++walk.layer;
    if (walk.layer == workload_.layers.size()) {
        Check check{"network_sha256"};
        const std::string expected = sha256_of(walk.expected);
        check.passed = found == expected;
        if (!check.passed) {
            check.problem = fmt::format("layer '{}': the network's output has SHA-256 {}, the reference's {}",
                                        result.name, output ? found : "none", expected);
        }
        result.checks.push_back(std::move(check));
    }
    walk.machine.put(output ? std::move(*output) : walk.expected);
    walk.reference.put(std::move(walk.expected));
}

}  // namespace nonzero
