#include "platforms/scnn/scnn_platform.h"

#include "platforms/scnn/scnn_lowering.h"
#include "platforms/scnn/scnn_system.h"

namespace nonzero::scnn {

namespace {

struct Parameters : PlatformParameters {
    Parameters() { describe(table, values); }
    ScnnParameters values;
};

const ScnnParameters& values_of(const PlatformParameters& parameters) {
    return dynamic_cast<const Parameters&>(parameters).values;
}

}  // namespace

PlatformKind scnn_platform() {
    return {"scnn",
            "SCNN (ISCA 2017): 8x8 PEs, Cartesian-product multipliers on compressed weights and activations",
            [] { return std::make_unique<Parameters>(); },
            [](const PlatformParameters& parameters, const TraceOptions& trace) -> std::unique_ptr<System> {
                return std::make_unique<ScnnSystem>(values_of(parameters), trace);
            },
            [](const PlatformParameters& parameters) -> std::unique_ptr<Lowering> {
                return std::make_unique<ScnnLowering>(values_of(parameters));
            },
            [](const PlatformParameters& parameters) {
                const ScnnParameters& values = values_of(parameters);
                PlatformReport report;
                report.units = values.pes();
                report.multipliers = values.pes() * values.f * values.i;
                for (const char* cause :
                     {"busy", "void", "conflict", "bank_drain", "weight_fifo", "barrier", "halo_finalise", "memory"}) {
                    report.cycles_by_cause.emplace_back(cause, cause);
                }
                report.traffic = {{"dram_read_bytes", "dma_engine.read_bytes"},
                                  {"dram_write_bytes", "dma_engine.write_bytes"},
                                  {"weight_vector_reads", "pe.weight_vector_reads"},
                                  {"iaram_vector_reads", "pe.iaram_vector_reads"},
                                  {"oaram_write_bytes", "oaram.write_bytes"},
                                  {"noc_packets", "mesh.packets"},
                                  {"noc_hops", "mesh.hops"}};
                return report;
            }};
}

}  // namespace nonzero::scnn
