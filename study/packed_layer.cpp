#include "study/packed_layer.h"

#include <fmt/format.h>

#include "study/layer_data.h"
#include "study/workload_facts.h"
#include "workloads/error.h"
#include "workloads/field_name.h"

namespace nonzero {

PackedLayer pack_layer(const Workload& workload, const PlannedLayer& planned, const Lowering& lowering,
                       std::uint64_t base) {
    if (workload.whole) {
        throw InputError(
            fmt::format("{}: a layer is packed with its stored input; leave it out", field_name("whole_network")));
    }
    const Layer& layer = planned.layer;
    const LayerData data = make_layer_data(workload, planned, true);
    const Expectation expectation = expect(data, workload, planned, lowering);
    LayerJob job = make_job(data, layer, &expectation);
    job.layout = lowering.layout(job);
    PackedLayer packed;
    packed.name = layer.name;
    packed.raw64 = !expectation.post_processing;
    if (planned.pooling && !packed.raw64) {
        packed.pooling = pooling_facts(layer, *planned.pooling, planned.pooled_by);
    }
    packed.image = lowering.lower(job, base);
    packed.expected = packed.raw64 ? lowering.encode_outputs(job, expectation.sums.values)
                                   : lowering.encode_outputs(job, expectation.output);
    return packed;
}

}  // namespace nonzero
