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

namespace nonzero {

struct Standalone {
    Standalone(const std::string& name, const std::string& kind, const PlatformOptions& options, Host::Script script,
               const DramParameters& dram_parameters = default_dram())
        : platform((name + "_platform").c_str(), kind, options),
          dram((name + "_dram").c_str(), dram_parameters),
          host((name + "_host").c_str(), std::move(script)),
          irq((name + "_irq").c_str()),
          parameters(make_parameters(find_platform(kind), options.config_file, options.parameters)),
          lowering(find_platform(kind).make_lowering(*parameters)) {
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

    // Rethrows what escaped from the script.
    void check() const {
        if (host.failure()) {
            std::rethrow_exception(host.failure());
        }
    }

    static constexpr std::uint64_t kBase = 0x8000'0000;

    Platform platform;
    Dram dram;
    Host host;
    sc_core::sc_signal<bool> irq;
    std::unique_ptr<PlatformParameters> parameters;
    std::unique_ptr<Lowering> lowering;
};

}  // namespace nonzero
