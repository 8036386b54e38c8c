#pragma once
// Every platform that can be built, by name: what the command line lists and Platform constructs.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/common/parameters.h"
#include "platforms/lowering.h"
#include "platforms/system.h"

namespace nonzero {

// The parameter struct of one platform with the table over it.
class PlatformParameters {
  public:
    virtual ~PlatformParameters() = default;
    ParameterTable table;
};

struct PlatformKind {
    std::string name;
    std::string title;
    std::function<std::unique_ptr<PlatformParameters>()> make_parameters;
    // Inside the scope of the platform's module.
    std::function<std::unique_ptr<System>(const PlatformParameters&, const TraceOptions&)> make_system;
    std::function<std::unique_ptr<Lowering>(const PlatformParameters&)> make_lowering;
};

const std::vector<PlatformKind>& platform_registry();
// Throws InputError with the nearest name.
const PlatformKind& find_platform(const std::string& name);
// Parameters with a configuration file and settings applied; throws InputError.
std::unique_ptr<PlatformParameters> make_parameters(const PlatformKind& kind, const std::string& config_file,
                                                    const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace nonzero
