// The one file that knows the accelerators' own header.

#include "tests/thirdparty/accelerator.h"

#include <cstdlib>

#include "platforms/platform.h"

namespace thirdparty {

namespace {

nonzero::PlatformOptions options_of(const Settings& settings) {
    nonzero::PlatformOptions options;
    options.parameters = settings;
    return options;
}

class PlatformAccelerator : public Accelerator {
  public:
    PlatformAccelerator(const std::string& name, const std::string& kind, const Settings& settings)
        : platform_(name.c_str(), kind, options_of(settings)) {}

    tlm::tlm_target_socket<32>& csr() override { return platform_.csr; }
    tlm::tlm_initiator_socket<32>& dma() override { return platform_.dma; }
    sc_core::sc_out<bool>& irq() override { return platform_.irq; }
    sc_core::sc_in<bool>& reset() override { return platform_.reset; }

    std::string statistics() const override {
        std::string text = platform_.statistics_json();
        const std::string prefix = std::string(platform_.name()) + ".";
        for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
            text.erase(at, prefix.size());
        }
        return text;
    }

  private:
    nonzero::Platform platform_;
};

}  // namespace

std::vector<std::string> accelerator_kinds() {
    if (const char* one = std::getenv("NONZERO_PLATFORM")) {
        return {one};
    }
    std::vector<std::string> names;
    for (const auto& [name, title] : nonzero::platform_kinds()) {
        names.push_back(name);
    }
    return names;
}

std::unique_ptr<Accelerator> make_accelerator(const std::string& name, const std::string& kind,
                                              const Settings& settings) {
    return std::make_unique<PlatformAccelerator>(name, kind, settings);
}

}  // namespace thirdparty
