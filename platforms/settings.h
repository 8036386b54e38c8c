#pragma once
// Parameters as a user gives them: a JSON file, then single settings.

#include <string>
#include <utility>
#include <vector>

#include "models/base/parameters.h"

namespace nonzero {

// config_file may be empty. Throws InputError.
void apply_settings(ParameterTable& table, const std::string& config_file,
                    const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace nonzero
