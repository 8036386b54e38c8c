#include "platforms/settings.h"

#include <nlohmann/json.hpp>

#include "workloads/field_name.h"
#include "workloads/file_descriptor.h"
#include "workloads/json_document.h"
#include "workloads/quoted_name.h"

namespace nonzero {

void apply_settings(ParameterTable& table, const std::string& config_file,
                    const std::vector<std::pair<std::string, std::string>>& settings) {
    if (!config_file.empty()) {
        const std::string origin = shown_text(config_file);
        const std::string text = read_input(config_file, "parameter file " + quoted_name(config_file),
                                            "give an existing JSON file with " + field_name("config"));
        table.set_from_json(parse_json_document(text, origin, "", "README.md"), origin);
    }
    for (const auto& [name, value] : settings) {
        table.set(name, value);
    }
}

}  // namespace nonzero
