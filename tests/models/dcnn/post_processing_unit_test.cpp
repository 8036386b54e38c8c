// A post-processing unit between stubs: what it writes to OARAM for the sums that it gets.

#include "models/dcnn/post_processing_unit.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "models/dcnn/layer_plan.h"
#include "tests/models/common/pooling_stub.h"
#include "tests/models/common/random_convolution.h"
#include "tests/models/common/sram_stub.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::dcnn;
using sc_core::sc_time;

namespace {

struct Bench : sc_core::sc_module {
    explicit Bench(sc_core::sc_module_name module_name)
        : sc_module(module_name),
          unit("unit", DcnnParameters(), statistics),
          oaram("oaram"),
          pe("pe"),
          sequencer("sequencer") {
        pe.bind(unit.psums);
        sequencer.bind(unit.read_out);
        unit.oaram.bind(oaram.socket);
        pooling.bind(unit.pooling);
    }
    void begin() {
        OutputReadOut request;
        request.begin = true;
        sc_time delay;
        sequencer.send(request, delay);
    }
    std::uint64_t read(std::vector<std::uint8_t>& bytes) {
        OutputReadOut request;
        request.bytes = &bytes;
        sc_time delay;
        sequencer.send(request, delay);
        return request.overflows;
    }
    std::uint64_t counter(const std::string& counter_name) const {
        return statistics.value(std::string(unit.name()) + "." + counter_name);
    }

    Statistics statistics;
    PostProcessingUnit unit;
    MemoryStub oaram;
    StreamInitiator<PsumBlock> pe;
    StreamInitiator<OutputReadOut> sequencer;
    PoolingUnitStub pooling;
};

template <class Element>
std::vector<Element> elements(const std::vector<std::uint8_t>& bytes) {
    RC_ASSERT(bytes.size() % sizeof(Element) == 0U);
    std::vector<Element> values(bytes.size() / sizeof(Element));
    if (!values.empty()) {
        std::memcpy(values.data(), bytes.data(), bytes.size());
    }
    return values;
}

void check_random_outputs(Bench& bench) {
    const int channels = in_range(1, 9);
    const int kc = in_range(1, 4);
    const auto plane = std::size_t(in_range(1, 20));
    PostProcessing processing;
    processing.accumulator_bits = in_range(12, 40);
    processing.output_bits = in_range(4, 16);
    processing.relu = *rc::gen::arbitrary<bool>();
    processing.output_zero_point = in_range(-4, 4);
    LayerPlan plan(ConvolutionShape{}, DcnnParameters{});
    for (int k = 0; k < channels; ++k) {
        processing.requantisation.push_back({in_range(-(1 << 30), 1 << 30), std::int8_t(in_range(-4, 8))});
        processing.bias.push_back(in_range(-2000, 2000));
        const Requantisation& scale = processing.requantisation.back();
        plan.post_processor.requant.push_back({scale.multiplier, scale.shift, {}});
    }
    plan.post_processor.bias = processing.bias;
    plan.post_processor.accumulator_bits = processing.accumulator_bits;
    plan.post_processor.output_bits = processing.output_bits;
    plan.post_processor.relu = processing.relu;
    plan.post_processor.output_zero_point = processing.output_zero_point;
    plan.raw64 = *rc::gen::arbitrary<bool>();
    plan.count_only = in_range(0, 4) == 0;

    Psums sums({std::size_t(channels), 1, plane});
    for (std::int64_t& sum : sums.data) {
        sum = in_range(-(1 << 20), 1 << 20);
    }
    bench.statistics.clear();
    bench.begin();
    for (int k = 0; k < channels; k += kc) {
        const int count = std::min(kc, channels - k);
        const std::size_t block_size = std::size_t(count) * plane;
        PsumBlock block{&plan, 0, k, count, block_size, {}};
        if (!plan.count_only) {
            block.sums = {sums.data.data() + std::size_t(k) * plane, block_size};
        }
        sc_time delay;
        bench.pe.send(block, delay);
        RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
    }
    std::vector<std::uint8_t> bytes;
    const std::uint64_t overflows = bench.read(bytes);
    RC_ASSERT(bench.counter("outputs") == sums.size());
    if (plan.count_only) {
        RC_ASSERT(bytes.empty());
        RC_ASSERT(overflows == 0U);
        return;
    }
    const Wrapped wrapped = wrap_to(sums, processing.accumulator_bits);
    RC_ASSERT(overflows == wrapped.overflows);
    RC_ASSERT(bench.counter("overflows") == wrapped.overflows);
    if (plan.raw64) {
        RC_ASSERT(elements<std::int64_t>(bytes) == wrapped.values.data);
    } else {
        RC_ASSERT(elements<std::int16_t>(bytes) == post_process(sums, processing).data);
    }
}

}  // namespace

TEST_CASE("random outputs are finished as the reference says") {
    Bench bench("bench");
    CHECK(rc::check("outputs", [&] { check_random_outputs(bench); }));
}
