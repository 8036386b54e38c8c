#pragma once
// A platform with memory and host around it: what the command line, the benchmarks and the tests simulate. A simulation
// may hold several.

#include <systemc>

#include <memory>
#include <string>

#include "models/memory/dram.h"
#include "platforms/host.h"
#include "platforms/platform.h"
#include "platforms/registry.h"
#include "workloads/thread_pool.h"

namespace nonzero {

struct Standalone {
    Standalone(const std::string& name, const std::string& kind, const PlatformOptions& options = {},
               const DramParameters& dram_parameters = default_dram())
        : Standalone(name, find_platform(kind),
                     make_parameters(find_platform(kind), options.config_file, options.parameters), options,
                     dram_parameters, std::make_shared<ThreadPool>(options.threads)) {}
    Standalone(const std::string& name, const PlatformKind& kind,
               std::shared_ptr<const PlatformParameters> parameters_in, const TraceFiles& traces,
               const DramParameters& dram_parameters = default_dram(), std::shared_ptr<ThreadPool> threads = {})
        : platform((name + "_platform").c_str(), kind, std::move(parameters_in), traces, std::move(threads)),
          dram((name + "_dram").c_str(), dram_parameters),
          host((name + "_host").c_str()),
          irq((name + "_irq").c_str()),
          parameters(&platform.parameters()),
          lowering(&platform.lowering()) {
        host.csr.bind(platform.csr);
        host.memory.bind(dram.socket);
        platform.dma.bind(dram.socket);
        platform.irq.bind(irq);
        host.irq.bind(irq);
    }

    static DramParameters default_dram() {
        DramParameters parameters;
        parameters.base = kBase;
        parameters.size = std::uint64_t{1} << 32;
        return parameters;
    }

    static constexpr std::uint64_t kBase = 0x8000'0000;

    Platform platform;
    Dram dram;
    Host host;
    sc_core::sc_signal<bool> irq;
    const PlatformParameters* parameters;  // of the platform
    const Lowering* lowering;
};

}  // namespace nonzero
