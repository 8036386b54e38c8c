// A post-processing unit between stubs: what it writes to OARAM for the sums that it gets.

#include "models/dcnn/post_processing_unit.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "models/dcnn/layer_plan.h"
#include "tests/common/property.h"
#include "tests/models/pe_array/post_processing_bench.h"

using namespace nonzero;
using namespace nonzero::dcnn;

namespace {

using Bench = pe_array::PostProcessingBench<PostProcessingUnit, DcnnParameters>;

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
    const pe_array::RandomOutputs outputs(1 << 20, false);
    LayerPlan plan(ConvolutionShape{}, bench.parameters);
    plan.post_processor = post_processor_of(outputs.processing);
    plan.raw64 = *rc::gen::arbitrary<bool>();
    plan.count_only = in_range(0, 4) == 0;
    bench.clear();
    bench.begin();
    bench.send(outputs, plan, !plan.count_only);
    std::vector<std::uint8_t> bytes;
    const std::uint64_t overflows = bench.read(bytes);
    RC_ASSERT(bench.counter("outputs") == outputs.sums.size());
    if (plan.count_only) {
        RC_ASSERT(bytes.empty());
        RC_ASSERT(overflows == 0U);
        return;
    }
    const Wrapped wrapped = wrap_to(outputs.sums, outputs.processing.accumulator_bits);
    RC_ASSERT(overflows == wrapped.overflows);
    RC_ASSERT(bench.counter("overflows") == wrapped.overflows);
    if (plan.raw64) {
        RC_ASSERT(elements<std::int64_t>(bytes) == wrapped.values.data);
    } else {
        RC_ASSERT(elements<std::int16_t>(bytes) == post_process(outputs.sums, outputs.processing).data);
    }
}

}  // namespace

TEST_CASE("random outputs are finished as the reference says") {
    Bench bench("bench");
    CHECK(test::property_holds("outputs", [&] { check_random_outputs(bench); }));
}
