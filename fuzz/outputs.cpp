// Outputs that machines wrote: what is encoded decodes to the same on every platform, and damaged bytes are refused or
// decoded.

#include "fuzz/support.h"
#include "fuzz/work.h"
#include "platforms/registry.h"

using namespace nonzero;
using fuzz::require;

namespace {

const std::vector<std::unique_ptr<Lowering>>& all_lowerings() {
    static const std::vector<std::unique_ptr<Lowering>> lowerings = [] {
        std::vector<std::unique_ptr<Lowering>> all;
        for (const PlatformKind& kind : platform_registry()) {
            const auto parameters = make_parameters(kind, "", {{"operand.bits", "16"}, {"accumulator.bits", "48"}});
            all.push_back(kind.make_lowering(*parameters));
        }
        return all;
    }();
    return lowerings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    FuzzedDataProvider data(bytes, size);
    const auto& lowerings = all_lowerings();
    const Lowering& lowering = *lowerings[data.ConsumeIntegralInRange<std::size_t>(0, lowerings.size() - 1)];
    const fuzz::Work work = fuzz::take_work(data, lowering);
    const LayerJob job = work.job();
    if (!fuzz::accepts([&] { lowering.lower(job, 0); }) || job.count_only) {
        return 0;
    }
    std::vector<std::uint8_t> stored = work.expected(lowering);
    work.check(lowering, stored);
    fuzz::damage(data, stored);
    fuzz::accepts([&] {
        if (job.post_processing) {
            require(lowering.decode_output(job, stored).shape == stored_shape(job), "an output has its shape");
        } else {
            require(lowering.decode_sums(job, stored).shape == work.layer.output_shape(), "an output has its shape");
        }
    });
    return 0;
}
